"""The vocabulary: every name of the catalogue in one index, matched word by word.

Marks are respected where they were typed and stand for anything where they were not, syllable by syllable. Names
are found whole, with blanks missing or added ("caphe"), and, when nothing else explains a word, with one slip of
the keys in a long name ("thanh lonh").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from market.reference.catalogue import Catalogue
from market.reference.records import Unit
from market.search.amounts import unit_words
from market.search.keystrokes import decode_keystrokes
from market.search.names import Entry, all_entries
from market.search.slips import deletions, one_slip_apart
from market.search.syllables import is_syllable
from market.search.text import Token, fold

MatchedBy = Literal["marks", "letters", "blanks", "slip"]
"""How a name was found: as written, without (some) marks, with other blanks, or with a slip of the keys."""

SHORTEST_JOINED = 4
SHORTEST_SLIPPED_WORD = 5
SHORTEST_SLIPPED_NAME = 6
SHORTEST_MARK_SLIP = 7
SHORTEST_SYLLABLE = 3
SHORTEST_SECOND = 4
LENGTH_OF_A_PAIR = 2
LONGEST_WINDOW = 5


@dataclass(frozen=True, slots=True)
class Match:
    """Entries that one run of words may name: tokens `first` up to but not including `last`."""

    first: int
    last: int
    by: MatchedBy
    entries: tuple[Entry, ...]

    @property
    def length(self) -> int:
        """Words covered."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The index. Build it with `build_vocabulary`; it never changes."""

    catalogue: Catalogue
    by_letters: dict[str, tuple[Entry, ...]]
    by_joined: dict[str, tuple[Entry, ...]]
    longest_from: dict[str, int]
    syllables: frozenset[str]
    letters: frozenset[str]
    slipped: dict[str, tuple[str, ...]]
    units: dict[str, Unit]

    def decoded(self, token: Token) -> Token:
        """The token, or the syllable its Telex or VNI keys spell when some name has that syllable."""
        if token.folded in self.letters or not token.text.isascii():
            return token
        syllable = decode_keystrokes(token.text)
        if syllable is None or syllable not in self.syllables:
            return token
        return Token(syllable, fold(syllable), token.start, token.end)

    def matches_at(self, tokens: Sequence[Token], first: int) -> list[Match]:
        """Names that begin at one word, the longest first."""
        folded = tokens[first].folded
        most = min(self.longest_from.get(folded, 0), len(tokens) - first)
        found = []
        key = ""
        for length in range(1, most + 1):
            folded = tokens[first + length - 1].folded
            key = f"{key} {folded}" if key else folded
            entries = self.by_letters.get(key)
            if entries is None:
                continue
            fitting = tuple([entry for entry in entries if _fits(tokens, first, entry)])
            if fitting:
                by: MatchedBy = "marks" if any(_is_exact(tokens, first, e) for e in fitting) else "letters"
                found.append(Match(first, first + length, by, fitting))
        found.reverse()
        return found

    def joined_at(self, tokens: Sequence[Token], first: int) -> list[Match]:
        """Names that begin at one word when blanks are not counted, the longest first."""
        found = []
        for length in range(min(LONGEST_WINDOW, len(tokens) - first), 0, -1):
            window = tokens[first : first + length]
            key = "".join([token.folded for token in window])
            entries = self.by_joined.get(key) if len(key) >= SHORTEST_JOINED else None
            if entries is None:
                continue
            typed = "".join([token.text for token in window])
            spaced = " ".join([token.folded for token in window])
            fitting = tuple(
                [e for e in entries if e.folded != spaced and (typed.isascii() or typed == "".join(e.words))]
            )
            if fitting:
                found.append(Match(first, first + length, "blanks", fitting))
        return found

    def slips_in(self, tokens: Sequence[Token], first: int, last: int) -> Match | None:
        """The one name that a run of words is, but for one slip of the keys or one wrong mark."""
        window = tokens[first:last]
        folded = " ".join([token.folded for token in window])
        joined = folded.replace(" ", "")
        shortest = SHORTEST_SLIPPED_WORD if len(window) == 1 else SHORTEST_SLIPPED_NAME
        if len(joined) < shortest or joined.isdigit() or (len(window) == 1 and is_syllable(window[0].text)):
            return None
        fitting = [e for e in self.by_letters.get(folded, ()) if e.kind == "concept" and self._mark_slip(window, e)]
        if not fitting:
            near = {name for key in deletions(joined) for name in self.slipped.get(key, ())}
            fitting = [e for name in near for e in self.by_joined[name] if self._key_slip(window, e)]
        keys = {entry.keys for entry in fitting}
        return Match(first, last, "slip", tuple(fitting)) if len(keys) == 1 else None

    def _mark_slip(self, window: Sequence[Token], entry: Entry) -> bool:
        wrong = [(token.text, word) for token, word in zip(window, entry.words, strict=True) if token.text != word]
        wrong = [(typed, word) for typed, word in wrong if not typed.isascii()]
        if len(entry.words) < 2 or len(entry.folded) - len(entry.words) + 1 < SHORTEST_MARK_SLIP or len(wrong) != 1:
            return False
        return not self._is_name_of_goods(wrong[0][0])

    def _key_slip(self, window: Sequence[Token], entry: Entry) -> bool:
        """Whether one slip makes the name of the words: in one of them, or across blanks put elsewhere."""
        if len(window) != len(entry.words):
            typed = "".join([token.text for token in window])
            return not self._any_goods(window) and _slipped(typed, "".join(entry.words))
        wrong = [place for place, token in enumerate(window) if not _same(token, entry.words[place])]
        odd = [window[place] for place in wrong]
        if not wrong or wrong[-1] - wrong[0] > 1 or self._any_goods(odd):
            return False
        if len(wrong) == 1:
            return _slipped(odd[0].text, entry.words[wrong[0]]) and _may_be_a_slip(window, wrong[0], entry)
        typed, meant = "".join([token.text for token in odd]), "".join([entry.words[place] for place in wrong])
        return typed == (fold(meant) if typed.isascii() else meant) or _slipped(typed, meant)

    def _any_goods(self, window: Sequence[Token]) -> bool:
        return any(self._is_name_of_goods(token.text) for token in window)

    def _is_name_of_goods(self, word: str) -> bool:
        return any(e.kind == "concept" and e.words == (word,) for e in self.by_letters.get(fold(word), ()))


