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

import msgspec

from market.reading.names import Entry, all_entries, heads_of, holders_of
from market.reference.catalogue import Catalogue
from market.reference.records import Unit
from market.vietnamese.keystrokes import decode_keystrokes
from market.vietnamese.slips import SlipIndex
from market.vietnamese.sounds import sound_of
from market.vietnamese.syllables import is_syllable
from market.vietnamese.text import Token, fold

MatchedBy = Literal["marks", "letters", "blanks", "slip"]
"""How a name was found: as written, without (some) marks, with other blanks, or with a slip of the keys."""

SHORTEST_JOINED = 4
SHORTEST_SLIPPED_WORD = 5
SHORTEST_NEAR_WORD = 3
SHORTEST_PARTED = 5
SHORTEST_PART = 2
LONGEST_WINDOW = 5


class Match(msgspec.Struct, frozen=True):
    """Entries that one run of words may name: tokens `first` up to but not including `last`."""

    first: int
    last: int
    by: MatchedBy
    entries: tuple[Entry, ...]

    @property
    def length(self) -> int:
        """Words covered."""
        return self.last - self.first


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The index. Build it with `build_vocabulary`; it never changes."""

    catalogue: Catalogue
    by_letters: dict[str, tuple[Entry, ...]]
    by_joined: dict[str, tuple[Entry, ...]]
    longest_from: dict[str, int]
    syllables: frozenset[str]
    letters: frozenset[str]
    slipped: SlipIndex
    """Joined names of goods by the slips that make them."""
    slipped_words: SlipIndex
    """The same for the words of names that have several."""
    by_sound: dict[str, tuple[Entry, ...]]
    beginnings: frozenset[str]
    """The first words of names of goods that have more, each word with a blank after it."""
    units: dict[str, Unit]
    heads: dict[str, tuple[Entry, ...]]
    """Goods by the word, without marks, that begins their Vietnamese names or ends their English ones."""
    holders: dict[str, tuple[str, ...]]
    """By the name of some goods, without marks: the concepts with a longer name that it stands in, as ngô in bí ngô."""

    def decoded(self, token: Token) -> Token:
        """The token, or the syllable its Telex or VNI keys spell when some name has that syllable."""
        if token.folded in self.letters:
            return token
        syllable = decode_keystrokes(token.text)
        if syllable is None or syllable not in self.syllables:
            return token
        return Token(syllable, fold(syllable), token.start, token.end)

    def keyed(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens with their keystrokes decoded, but for those that are a name once the blank between them is gone.

        Telex for cò is cof, and cof fee is coffee.
        """
        whole: set[int] = set()
        for place in range(len(tokens) - 1):
            one, other = tokens[place], tokens[place + 1]
            if other.folded not in self.letters and one.folded + other.folded in self.by_joined:
                whole |= {place, place + 1}
        return [token if place in whole else self.decoded(token) for place, token in enumerate(tokens)]

    def parted(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens; one that no name has cut in two, where a name with the word before or after it goes on so.

        Khoai langtim has lost a blank within a name of which it is not the whole: khoai lang tím Nhật.
        """
        found: list[Token] = []
        for place, token in enumerate(tokens):
            before = tokens[place - 1].folded if place else ""
            after = tokens[place + 1].folded if place + 1 < len(tokens) else ""
            found.extend(self._parts(token, before, after))
        return found

    def _parts(self, token: Token, before: str, after: str) -> tuple[Token, ...]:
        text, folded = token.text, token.folded
        if len(folded) < SHORTEST_PARTED or folded in self.letters or len(text) != len(folded) or is_syllable(text):
            return (token,)
        for cut in range(SHORTEST_PART, len(folded) - SHORTEST_PART + 1):
            left, right = folded[:cut], folded[cut:]
            if left not in self.letters or right not in self.letters:
                continue
            if self._goes_on(before, left, right) or self._goes_on(left, right, after):
                middle = token.start + cut
                return Token(text[:cut], left, token.start, middle), Token(text[cut:], right, middle, token.end)
        return (token,)

    def _goes_on(self, *words: str) -> bool:
        """Whether these words are the name of some goods or its beginning."""
        name = " ".join(words)
        return all(words) and (f"{name} " in self.beginnings or self._names_goods(name))

    def _names_goods(self, name: str) -> bool:
        return any(entry.kind == "concept" for entry in self.by_letters.get(name, ()))

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
        key = ""
        for last in range(first + 1, min(first + LONGEST_WINDOW, len(tokens)) + 1):
            key += tokens[last - 1].folded
            entries = self.by_joined.get(key) if len(key) >= SHORTEST_JOINED else None
            if entries is None:
                continue
            typed = "".join([token.text for token in tokens[first:last]])
            spaced = " ".join([token.folded for token in tokens[first:last]])
            fitting = tuple(
                [e for e in entries if e.folded != spaced and (typed.isascii() or typed == "".join(e.words))]
            )
            if fitting:
                found.append(Match(first, last, "blanks", fitting))
        found.reverse()
        return found


def _fits(tokens: Sequence[Token], first: int, entry: Entry) -> bool:
    """Whether words whose letters are those of the name have its marks wherever they have any."""
    for offset, word in enumerate(entry.words):
        typed = tokens[first + offset].text
        if typed != word and not typed.isascii() and not _is_foreign(word):
            return False
    return True


@lru_cache(maxsize=4096)
def _is_foreign(word: str) -> bool:
    """Whether a word of a name is no Vietnamese one, so that marks typed on it say nothing: cafê, viêtgap."""
    return word.isascii() and word.isalpha() and len(word) >= SHORTEST_JOINED and not is_syllable(word)


def _is_exact(tokens: Sequence[Token], first: int, entry: Entry) -> bool:
    return all(tokens[first + offset].text == word for offset, word in enumerate(entry.words))


def unit_words(catalogue: Catalogue) -> dict[str, Unit]:
    """Units by their one-word names, with marks and without; a word without marks is a weight before anything else."""
    exact = {name.lower(): unit for unit in catalogue.units for name in (unit.name_vi, unit.name_en, *unit.aliases)}
    folded: dict[str, Unit] = {}
    for name, unit in exact.items():
        if unit.dimension == "mass" or fold(name) not in folded:
            folded[fold(name)] = unit
    found = folded | exact
    return {word: unit for word, unit in found.items() if " " not in word and not word.isdecimal()}


def build_vocabulary(catalogue: Catalogue) -> Vocabulary:
    """Index every name of the catalogue; takes some tenths of a second, so build it once for a catalogue."""
    by_letters: dict[str, list[Entry]] = defaultdict(list)
    by_joined: dict[str, list[Entry]] = defaultdict(list)
    by_sound: dict[str, list[Entry]] = defaultdict(list)
    long_names: list[str] = []
    words_of_names: list[str] = []
    longest: dict[str, int] = {}
    syllables: set[str] = set()
    beginnings: set[str] = set()
    known = all_entries(catalogue)
    for entry in known:
        folded = entry.folded
        by_letters[folded].append(entry)
        start = folded.split(" ", 1)[0]
        longest[start] = max(longest.get(start, 0), len(entry.words))
        if entry.kind != "locality":
            # Cò Nòi would make the keys cof a syllable, and Gừn keep gừn from being ginger.
            syllables.update(entry.words)
        if entry.kind in {"concept", "province", "scheme"}:
            joined = folded.replace(" ", "")
            by_joined[joined].append(entry)
            if entry.kind == "concept" and not joined.isdigit():
                by_sound[" ".join([sound_of(word, loose=True) for word in folded.split()])].append(entry)
                beginnings.update(folded[: place + 1] for place, letter in enumerate(folded) if letter == " ")
                if len(joined) >= SHORTEST_SLIPPED_WORD:
                    long_names.append(joined)
                if len(entry.words) > 1:
                    words_of_names.extend(word for word in folded.split() if len(word) >= SHORTEST_NEAR_WORD)
    return Vocabulary(
        catalogue=catalogue,
        by_letters={key: tuple(entries) for key, entries in by_letters.items()},
        by_joined={key: tuple(entries) for key, entries in by_joined.items()},
        longest_from=longest,
        syllables=frozenset(syllables),
        letters=frozenset(word for entries in by_letters.values() for e in entries for word in e.folded.split()),
        units=unit_words(catalogue),
        slipped=SlipIndex(long_names),
        slipped_words=SlipIndex(words_of_names),
        by_sound={key: tuple(entries) for key, entries in by_sound.items()},
        beginnings=frozenset(beginnings),
        heads=heads_of(known),
        holders=holders_of(known),
    )


@lru_cache(maxsize=2)
def vocabulary_of(catalogue: Catalogue) -> Vocabulary:
    """The vocabulary of a catalogue, built by the first who needs it."""
    return build_vocabulary(catalogue)
