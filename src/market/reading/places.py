"""Provinces by code or by any usual spelling of their name, with or without Tỉnh, Thành phố or TP.

The rule. A name of both maps is today's, with "cũ" behind it the former one; a code alone is
today's, `2008:83` is of the map until 2025-06-30.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from market.core.language import Message
from market.core.values.letters import plain_text
from market.core.values.refusal import Unreadable
from market.reading.nearest import nearest, offered
from market.reference.catalogue import Catalogue, province_names
from market.reference.records import CURRENT, Province
from market.vietnamese.spelling import marked

SEVERAL_PROVINCES = Message(
    vi="“{text}” chỉ nhiều tỉnh, thành: {named}; hãy chọn một.",
    en='"{text}" names several provinces: {named}; choose one.',
)
UNKNOWN_PROVINCE = Message(vi="Không có tỉnh, thành “{text}”.{vi_near}", en='No province is called "{text}".{en_near}')

_TITLE = re.compile(
    r"^(?:tỉnh|thành phố|t\.\s*p\.?|tp\.?|t\.|tinh|thanh pho|province of|city of)\s*(?=\w)", re.IGNORECASE
)
_TITLE_AFTER = re.compile(r"\s+(?:province|city)$", re.IGNORECASE)
_FORMER = re.compile(r"\s*\(?\bcũ\)?$", re.IGNORECASE)
_CODE = re.compile(r"(?:(2008|2025):)?(\d{1,2})", re.ASCII)


def read_province(text: str, catalogue: Catalogue) -> Province:
    """A province of one of the two maps.

    Raises:
        Unreadable: none is called so, or several.
    """
    bare = plain_text(text)
    if found := _CODE.fullmatch(bare):
        version = "2008" if found[1] == "2008" else CURRENT
        coded = catalogue.find_province(found[2].zfill(2), version)
        if coded is not None and not coded.retired:
            return coded
    former = _FORMER.search(bare) is not None
    name = _FORMER.sub("", bare)
    for spelling in _spellings(name):
        if named := _one_of(catalogue.provinces_named(spelling), bare, former=former):
            return named
    joined = _joined(name)
    alike = [p for p in catalogue.provinces if any(_joined(known) == joined for known in province_names(p))]
    if named := _one_of(tuple(alike), bare, former=former):
        return named
    near = _nearest(_without_title(bare), catalogue)
    if found and (coded := catalogue.find_province(found[2].zfill(2), "2008")):
        near = (f"2008:{coded.code}",)
    raise Unreadable("unknown-province", UNKNOWN_PROVINCE, suggestions=near, text=bare, **offered(near))


def _one_of(named: tuple[Province, ...], text: str, *, former: bool) -> Province | None:
    today = [province for province in named if province.version == CURRENT]
    before = [province for province in named if province.version != CURRENT]
    found = before if former else today or before
    if len(found) > 1:
        names = [f"{p.version}:{p.code}" for p in found]
        shown = ", ".join(f"{p.full_name} ({p.version}:{p.code})" for p in found)
        raise Unreadable("ambiguous", SEVERAL_PROVINCES, suggestions=names, text=text, named=shown)
    return found[0] if found else None


def _without_title(text: str) -> str:
    return _TITLE_AFTER.sub("", _TITLE.sub("", text)).strip() or text


def _spellings(text: str) -> Iterator[str]:
    """The text as reference data may spell it: with and without its title, dashes with spaces and without."""
    for written in dict.fromkeys((text, _without_title(text))):
        joined = re.sub(r"\s*-\s*", "-", written).strip(" .,")
        yield from dict.fromkeys(
            (
                written,
                joined,
                joined.replace("-", " - "),
                joined.replace("-", " – "),
                joined.replace("-", " "),
                re.sub(r"[.\s]+", " ", joined).strip(),
                re.sub(r"[.\s]+", "", joined),
            )
        )


def _joined(name: str) -> str:
    """A name without its title, spaces and signs: bàrịavũngtàu."""
    return re.sub(r"[\W_]", "", marked(_without_title(plain_text(name))))


@lru_cache(maxsize=1024)
def _nearest(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    ordered = sorted(catalogue.provinces, key=lambda province: province.version != CURRENT)
    return nearest(text, [(name, p.full_name) for p in ordered for name in province_names(p)])
