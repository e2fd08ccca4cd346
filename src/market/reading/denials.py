"""Words that deny how goods come: cà phê chưa rang is no roasted coffee, mứt không đường asks for no sugar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from market.reading.facets import facet_words
from market.reading.language import language
from market.reading.vocabulary import Vocabulary
from market.vietnamese.text import Token, words

LONGEST = 2


@dataclass(frozen=True, slots=True)
class Denied:
    """Forms that a query denies, with all narrower ones, their words, and the places of the words that deny them."""

    forms: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    words: frozenset[int] = frozenset()


NOTHING = Denied()


@cache
def _denials() -> frozenset[str]:
    listed: Sequence[str] = language("titles")["denials"]
    return frozenset(" ".join(words(word)) for word in listed)


def denial_before(tokens: Sequence[Token], index: int) -> int | None:
    """Where words begin that deny what begins at a place: chưa, không, chưa qua; None when nothing denies it."""
    for length in range(LONGEST, 0, -1):
        first = index - length
        if first >= 0 and " ".join([token.text for token in tokens[first:index]]) in _denials():
            return first
    return None


def denied_forms(tokens: Sequence[Token], vocabulary: Vocabulary) -> Denied:
    """The forms that a query denies.

    Args:
        tokens: its words.
        vocabulary: for the words of forms.
    """
    if _denials().isdisjoint([token.text for token in tokens]):
        return NOTHING
    catalogue = vocabulary.catalogue
    forms: dict[str, None] = {}
    ways: list[str] = []
    places: set[int] = set()
    for index in range(1, len(tokens)):
        # What is denied of the first word is denied of the next: chưa rang xay.
        first = index if index - 1 in places else denial_before(tokens, index)
        facet = None if first is None else next(facet_words(catalogue).tails_at(tokens, index), None)
        if first is not None and facet is not None and facet.word.kind == "form":
            forms |= dict.fromkeys(sorted(catalogue.forms_below(facet.word.id)))
            ways.append(" ".join(facet.word.words))
            places.update(range(first, facet.last))
    return Denied(tuple(forms), tuple(ways), frozenset(places))
