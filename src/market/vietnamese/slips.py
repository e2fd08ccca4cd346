"""Slips of the keys: one letter too many, one missing, one wrong, two neighbours swapped."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable

NUMBER_BITS = 20
"""Of a key of `SlipIndex`, what numbers its word; the rest is a hash."""
_HASH = (1 << (64 - NUMBER_BITS)) - 1


def deletions(word: str) -> set[str]:
    """The word, and the word without each of its letters; two words one slip apart share one of these."""
    return {word, *[word[:index] + word[index + 1 :] for index in range(len(word))]}


def one_slip_apart(one: str, other: str) -> bool:
    """Whether two different words become the same by one slip. A mark is part of its letter."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    shortest = min(len(one), len(other))
    while start < shortest and one[start] == other[start]:
        start += 1
    if len(one) != len(other):
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        return longer[start + 1 :] == shorter[start:]
    if one[start + 1 :] == other[start + 1 :]:
        return True
    swapped = one[start : start + 2][::-1] == other[start : start + 2]
    return swapped and one[start + 2 :] == other[start + 2 :]


class SlipIndex:
    """Words found by what they become without one of their letters.

    A hundred thousand such keys as strings of a dict weigh twelve megabytes in every process; as a sorted array of
    their hashes, each with its word's number, one. Two keys of one hash only offer a word too many.
    """

    def __init__(self, spelled: Iterable[str]) -> None:
        """Raises:
        ValueError: more than a million words.
        """
        self._words = tuple(dict.fromkeys(spelled))
        if len(self._words) >> NUMBER_BITS:
            raise ValueError(f"more than {1 << NUMBER_BITS} words")
        self._keys = array(
            "Q", sorted(_key(one) | number for number, word in enumerate(self._words) for one in deletions(word))
        )

    def near(self, word: str) -> set[str]:
        """The words that share a deletion with one: all that are a slip apart from it, itself, and some others."""
        found: set[str] = set()
        for one in deletions(word):
            key = _key(one)
            place = bisect_left(self._keys, key)
            while place < len(self._keys) and self._keys[place] >> NUMBER_BITS == key >> NUMBER_BITS:
                found.add(self._words[self._keys[place] - key])
                place += 1
        return found


def _key(text: str) -> int:
    return (hash(text) & _HASH) << NUMBER_BITS
