"""Concepts by what people type: a plain look-up over names. Understanding whole queries is the search room's work."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

from market.core.errors import ValidationFailed
from market.core.language import Message
from market.reference.catalogue import Catalogue
from market.reference.records import Concept
from market.vietnamese.spelling import folded, marked

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
