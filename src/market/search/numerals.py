"""Numbers written as Vietnamese words: "hai mươi lăm", "một trăm rưỡi" without its half, "mười hai", "1 trăm"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from market.search.everyday_words import HUNDRED, NUMERALS, TEN, TENS, UNITS_AFTER_TENS
from market.search.text import fold

_DIGITS = {word: Decimal(value) for word, value in NUMERALS.items() if word not in {TEN, "nửa"}}
_LARGEST_DIGIT = 9


def _one_of(word: str, *names: str) -> bool:
    return word in names or word in {fold(name) for name in names}


def _digit(word: str) -> Decimal | None:
    if word.isdecimal() and 0 < int(word) <= _LARGEST_DIGIT:
        return Decimal(word)
    found = _DIGITS.get(word)
    # "nam" and "bon" have no other reading among numbers.
    return found if found is not None else next((v for name, v in _DIGITS.items() if fold(name) == word), None)


def read_numeral(words: Sequence[str], at: int) -> tuple[Decimal, int] | None:
    """The number that begins at a word and the place after it; None when there is none of two words or more.

    Args:
        words: lower-case words, with marks or without.
        at: place of the first.
    """
    start, value = at, Decimal(0)
    first = _digit(words[at]) if at < len(words) else None
    if first is not None and at + 1 < len(words) and _one_of(words[at + 1], HUNDRED):
        value, at = first * 100, at + 2
    tens, at = _tens(words, at)
    value += tens
    return (value, at) if at - start > 1 else None


def _tens(words: Sequence[str], at: int) -> tuple[Decimal, int]:
    if at >= len(words):
        return Decimal(0), at
    digit = _digit(words[at])
    if words[at] == TEN or (words[at] == fold(TEN) and digit is None):
        value, at = Decimal(10), at + 1
    elif digit is not None and at + 1 < len(words) and _one_of(words[at + 1], TENS, "chục"):
        value, at = digit * 10, at + 2
    else:
        return Decimal(0), at
    if at < len(words):
        unit = UNITS_AFTER_TENS.get(words[at]) or _digit(words[at])
        if unit is not None and not words[at].isdecimal():
            return value + unit, at + 1
    return value, at
