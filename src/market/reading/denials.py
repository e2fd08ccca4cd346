"""Words that deny how goods come, or which of them: cà phê chưa rang is no roasted coffee, mứt không đường asks for no
sugar, sầu riêng không Ri6 for every other durian."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from market.reading.facets import facet_words
from market.reading.language import language
from market.reading.segments import Segment
from market.reading.vocabulary import Vocabulary
from market.vietnamese.text import Token, fold, words

LONGEST = 3
MOST_WORDS_OF_A_VARIETY = 4


@dataclass(frozen=True, slots=True)
class Denied:
    """Forms that a query denies, with all narrower ones; their words, one by one and in a row; and the places of those
    that deny them."""

    forms: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    words: frozenset[int] = frozenset()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unwanted:
    """What a query does not want of its goods.

    `forms` are those denied, with all narrower ones, `ways` says each of them and `form_text` all; `kinds` are narrower
    goods, and `kind_text` stands in the titles of those that are not wanted. `words` are the places of all words that
    say so, `kind_words` those of them that deny a kind.
    """

    forms: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    form_text: str = ""
    kinds: tuple[str, ...] = ()
    kind_text: str = ""
    words: frozenset[int] = frozenset()
    kind_words: frozenset[int] = frozenset()


NOTHING = Unwanted()


def unwanted_of(tokens: Sequence[Token], parts: Sequence[Segment], vocabulary: Vocabulary) -> Unwanted:
    """What a query does not want of its goods.

    Args:
        tokens: its words.
        parts: its segments.
        vocabulary: for the words of forms and the names of kinds.
    """
    forms, kinds = denied_forms(tokens, vocabulary), _denied_kinds(tokens, parts, vocabulary)
    return replace(
        kinds, forms=forms.forms, ways=forms.ways, form_text=forms.text, words=forms.words | kinds.kind_words
    )


@cache
def _excluding() -> frozenset[str]:
    """Words after which anything is not wanted; without marks, too, for nothing else is meant by several of them."""
    listed: Sequence[str] = language("queries")["excluding"]
    return frozenset(said for word in listed for said in (" ".join(words(word)), fold(word)))


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
        return Denied()
    catalogue = vocabulary.catalogue
    forms: dict[str, None] = {}
    ways: list[str] = []
    places: set[int] = set()
    said: list[str] = []
    for index in range(1, len(tokens)):
        # What is denied of the first word is denied of the next: chưa rang xay.
        first = index if index - 1 in places else denial_before(tokens, index)
        facet = None if first is None else next(facet_words(catalogue).tails_at(tokens, index), None)
        if first is not None and facet is not None and facet.word.kind == "form":
            forms |= dict.fromkeys(sorted(catalogue.forms_below(facet.word.id)))
            ways.append(" ".join(facet.word.words))
            places.update(range(first, facet.last))
            said += [token.text for token in tokens[index : facet.last]]
    return Denied(tuple(forms), tuple(ways), frozenset(places), " ".join(said))


def _denied_kinds(tokens: Sequence[Token], parts: Sequence[Segment], vocabulary: Vocabulary) -> Unwanted:
    """The variety or kind that is not wanted: without a word that excludes anything, only a known one."""
    said = {token.text for token in tokens}
    if said.isdisjoint(word for run in (*_denials(), *_excluding()) for word in run.split()):
        return NOTHING
    for start, first, anything in _denied_from(tokens):
        goods = next((part for part in parts if part.kind == "concept" and part.last <= start), None)
        if goods is None:
            continue
        for last in range(min(len(tokens), first + MOST_WORDS_OF_A_VARIETY), first, -1):
            known = _kinds_called(tokens[first:last], tokens[goods.first : goods.last], goods, vocabulary)
            if known is not None or (anything and last == _end(first, parts, len(tokens))):
                run = " ".join([token.text for token in tokens[first:last]])
                return Unwanted(kinds=known or (), kind_text=run, kind_words=frozenset(range(start, last)))
    return NOTHING


def _denied_from(tokens: Sequence[Token]) -> Iterator[tuple[int, int, bool]]:
    """Where a denial begins, what it denies begins, and whether it denies anything."""
    for first in range(2, len(tokens)):
        for length in range(min(LONGEST, first), 0, -1):
            run = " ".join([token.text for token in tokens[first - length : first]])
            if run in _excluding() or run in _denials():
                yield first - length, first, run in _excluding()
                break


def _end(first: int, parts: Sequence[Segment], length: int) -> int:
    """Where words end that nothing but goods explains: a place or a price is not denied."""
    others = (p.first for p in parts if p.first >= first and (p.kind not in {"concept", "word", "locality"}))
    return min([length, first + MOST_WORDS_OF_A_VARIETY, *others])


def _kinds_called(
    run: Sequence[Token], name: Sequence[Token], goods: Segment, vocabulary: Vocabulary
) -> tuple[str, ...] | None:
    """The narrower goods that some words name after the name of goods, or by themselves; None when they name none."""
    catalogue = vocabulary.catalogue
    wider = {entry.keys[0] for entry in goods.entries}
    typed = "".join([token.folded for token in run])
    whole = "".join([token.folded for token in name]) + typed
    kinds = [
        entry.keys[0]
        for called in (whole, typed)
        for entry in vocabulary.by_joined.get(called, ())
        if entry.kind == "concept" and not wider.isdisjoint((entry.keys[0], *catalogue.ancestors(entry.keys[0])))
    ]
    return tuple([kind for kind in dict.fromkeys(kinds) if kind not in wider]) if kinds else None
