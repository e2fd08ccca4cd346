"""Goods in a field of their own: by the id of their concept, a name that only they have, or words that hold one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from market.core.language import Message
from market.core.values.letters import plain_text
from market.core.values.refusal import Unreadable
from market.reading.nearest import nearest, offered
from market.reading.titles import TitleGoods, goods_of_title
from market.reading.vocabulary import vocabulary_of
from market.reference.catalogue import Catalogue
from market.reference.goods_catalogue import concept_names
from market.reference.records import Concept

SEVERAL_GOODS = Message(
    vi="“{text}” chỉ nhiều mặt hàng: {named}; hãy chọn một.", en='"{text}" names several goods: {named}; choose one.'
)
UNKNOWN_GOODS = Message(vi="Không có mặt hàng “{text}”.{vi_near}", en='No concept "{text}".{en_near}')
MOST_NAMED = 5


def read_concept(text: str, catalogue: Catalogue) -> str:
    """The id of a concept.

    Raises:
        Unreadable: no goods are called so, or several.
    """
    found = concept_called(text, catalogue)
    if found is not None:
        return found
    bare = plain_text(text)
    near = _nearest(bare, catalogue)
    shown = [_shown(catalogue.concept(concept_id)) for concept_id in near]
    raise Unreadable("unknown-concept", UNKNOWN_GOODS, suggestions=near, text=bare, **offered(shown))


def concept_called(text: str, catalogue: Catalogue) -> str | None:
    """The id of the one concept with this id or name; None when there is none.

    Raises:
        Unreadable: several goods are called so.
    """
    known = catalogue.find_concept(text)
    if known is not None and not known.retired:
        return known.id
    bare = plain_text(text)
    named = catalogue.concepts_named(bare)
    own = [concept for concept in named if concept.name_vi.casefold() == bare.casefold()]
    found = own if len(own) == 1 else list(named)
    if len(found) > 1:
        raise several_goods(bare, found)
    return found[0].id if found else None


def several_goods(text: str, concepts: Sequence[Concept]) -> Unreadable:
    """The refusal of a text that several goods are called by."""
    named = concepts[:MOST_NAMED]
    ids, shown = [concept.id for concept in named], ", ".join(_shown(concept) for concept in named)
    return Unreadable("ambiguous", SEVERAL_GOODS, suggestions=ids, text=text, named=shown)


@lru_cache(maxsize=4096)
def _nearest(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    # Files repeat their mistakes, and going through every name takes milliseconds.
    return nearest(text, [(name, c.id) for c in catalogue.concepts for name in concept_names(c)])


def _shown(concept: Concept) -> str:
    return f"{concept.name_vi} ({concept.id})"


CERTAIN = 0.9
"""From here on words that only hold a name are taken for it."""


def read_goods(text: str, catalogue: Catalogue) -> str:
    """The id of the concept with this id or name, or that these words name with certainty.

    Raises:
        Unreadable: no goods are named so, or several may be meant.
    """
    called = concept_called(text, catalogue)
    if called is not None:
        return called
    inferred = goods_of_title(text, vocabulary_of(catalogue))
    if inferred.concept_id is not None and inferred.confidence >= CERTAIN and not inferred.alternatives:
        return inferred.concept_id
    meant = _meant(inferred)
    if len(meant) > 1:
        raise several_goods(text, [catalogue.concept(concept_id) for concept_id in meant])
    try:
        return read_concept(text, catalogue)
    except Unreadable as unreadable:
        suggestions = tuple(dict.fromkeys((*meant, *unreadable.suggestions)))
        raise Unreadable(
            unreadable.code, unreadable.message, suggestions=suggestions, **unreadable.parameters
        ) from None


def _meant(inferred: TitleGoods) -> tuple[str, ...]:
    return inferred.alternatives if inferred.concept_id is None else (inferred.concept_id, *inferred.alternatives)
