"""Concepts by what people type: a plain look-up over names. Understanding whole queries is the search room's work."""

from __future__ import annotations

import base64
import binascii

from market.core.errors import ValidationFailed
from market.core.language import Message
from market.reference.catalogue import Catalogue, concept_names
from market.reference.records import Concept
from market.reference.spelling import folded, is_marked, marked

UNMATCHED = 9


def closeness(concept: Concept, text: str) -> int:
    """How well any name of the concept answers `text`, 0 best, `UNMATCHED` when none does.

    A name with the same marks comes first, then the same letters, then names that begin with the text, then
    names that hold it at the start of a word. Marks that were typed are meant: with marks in `text`, a
    name with other marks answers only by its letters, after every name with the right ones.
    """
    written, letters = marked(text), folded(text)
    ranks = [UNMATCHED]
    for name in concept_names(concept):
        ranks.append(_rank(marked(name), written, first=0))
        ranks.append(_rank(folded(name), letters, first=4 if is_marked(text) else 1))
    return UNMATCHED if not letters else min(ranks)


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
    ranked = [(closeness(concept, text), len(concept.name_vi), concept.id, concept) for concept in catalogue.concepts]
    return [concept for rank, _, _, concept in sorted(ranked, key=lambda found: found[:3]) if rank < UNMATCHED]


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
