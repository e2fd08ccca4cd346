"""Prices, quantities, stars and months in a query: "dưới 40k", "từ 20.000 đến 30.000 đ/kg", "5 tạ", "tháng 11-12"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from market.reading.everyday_words import GRADE_WORDS
from market.reference.records import Unit
from market.vietnamese.numerals import HUNDRED, NUMERALS, decimal_of, read_numeral
from market.vietnamese.text import Token, fold

AmountKind = Literal["price", "quantity", "stars", "months", "period"]
Bound = Literal["min", "max", "about", "exact"]

LARGEST_PRICE_VND = 10**12
LARGEST_KG = Decimal(10**9)
CHEAPEST_BARE_PRICE_VND = 1000
"""A bare number below this is no price in đồng; after "giá" it is read in thousands."""
ABOUT = Decimal("0.2")
"""How far "khoảng" reaches on either side."""
CAN = "can"
"""A jerrycan, which holds litres; before a weight it is cần (we need) without its marks."""
SMALLEST_WANTED_KG = Decimal(1)
SMALLEST_WANTED_LITRES = Decimal(1)
"""Less than this, without a bound, is the size of a package."""
PIECE = "H87"
FEWEST_COUNTED = 10
"""A smaller number before goods that are sold by the piece is more likely a grade or a part of a name."""

_NUMBER = re.compile(r"(\d+(?:[.,]\d+)*)([^\W\d_]*)")
_MONEY = {
    "k": 1000, "ng": 1000, "nghin": 1000, "ngan": 1000, "ngàn": 1000, "nghìn": 1000, "tr": 10**6, "trieu": 10**6,
    "triệu": 10**6, "củ": 10**6, "ty": 10**9, "tỷ": 10**9, "tỉ": 10**9,
}  # fmt: skip
_DONG = frozenset({"đ", "d", "vnd", "vnđ", "đồng", "dong", "₫"})
_LOWER = ("từ", "trên", "tối thiểu", "ít nhất", "hơn", "nhiều hơn", "lớn hơn", "cao hơn", "min", "over", "above",
          "at least", "more than", "from")  # fmt: skip
_UPPER = ("dưới", "tối đa", "không quá", "đến", "tới", "nhỏ hơn", "ít hơn", "thấp hơn", "rẻ hơn", "max", "under",
          "below", "less than", "up to", "at most", "không hơn")  # fmt: skip
_NEAR = ("khoảng", "tầm", "chừng", "cỡ", "about", "around")
_BOUNDS: dict[str, tuple[str, Bound]] = {
    **{fold(word): (word, "min") for word in _LOWER},
    **{fold(word): (word, "max") for word in _UPPER},
    **{fold(word): (word, "about") for word in _NEAR},
}
_AFTER: dict[str, tuple[str, Bound]] = {
    "tro len": ("trở lên", "min"),
    "do len": ("đổ lên", "min"),
    "tro xuong": ("trở xuống", "max"),
    "do lai": ("đổ lại", "max"),
    "or more": ("or more", "min"),
    "or less": ("or less", "max"),
}
_PRICE_WORDS = frozenset({"giá", "price", "gia"})
_TO = frozenset({"đến", "tới", "den", "toi", "to"})
_PER = frozenset({"một", "mỗi", "mot", "moi", "per"})
_EVERY = frozenset({"mỗi", "moi", "hàng", "hằng", "every", "each"})
_STARTS_AMOUNT = _EVERY | NUMERALS.keys() | {fold(word) for word in NUMERALS} | {"thang"}
_PERIODS = {"ngày": "day", "ngay": "day", "tuần": "week", "tuan": "week", "tháng": "month", "thang": "month",
            "năm": "year", "sáng": "day", "day": "day", "week": "week", "month": "month"}  # fmt: skip
_STARS = frozenset({"sao", "star", "stars"})
_STAR_SIGNS = ("*", "★", "⭐", "☆")
_GRADED = GRADE_WORDS | {fold(word) for word in GRADE_WORDS}
_HUNDRED = fold(HUNDRED)
_MONTHS = frozenset({"tháng", "thang", "month"})
_MONTHS_OF_A_YEAR = 12


_BEGINNINGS = frozenset(
    [word.split()[0] for word in _BOUNDS]
    + [fold(word) for word in (*_PRICE_WORDS, *_EVERY, *NUMERALS, *_MONTHS, *_STARS)]
)
"""Words, without marks, that an amount may begin with; else it begins with a digit, or is a month as T12."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What a run of words bounds: tokens `first` up to but not including `last`.

    Prices are in đồng for one `unit` (None: for the unit of the offer); quantities in `unit`; months and stars are
    plain numbers; a period has no bounds, only `per`.
    """

    kind: AmountKind
    first: int
    last: int
    low: Decimal | None
    high: Decimal | None
    unit: Unit | None = None
    per: str | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class _Number:
    value: Decimal
    suffix: str
    last: int


def may_hold_amounts(text: str, tokens: Sequence[Token]) -> bool:
    """Whether reading amounts is worth while: there is a digit, a numeral or "mỗi"."""
    return any(c.isdecimal() for c in text) or any(token.text in _STARTS_AMOUNT for token in tokens)


class AmountReader:
    """Reads amounts from the words of one query."""

    def __init__(
        self, text: str, tokens: Sequence[Token], units: Mapping[str, Unit], *, is_counted: Callable[[int], bool]
    ) -> None:
        """For one query.

        Args:
            text: the clean text that the tokens were cut from.
            tokens: its words.
            units: by their names.
            is_counted: whether goods that are sold by the piece are named from a word on.
        """
        self.text = text
        self.tokens = tokens
        self.units = units
        self.is_counted = is_counted
        self.words = [token.text for token in tokens]

    def read_at(self, first: int) -> Amount | None:
        """The amount that begins at one word, bounding words included; None when there is none."""
        word = self.tokens[first]
        if not (
            word.folded in _BEGINNINGS or word.text[0].isdigit() or (word.text[0] == "t" and word.text[-1].isdigit())
        ):
            return None
        period = self._period(first)
        if period is not None:
            return period
        at, priced = first, False
        if self._word(at) in _PRICE_WORDS:
            at, priced = at + 1, True
        bound, at = self._bound_before(at)
        if at >= len(self.tokens):
            return None
        return self._months(first, at) or self._stars(first, at, bound) or self._range(first, at, bound, priced)

    def _period(self, first: int) -> Amount | None:
        """A period that stands away from its quantity: "rau muống 500 kg, giao mỗi ngày"."""
        if self._word(first) not in _EVERY:
            return None
        per = _PERIODS.get(self._word(first + 1))
        return Amount("period", first, first + 2, None, None, per=per) if per else None

    def _word(self, index: int) -> str:
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def _gap(self, index: int) -> str:
        """What stands between the word before `index` and the word at it."""
        if not 0 <= index <= len(self.tokens):
            return ""
        start = self.tokens[index - 1].end if index else 0
        end = self.tokens[index].start if index < len(self.tokens) else len(self.text)
        return self.text[start:end]

    def _is(self, index: int, length: int, word: str) -> bool:
        typed = " ".join([token.text for token in self.tokens[index : index + length]])
        return typed == word or (typed.isascii() and typed == fold(word))

    def _bound_before(self, at: int) -> tuple[Bound, int]:
        for length in (2, 1):
            key = " ".join([token.folded for token in self.tokens[at : at + length]])
            found = _BOUNDS.get(key)
            if found and self._is(at, length, found[0]):
                return found[1], at + length
        gap = self._gap(at)
        if ">" in gap or "≥" in gap:
            return "min", at
        if "<" in gap or "≤" in gap:
            return "max", at
        return ("about", at) if "~" in gap else ("exact", at)

    def _bound_after(self, at: int) -> tuple[Bound | None, int]:
        key = " ".join([token.folded for token in self.tokens[at : at + 2]])
        found = _AFTER.get(key)
        if found and self._is(at, 2, found[0]):
            return found[1], at + 2
        return ("min", at) if self._gap(at).startswith("+") else (None, at)

    def _number(self, at: int) -> _Number | None:
        word = self._word(at)
        match = _NUMBER.fullmatch(word)
        if match is None or fold(self._word(at + 1)) == _HUNDRED:
            return self._numeral(at, word)
        digits, suffix = match.groups()
        value = decimal_of(digits)
        last = at + 1
        if value is None:
            return None
        follower = self._word(last)
        if suffix in _MONEY and _MONEY[suffix] >= 10**6 and follower.isdecimal() and self._gap(last) == "":
            value += Decimal(follower) / 10 ** len(follower)
            last += 1
        elif not suffix and (follower in _MONEY or follower in _DONG or self._unit(follower)):
            suffix, last = follower, last + 1
            if self._word(last) in {"rưỡi", "ruoi"}:
                value, last = value + Decimal("0.5"), last + 1
            elif self._is_tenth(last, suffix):
                value, last = value + Decimal(self._word(last)) / 10, last + 1
        return _Number(value, suffix, last)

    def _is_tenth(self, at: int, suffix: str) -> bool:
        """Whether one digit after a large unit is its tenths (1 tấn 2, 2 triệu 5) and counts nothing that follows."""
        weight = self._weight(suffix)
        large = _MONEY.get(suffix, 0) >= 10**6 or (weight is not None and (weight.kg_factor or 0) >= 100)
        digit, after = self._word(at), self._word(at + 1)
        counts = self._unit(after) or after in _STARS or after in _MONEY or after in _MONTHS or after in _TO
        return large and digit.isdecimal() and len(digit) == 1 and self._gap(at) == " " and not counts

    def _numeral(self, at: int, word: str) -> _Number | None:
        compound = read_numeral(self.words, at)
        if compound is not None:
            value, last = compound
            follower = self._word(last)
            known = follower in _MONEY or follower in _DONG or self._weight(follower)
            return _Number(value, follower, last + 1) if known else None
        single = NUMERALS.get(word)
        unit = self._word(at + 1)
        if single is None or not (_MONEY.get(unit, 0) >= 10**6 or self._weight(unit)):
            return None
        return _Number(Decimal(single), unit, at + 2)

    def _unit(self, word: str) -> Unit | None:
        return self.units.get(word)

    def _weight(self, word: str) -> Unit | None:
        found = self.units.get(word)
        return found if found is not None and found.dimension == "mass" else None

    def _range(self, first: int, at: int, bound: Bound, priced: bool) -> Amount | None:
        low = self._number(at)
        if low is None or (first == at and self._word(at - 1) in _GRADED):
            return None
        high, last = self._upper_end(low.last)
        suffix = high.suffix if high else low.suffix
        if high and not low.suffix:
            low = _Number(low.value, suffix, low.last)
        if high is None:
            after, last = self._bound_after(low.last)
            bound = after or bound
        if high is not None:
            last = high.last
        unit = self._unit(suffix)
        if not (suffix or priced or high) and self._counts_pieces(low, bound):
            unit = next(known for known in self.units.values() if known.code == PIECE)
        if suffix in _MONEY or suffix in _DONG or (unit is None and not suffix):
            return self._price(first, last, bound, low, high, priced)
        if unit is None or self._is_package_size(first, bound, high, unit):
            return None
        return self._quantity(first, last, bound, low, high, unit)

    def _counts_pieces(self, number: _Number, bound: Bound) -> bool:
        """Whether a bare number counts the goods after it: 1000 trứng vịt. Below a bound it is rather a price."""
        counts = bound != "max" and number.value >= FEWEST_COUNTED and number.value == number.value.to_integral_value()
        return counts and self._gap(number.last) == " " and self.is_counted(number.last)

    def _upper_end(self, at: int) -> tuple[_Number | None, int]:
        gap = self._gap(at).strip()
        if self._word(at) in _TO:
            return self._number(at + 1), at
        if gap in {"-", "–", "—", "~", "->"}:
            return self._number(at), at
        return None, at

    def _price(
        self, first: int, last: int, bound: Bound, low: _Number, high: _Number | None, priced: bool
    ) -> Amount | None:
        factor = _MONEY.get(low.suffix, 1)
        prices = [low.value * factor] + ([high.value * _MONEY.get(high.suffix, 1)] if high else [])
        if not low.suffix:
            if priced and all(price < CHEAPEST_BARE_PRICE_VND for price in prices):
                prices = [price * 1000 for price in prices]
            elif any(price < CHEAPEST_BARE_PRICE_VND for price in prices) or not (priced or high or bound != "exact"):
                return None
        if self._word(last) in _DONG:
            last += 1
        unit, last = self._price_unit(last)
        if unit is not None and unit.kg_factor:
            prices, unit = [price / unit.kg_factor for price in prices], self.units["kg"]
        if any(price > LARGEST_PRICE_VND for price in prices):
            return None
        after, last = self._bound_after(last)
        low_price, high_price = _bounds(prices, after or ("max" if bound == "exact" else bound))
        return Amount("price", first, last, low_price, high_price, unit, bare=bound == "exact" and not high)

    def _price_unit(self, at: int) -> tuple[Unit | None, int]:
        if "/" in self._gap(at) or self._word(at) in _PER:
            unit_at = at + 1 if self._word(at) in _PER else at
            unit = self._unit(self._word(unit_at))
            if unit is not None:
                return unit, unit_at + 1
        return None, at

    def _is_package_size(self, first: int, bound: Bound, high: _Number | None, unit: Unit) -> bool:
        before = self._unit(self._word(first - 1))
        if self._word(first - 1) == CAN and unit.dimension == "mass":
            return False
        return before is not None and before.dimension == "package" and bound == "exact" and high is None

    def _quantity(
        self, first: int, last: int, bound: Bound, low: _Number, high: _Number | None, unit: Unit
    ) -> Amount | None:
        values = [low.value] + ([high.value] if high else [])
        low_unit = self._unit(low.suffix)
        if high and low_unit is not None and low_unit != unit and low_unit.kg_factor and unit.kg_factor:
            values = [low.value * low_unit.kg_factor / unit.kg_factor, high.value]
        kg = values[0] * unit.kg_factor if unit.kg_factor else None
        bare = bound == "exact" and not high
        if kg is not None and (kg > LARGEST_KG or (bare and kg < SMALLEST_WANTED_KG)):
            return None
        litres = values[0] * unit.litre_factor if unit.litre_factor else None
        if bare and litres is not None and litres < SMALLEST_WANTED_LITRES:
            return None
        per = None
        if "/" in self._gap(last) or self._word(last) in _PER:
            at = last + 1 if self._word(last) in _PER else last
            per = _PERIODS.get(self._word(at))
            last = at + 1 if per else last
        after, last = self._bound_after(last)
        low_value, high_value = _bounds(values, after or ("min" if bound == "exact" else bound))
        return Amount("quantity", first, last, low_value, high_value, unit, per, bare)

    def _stars(self, first: int, at: int, bound: Bound) -> Amount | None:
        number, star = self._word(at), self._word(at + 1)
        value = {"ba": "3", "bốn": "4", "bon": "4", "năm": "5", "nam": "5"}.get(number, number)
        last = at + 2
        if number[1:] in _STARS:
            value, last = number[0], at + 1
        elif self._gap(at + 1).strip().startswith(_STAR_SIGNS):
            last = at + 1
        elif self._gap(at + 1).strip() in {"-", "–"} and star in {"4", "5"} and self._word(at + 2) in _STARS:
            last = at + 3
        elif star not in _STARS:
            if number not in _STARS or star not in {"3", "4", "5"}:
                return None
            value = star
        if value not in {"1", "2", "3", "4", "5"}:
            return None
        after, last = self._bound_after(last)
        high = Decimal(value) if (after or bound) == "max" else None
        return Amount("stars", first, last, None if high else Decimal(value), high)

    def _month_after(self, at: int) -> tuple[str, int]:
        """The number after the word for month, and the place of its last word; tháng mười hai is the twelfth."""
        compound = read_numeral(self.words, at + 1)
        if compound is not None and compound[0] <= _MONTHS_OF_A_YEAR:
            return str(int(compound[0])), compound[1] - 1
        word = self._word(at + 1)
        named = NUMERALS.get(word) or {"tư": "4", "tu": "4"}.get(word)
        return (named, at + 1) if named and named.isdecimal() else (word, at + 1)

    def _months(self, first: int, at: int) -> Amount | None:
        word = self._word(at)
        start = at
        if word in _MONTHS:
            number, at = self._month_after(at)
        else:
            number = word[1:] if word[:1] == "t" else ""
        if not _is_month(number):
            return None
        last, end = at + 1, number
        gap, follower = self._gap(at + 1).strip(), self._word(at + 1)
        if gap in {"-", "–"} and _is_month(follower.removeprefix("t")):
            end, last = follower.removeprefix("t"), at + 2
        elif follower in _TO:
            at += 3 if self._word(at + 2) in _MONTHS else 2
            if _is_month(self._word(at).removeprefix("t")):
                end, last = self._word(at).removeprefix("t"), at + 1
        if self._gap(last).startswith("/") and re.fullmatch(r"20\d\d", self._word(last)):
            last += 1
        return Amount("months", min(first, start), last, Decimal(number), Decimal(end))


def _is_month(word: str) -> bool:
    return word.isdecimal() and len(word) <= 2 and 1 <= int(word) <= 12


def _bounds(values: list[Decimal], bound: Bound) -> tuple[Decimal | None, Decimal | None]:
    if len(values) == 2:
        return values[0], values[1]
    if bound == "about":
        return values[0] * (1 - ABOUT), values[0] * (1 + ABOUT)
    return (values[0], None) if bound == "min" else (None, values[0])
