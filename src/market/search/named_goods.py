"""Goods in a field of their own, as a title would name them: sả cây is lemongrass, tỏi lột garlic."""

from __future__ import annotations

from typing import Annotated

from market.core.values.refusal import Unreadable
from market.reading.goods import concept_called, read_concept, several_goods
from market.reading.types import reading
from market.reference import types as exact
from market.reference.catalogue import Catalogue
from market.search.inference import Inference, infer_concept
from market.search.vocabulary import vocabulary_of

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
    inferred = infer_concept(text, vocabulary_of(catalogue))
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


def _meant(inferred: Inference) -> tuple[str, ...]:
    return inferred.alternatives if inferred.concept_id is None else (inferred.concept_id, *inferred.alternatives)


NamedGoods = Annotated[exact.ConceptId, reading(read_goods)]
"""What goods are: an id such as `dragon-fruit-red`, a name, or words that hold one and nothing else of goods."""
