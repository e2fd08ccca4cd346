"""Concepts by what people type: a plain look-up over names. Understanding whole queries is the search room's work."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import date
from typing import TypeVar, get_args

from market.core.errors import ValidationFailed
from market.core.language import Message
from market.reference.catalogue import Catalogue
from market.reference.goods import UNCLASSIFIED
from market.reference.indexes import in_force
from market.reference.places import Named, lies_in
from market.reference.records import Commune, Concept, District, Province, Specification, SpecificationKind
from market.vietnamese.spelling import folded, marked, place_spelling

UNMATCHED = 9


def closeness(spellings: Iterable[tuple[str, str]], *, written: str, letters: str) -> int:
    """How well any of the names answers a text, 0 best, `UNMATCHED` when none does.

    A name with the same marks comes first, then the same letters, then names that begin with the text, then
    names that hold it at the start of a word. Marks that were typed are meant: a name with other marks
    answers only by its letters, after every name with the right ones.

    Args:
        spellings: the names, each with its marks and without.
        written: the text with its marks.
        letters: the text without marks.
    """
    if not letters:
        return UNMATCHED
    by_letters = 4 if written != letters else 1
    return min(min(_rank(name, written, first=0), _rank(bare, letters, first=by_letters)) for name, bare in spellings)


def _rank(name: str, text: str, *, first: int) -> int:
    if name == text:
        return first
    if name.startswith(text):
        return first + 2
    return first + 3 if f" {text}" in name else UNMATCHED


def find_concepts(catalogue: Catalogue, text: str | None) -> list[Concept]:
    """Concepts that answer `text`, closest first; all of them, by id, without a text."""
    if not text:
        return sorted(catalogue.concepts, key=lambda concept: concept.id)
    written, letters = marked(text), folded(text)
    ranked = [
        (closeness(catalogue.spellings(concept.id), written=written, letters=letters), len(concept.name_vi), concept)
        for concept in catalogue.concepts
    ]
    ranked.sort(key=lambda found: (found[0], found[1], found[2].id))
    return [concept for rank, _, concept in ranked if rank < UNMATCHED]


def find_specifications(
    catalogue: Catalogue, kind: SpecificationKind | None, *, concept: str | None, category: str | None
) -> list[Specification]:
    """Grades, sizes and packings, of known goods alone if some are named; those that goods have of their own first."""
    known = catalogue.specifications
    if concept is None and category is None:
        return [term for term in known.all if kind in (None, term.kind)]
    kinds = get_args(SpecificationKind) if kind is None else (kind,)
    return [term for one in kinds for term in known.of(one, concept=concept, category=category or UNCLASSIFIED)]


P = TypeVar("P", Commune, District)


def find_communes(catalogue: Catalogue, text: str | None, *, province: str | None, on: date) -> list[Commune]:
    """Communes in force on a day that answer what is typed, closest first; all of them by code without a text.

    Raises:
        ValidationFailed: there is no such province.
    """
    within = _province(catalogue, province)
    found = _answering(catalogue, text, Commune, within)
    return [commune for commune in found if in_force(commune.valid_from or date.min, commune.valid_to, on)]


def find_districts(catalogue: Catalogue, text: str | None, *, province: str | None) -> list[District]:
    """Districts that answer what is typed, closest first; all of them by code without a text.

    Raises:
        ValidationFailed: there is no such province.
    """
    return _answering(catalogue, text, District, _province(catalogue, province))


def _province(catalogue: Catalogue, key: str | None) -> Province | None:
    if key is None:
        return None
    version, _, code = key.rpartition(":")
    found = catalogue.find_province(code, "2008" if version == "2008" else "2025")
    if found is None or version not in ("", "2008", "2025"):
        message = Message(vi="Không có tỉnh, thành {key}.", en="No province {key}.")
        raise ValidationFailed.single("/province", "unknown-province", message, key=key)
    return found


def _answering(catalogue: Catalogue, text: str | None, kind: type[P], province: Province | None) -> list[P]:
    typed = place_spelling(text) if text else ""
    letters = folded(typed)
    found: list[tuple[int, int, str, P]] = []
    for one in catalogue.places.named:
        rank = _closeness_of(one, typed, letters) if letters else 0
        if rank < UNMATCHED and isinstance(one.place, kind) and _within(catalogue, one.place, province):
            found.append((rank, len(one.written), one.place.code, one.place))
    found.sort(key=lambda entry: entry[:3] if letters else (0, 0, entry[2]))
    return [entry[3] for entry in found]


def _closeness_of(one: Named, typed: str, letters: str) -> int:
    if letters not in one.letters:
        return UNMATCHED
    return closeness([(one.written, one.letters)], written=typed, letters=letters)


def _within(catalogue: Catalogue, place: Commune | District, province: Province | None) -> bool:
    """Whether a place lies in a province; an old place also lies in the province of today that has its territory."""
    if province is None:
        return True
    if lies_in(place, province, today=catalogue.today):
        return True
    theirs = catalogue.province_of(place)
    return theirs.version != province.version and catalogue.today(theirs) == province


def page_of(concepts: list[Concept], *, limit: int, cursor: str | None) -> tuple[list[Concept], str | None]:
    """One page of the list and the cursor of the next.

    Raises:
        ValidationFailed: the cursor does not belong to this list.
    """
    start = 0
    if cursor is not None:
        ids = [concept.id for concept in concepts]
        last = _decoded(cursor)
        if last not in ids:
            message = Message(vi="Con trỏ trang không hợp lệ.", en="The page cursor is not valid.")
            raise ValidationFailed.single("/cursor", "invalid-cursor", message)
        start = ids.index(last) + 1
    page = concepts[start : start + limit]
    more = start + limit < len(concepts)
    return page, _encoded(page[-1].id) if more else None


def _encoded(concept_id: str) -> str:
    return base64.urlsafe_b64encode(concept_id.encode()).rstrip(b"=").decode()


def _decoded(cursor: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error):
        return None
