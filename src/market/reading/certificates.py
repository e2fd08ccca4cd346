"""Certificates that are asked for, by the id of their scheme or by name: vietgap, ocop:4, OCOP 4 sao, hữu cơ."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from market.core.language import Message
from market.core.values.letters import plain_text
from market.core.values.refusal import Unreadable
from market.reading.nearest import nearest, offered
from market.reference.catalogue import Catalogue
from market.reference.checking import parse_requirement
from market.reference.records import Scheme
from market.vietnamese.spelling import folded

UNKNOWN_SCHEME = Message(
    vi="Không có loại chứng nhận “{text}”.{vi_near}", en='No certification scheme "{text}".{en_near}'
)
NO_SUCH_LEVEL = Message(
    vi="{scheme} không có hạng {level}; có: {named}.", en="{scheme} has no level {level}; there are: {named}."
)

_STARS = re.compile(r"(?:tu |hang |dat )*(\d)\s*(?:sao|stars?|\*|★|⭐)(?: tro len)?|[*★⭐]{3,5}")
_ASIDE = re.compile(r"\s*\([^)]*\)")
_WORDS_AROUND = re.compile(r"^(?:chung nhan|giay chung nhan|tieu chuan|dat)\s+|\s+(?:certified|certificate)$")


def read_requirement(text: str, catalogue: Catalogue) -> str:
    """A scheme, with its least level where one is named: `ocop:4`.

    Raises:
        Unreadable: no such scheme, or no such level of it.
    """
    if parse_requirement(catalogue, text) is not None:
        return text
    bare = plain_text(text)
    words = folded(bare)
    scheme_id, colon, level_text = words.partition(":")
    stars = _STARS.search(words)
    if stars:
        words = " ".join((words[: stars.start()] + " " + words[stars.end() :]).split())
        level_text = stars[1] or str(len(stars[0]))
    elif colon:
        words = scheme_id.strip()
    elif found := re.fullmatch(r"(ocop)[ -]*(\d)", words):
        words, level_text = found[1], found[2]
    scheme = _scheme_called(words or ("ocop" if stars else ""), catalogue)
    if scheme is None:
        near = _nearest(_bare(words), catalogue)
        raise Unreadable("unknown-certification-scheme", UNKNOWN_SCHEME, suggestions=near, text=bare, **offered(near))
    if not level_text:
        return scheme.id
    if level_text.strip() not in {str(level) for level in scheme.levels}:
        levels = [f"{scheme.id}:{level}" for level in scheme.levels] or [scheme.id]
        raise Unreadable(
            "unknown-certification-scheme",
            NO_SUCH_LEVEL,
            suggestions=levels,
            scheme=scheme.name_vi,
            level=level_text,
            named=", ".join(levels),
        )
    return f"{scheme.id}:{level_text.strip()}"


def _bare(words: str) -> str:
    return _WORDS_AROUND.sub("", _ASIDE.sub("", words)).strip()


@lru_cache(maxsize=1024)
def _nearest(words: str, catalogue: Catalogue) -> tuple[str, ...]:
    return nearest(words, [(name, scheme.id) for scheme in catalogue.schemes for name in _names_of(scheme)])


def _names_of(scheme: Scheme) -> Iterable[str]:
    full = (scheme.id, scheme.name_vi, scheme.name_en)
    return dict.fromkeys((*full, *(_ASIDE.sub("", name) for name in full), scheme.id.replace("-", " ")))


def _scheme_called(words: str, catalogue: Catalogue) -> Scheme | None:
    """The one scheme of this name; of several the widest, if it is above the others."""
    wanted = {words, _bare(words), words.replace(" ", ""), words.replace(".", "")}
    found: dict[str, Scheme] = {}
    for scheme in catalogue.schemes:
        if any(folded(name) in wanted for name in _names_of(scheme)):
            found[scheme.id] = scheme
    if len(found) == 1:
        return next(iter(found.values()))
    widest = [s for s in found.values() if all(catalogue.scheme_satisfies(other, s.id) for other in found)]
    return widest[0] if len(widest) == 1 else None
