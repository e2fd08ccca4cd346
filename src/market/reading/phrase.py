"""A text that is being read: its words, what they name, and what stands between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from market.reading.facets import FacetWords, facet_words
from market.reading.segments import Segment, segment
from market.reading.vocabulary import Vocabulary
from market.vietnamese.syllables import is_syllable
from market.vietnamese.text import Token, clean, tokens

LIST_SIGNS = frozenset(",;+&/")
BREAKS = frozenset(",;:()[]|–—")
BROKEN_BY_DASH = " - "
PARTS = frozenset(":|–—")


@dataclass(frozen=True, slots=True)
class Phrase:
    """`text` as it was cleaned, its `tokens`, and the `parts` that name something; all rules read this one object."""

    text: str
    tokens: Sequence[Token]
    parts: Sequence[Segment]
    vocabulary: Vocabulary
    _owners: dict[int, Segment] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str, vocabulary: Vocabulary, *, limit: int, most_words: int) -> Phrase:
        """Read a text as far as its first words."""
        cleaned = clean(text, limit=limit)
        typed = [vocabulary.decoded(token) for token in tokens(cleaned)[:most_words]]
        parts = segment(cleaned, typed, vocabulary) if typed else []
        owners = {index: part for part in parts for index in range(part.first, part.last)}
        return cls(cleaned, typed, parts, vocabulary, owners)

    @property
    def facets(self) -> FacetWords:
        """Words for forms, parts and classes."""
        return facet_words(self.vocabulary.catalogue)

    @property
    def marked(self) -> bool:
        """Whether the writer types marks."""
        return any(token.marked for token in self.tokens)

    def part_at(self, index: int) -> Segment | None:
        """What the word at a place belongs to."""
        return self._owners.get(index)

    def goods(self) -> Iterator[Segment]:
        """The parts that name goods, in order."""
        return (part for part in self.parts if part.kind == "concept")

    def between(self, first: int, second: int) -> str:
        """The characters between two words."""
        return self.text[self.tokens[first].end : self.tokens[second].start]

    def side_by_side(self, first: int, last: int) -> bool:
        """Whether only blanks stand between the words from one place to another."""
        return all(not self.between(index, index + 1).strip() for index in range(first, last))

    def broken(self, first: int, second: int) -> bool:
        """Whether a comma, a bracket or a dash between blanks stands between two words."""
        between = self.between(first, second)
        return not BREAKS.isdisjoint(between) or BROKEN_BY_DASH in between

    def parted(self, first: int, second: int) -> bool:
        """Whether a colon, a bar or a dash between blanks stands between two words."""
        between = self.between(first, second)
        return not PARTS.isdisjoint(between) or BROKEN_BY_DASH in between

    def is_list(self, first: int, second: int) -> bool:
        """Whether a sign or "và" between two words makes them a list."""
        between = self.text[self.tokens[first].end : self.tokens[second].start]
        return not LIST_SIGNS.isdisjoint(between) or " và " in between

    def written(self, first: int, last: int) -> str:
        """Words as they were written."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]

    def looks_like_a_name(self, index: int) -> bool:
        """Whether a word is written like a proper name where others are not, or is no Vietnamese syllable."""
        written = self.written(index, index + 1)
        if written[:1].isdigit():
            return False
        if not is_syllable(self.tokens[index].text) and len(written) > 1:
            return True
        if not written[:1].isupper() or self.title_case:
            return False
        if index == 0:
            return written.isupper() and not self.text.isupper() and len(written) > 1
        return True

    @property
    def title_case(self) -> bool:
        """Whether nearly every word begins with a capital, so that capitals say nothing."""
        capital = sum(1 for index in range(len(self.tokens)) if self.written(index, index + 1)[:1].isupper())
        return capital * 4 >= len(self.tokens) * 3
