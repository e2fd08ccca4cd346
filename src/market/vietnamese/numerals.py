"""Numbers written as Vietnamese words: "hai mươi lăm", "một trăm rưỡi" without its half, "mười hai", "1 trăm"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from market.vietnamese.text import fold

NUMERALS = {
    "nửa": "0.5",
    "một": "1",
    "hai": "2",
    "ba": "3",
    "bốn": "4",
    "năm": "5",
    "sáu": "6",
    "bảy": "7",
    "tám": "8",
    "chín": "9",
    "mười": "10",
}

TENS, TEN, HUNDRED = "mươi", "mười", "trăm"
UNITS_AFTER_TENS = {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
"""How one, four and five are said after tens: hai mươi lăm."""

_MARKED_DIGITS = {word: Decimal(value) for word, value in NUMERALS.items() if word not in {TEN, "nửa"}}
# "nam" and "bon" have no other reading among numbers.
_DIGITS = {fold(word): value for word, value in reversed(_MARKED_DIGITS.items())} | _MARKED_DIGITS
_LARGEST_DIGIT = 9


def _with_folded(*names: str) -> frozenset[str]:
    return frozenset(names) | {fold(name) for name in names}


_HUNDREDS, _TENS = _with_folded(HUNDRED), _with_folded(TENS, "chục")


def _digit(word: str) -> Decimal | None:
    if word.isdecimal() and 0 < int(word) <= _LARGEST_DIGIT:
        return Decimal(word)
    return _DIGITS.get(word)


def decimal_of(digits: str) -> Decimal | None:
    """Digits as they are written in Viet Nam: 20.000 and 20,000 are twenty thousand, 1,5 and 1.5 one and a half."""
    parts = re.split(r"[.,]", digits)
    if len(digits) > 18:
        return None
    if len(parts) == 1:
        return Decimal(digits)
    if all(len(part) == 3 for part in parts[1:]) and 1 <= len(parts[0]) <= 3 and parts[0] != "0":
        return Decimal("".join(parts))
    return Decimal(f"{''.join(parts[:-1])}.{parts[-1]}")


def read_numeral(words: Sequence[str], at: int) -> tuple[Decimal, int] | None:
    """The number that begins at a word and the place after it; None when there is none of two words or more.

    Args:
        words: lower-case words, with marks or without.
        at: place of the first.
    """
    start, value = at, Decimal(0)
    first = _digit(words[at]) if at < len(words) else None
    if first is not None and at + 1 < len(words) and words[at + 1] in _HUNDREDS:
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
    elif digit is not None and at + 1 < len(words) and words[at + 1] in _TENS:
        value, at = digit * 10, at + 2
    else:
        return Decimal(0), at
    if at < len(words):
        unit = UNITS_AFTER_TENS.get(words[at]) or _digit(words[at])
        if unit is not None and not words[at].isdecimal():
            return value + unit, at + 1
    return value, at
