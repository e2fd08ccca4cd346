"""Slips of the keys: one letter too many, one missing, one wrong, two neighbours swapped."""

from __future__ import annotations


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