def _same(token: Token, word: str) -> bool:
    return token.text == word or (token.text.isascii() and token.text == fold(word))


def _slipped(typed: str, word: str) -> bool:
    return one_slip_apart(typed, fold(word) if typed.isascii() else word)


def _may_be_a_slip(window: Sequence[Token], place: int, entry: Entry) -> bool:
    """Whether an odd word may be a slip at all.

    In a name of two words a possible syllable is more likely a word of its own: when it was typed with marks (căn is
    not canh), when it is short (tơ vàng), or when it comes before a short word (Chu Đậu).
    """
    odd = window[place]
    if not is_syllable(odd.text) or len(window) > LENGTH_OF_A_PAIR:
        return True
    if len(odd.text) < SHORTEST_SYLLABLE:
        return False
    if place == 0:
        return not odd.marked and len(window[1].text) >= SHORTEST_SECOND
    return not odd.marked or odd.folded[0] == fold(entry.words[place])[0]


def _fits(tokens: Sequence[Token], first: int, entry: Entry) -> bool:
    """Whether words whose letters are those of the name have its marks wherever they have any."""
    for offset, word in enumerate(entry.words):
        typed = tokens[first + offset].text
        if typed != word and not typed.isascii():
            return False
    return True


def _is_exact(tokens: Sequence[Token], first: int, entry: Entry) -> bool:
    return all(tokens[first + offset].text == word for offset, word in enumerate(entry.words))


def build_vocabulary(catalogue: Catalogue) -> Vocabulary:
    """Index every name of the catalogue; takes some tenths of a second, so build it once for a catalogue."""
    by_letters: dict[str, list[Entry]] = defaultdict(list)
    by_joined: dict[str, list[Entry]] = defaultdict(list)
    slipped: dict[str, tuple[str, ...]] = {}
    longest: dict[str, int] = {}
    syllables: set[str] = set()
    for entry in all_entries(catalogue):
        folded = entry.folded
        by_letters[folded].append(entry)
        start = folded.split(" ", 1)[0]
        longest[start] = max(longest.get(start, 0), len(entry.words))
        syllables.update(entry.words)
        if entry.kind in {"concept", "province", "scheme"}:
            joined = folded.replace(" ", "")
            by_joined[joined].append(entry)
            if entry.kind == "concept" and len(joined) >= SHORTEST_SLIPPED_WORD and not joined.isdigit():
                for key in deletions(joined):
                    # Tens of thousands of keys with a name each: a tuple weighs a quarter of a set.
                    if joined not in (names := slipped.get(key, ())):
                        slipped[key] = (*names, joined)
    return Vocabulary(
        catalogue=catalogue,
        by_letters={key: tuple(entries) for key, entries in by_letters.items()},
        by_joined={key: tuple(entries) for key, entries in by_joined.items()},
        longest_from=longest,
        syllables=frozenset(syllables),
        letters=frozenset(word for entries in by_letters.values() for e in entries for word in e.folded.split()),
        units=unit_words(catalogue),
        slipped=slipped,
    )


@lru_cache(maxsize=2)
def vocabulary_of(catalogue: Catalogue) -> Vocabulary:
    """The vocabulary of a catalogue, built by the first who needs it."""
    return build_vocabulary(catalogue)
