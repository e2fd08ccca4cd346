"""Words that say how goods come: forms and parts before and after a name, and nouns for whole classes of goods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal

import msgspec

from market.reading.language import language
from market.reference.catalogue import Catalogue
from market.vietnamese.text import Token, fold, words

FacetKind = Literal["form", "part", "category"]
MOST_WORDS = 4


class FacetWord(msgspec.Struct, frozen=True):
    """A word that says a form, a part or a category; `of`: only of goods in these categories."""

    kind: FacetKind
    id: str
    words: tuple[str, ...]
    of: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    english: bool = False


class Facet(msgspec.Struct, frozen=True):
    """Such a word where it stands: tokens `first` up to but not including `last`."""

    first: int
    last: int
    word: FacetWord


@cache
def _only_with_marks() -> frozenset[str]:
    """Words whose letters without marks are everyday words: giã is a way of grinding, gia anything."""
    listed: Sequence[str] = language("titles")["marks needed"]
    return frozenset(" ".join(words(word)) for word in listed)


class FacetWords:
    """All such words of a catalogue, by where they stand beside the name of goods."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.heads = _by_letters(_heads(catalogue))
        self.tails = _by_letters(_tails(catalogue))
        self.classes = _by_letters(
            FacetWord("category", category.id, tuple(words(head)))
            for category in catalogue.categories
            for head in category.heads
        )
        self._plain = frozenset(
            " ".join(word.words) for known in self.classes.values() for *_, said in known for word in said
        )

    def heads_at(self, tokens: Sequence[Token], first: int) -> Iterator[Facet]:
        """Words before goods that begin at a token, the longest first; rau typed so is no râu without its marks."""
        for facet in _at(self.heads, tokens, first):
            typed = " ".join([token.text for token in tokens[facet.first : facet.last]])
            if typed == " ".join(facet.word.words) or typed not in self._plain:
                yield facet

    def tails_at(self, tokens: Sequence[Token], first: int) -> Iterator[Facet]:
        """Words after goods that begin at a token, the longest first."""
        return _at(self.tails, tokens, first)

    def classes_at(self, tokens: Sequence[Token], first: int) -> Iterator[Facet]:
        """Class nouns that begin at a token, the longest first."""
        return _at(self.classes, tokens, first)


Index = dict[str, list[tuple[int, tuple[str, ...], tuple[FacetWord, ...]]]]
"""By their first word: how many words, those after it, and what they say; the longest first."""


def _heads(catalogue: Catalogue) -> Iterator[FacetWord]:
    for form in catalogue.forms:
        for head in form.heads:
            yield FacetWord("form", form.id, tuple(words(head.word)), head.of, head.regions)
        for word in form.english:
            yield FacetWord("form", form.id, tuple(words(word)), english=True)
    for part in catalogue.parts:
        for head in part.heads:
            yield FacetWord("part", part.id, tuple(words(head.word)), head.of, head.regions)


def _tails(catalogue: Catalogue) -> Iterator[FacetWord]:
    for form in catalogue.forms:
        for tail in form.tails:
            yield FacetWord("form", form.id, tuple(words(tail)))
        for word in form.english:
            yield FacetWord("form", form.id, tuple(words(word)), english=True)
    for part in catalogue.parts:
        for word in part.english:
            yield FacetWord("part", part.id, tuple(words(word)), english=True)


def _by_letters(facets: Iterable[FacetWord]) -> Index:
    found: defaultdict[str, dict[tuple[str, ...], list[FacetWord]]] = defaultdict(dict)
    for facet in facets:
        first, *rest = (fold(word) for word in facet.words)
        found[first].setdefault(tuple(rest), []).append(facet)
    return {
        first: [(1 + len(rest), rest, tuple(known)) for rest, known in sorted(begun.items(), key=_longest)]
        for first, begun in found.items()
    }


def _longest(begun: tuple[tuple[str, ...], object]) -> int:
    return -len(begun[0])


def _at(index: Index, tokens: Sequence[Token], first: int) -> Iterator[Facet]:
    for length, rest, known in index.get(tokens[first].folded, ()) if first < len(tokens) else ():
        run = tokens[first : first + length]
        if tuple([token.folded for token in run[1:]]) != rest:
            continue
        for word in known:
            if all(_says(token, spelled) for token, spelled in zip(run, word.words, strict=True)) and (
                any(token.marked for token in run)
                or all(spelled.isascii() for spelled in word.words)
                or not (word.words[0] in _only_with_marks() or any(token.marked for token in tokens))
            ):
                yield Facet(first, first + length, word)


def _says(token: Token, spelled: str) -> bool:
    return token.text == spelled or (not token.marked and token.text == fold(spelled))


@lru_cache(maxsize=4)
def facet_words(catalogue: Catalogue) -> FacetWords:
    """The words of a catalogue, built by the first who needs them."""
    return FacetWords(catalogue)
