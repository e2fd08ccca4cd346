"""Numbers, and money in đồng, as people write them.

The rule. A dot or a comma before exactly three last digits (28.000; 1,500) may part thousands or begin decimals: such a
text is refused and both readings are named. It is plain when something decides it: another separator (1.000,5), several
groups (1.000.000), a leading zero (0.500), or a word for đồng (28.000 đ), because đồng have no decimals. Spaces and
apostrophes only ever part thousands. Money in text below 1,000 without a word for đồng may be thousands of them ("28"
is 28 đ or 28.000 đ), so it is refused with both. k, nghìn, tr, triệu and tỷ multiply; digits after
them are a part (1 triệu 2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from market.core.language import Message
from market.core.values.letters import plain_text, without_marks
from market.core.values.refusal import Unreadable, two_ways

Role = Literal["thousands", "decimals"]

NOT_A_NUMBER = Message(
    vi="Phải là một số, ví dụ 28000 hoặc 1,5.",
    en="Must be a number, such as 28000 or 1.5.",
)
NOT_MONEY = Message(
    vi="Phải là số tiền nguyên đồng, ví dụ 28000, 28.000 đ hoặc 28k.",
    en="Must be whole đồng, such as 28000, 28.000 đ or 28k.",
)
MAY_BE_THOUSANDS = Message(
    vi="Đồng không có số lẻ: nếu “{text}” là nghìn đồng, hãy ghi {thousands}.",
    en='There is no fraction of a đồng: if "{text}" is in thousands, write {thousands}.',
)
FRACTION_OF_DONG = Message(
    vi="Đồng không có số lẻ: “{text}” không phải số nguyên đồng.",
    en='Đồng have no fractions: "{text}" is not a whole number of them.',
)
PRICE_RANGE = Message(
    vi="“{text}” là một khoảng giá; hãy ghi một giá.", en='"{text}" is a range of prices; write one price.'
)
OPEN_PRICE = Message(
    vi="“{text}” không phải giá; hãy để trống (hoặc ghi 0) để người mua hỏi giá.",
    en='"{text}" is no price; leave it empty (or write 0), so that buyers ask for it.',
)
ROUGH_PRICE = Message(
    vi="“{text}” chỉ là giá ước chừng; hãy ghi một giá.", en='"{text}" is only about a price; write one price.'
)
OPEN_PRICES = (
    "lien he", "thoa thuan", "theo thi truong", "het hang", "chua co", "bao sau", "theo thoi gia", "thi truong",
    "inbox", "thuong luong", "contact", "negotiable",
)  # fmt: skip
"""Words, without marks, that stand where a price is open."""
_RANGE = re.compile(r"(?P<low>\d[\d.,]*\s*[^\W\d]{0,6}?)\s*(?:-|–|—|đến|den|tới)\s*(?P<high>\d.*)", re.IGNORECASE)
_ROUGHLY = re.compile(
    r"(?:~|≈|>=?|khoảng|khoang|gần|tầm|tam|chừng|ước|trên|từ|tu|ít nhất|tối thiểu|from|about)\s*(?=\d)", re.IGNORECASE
)
PRICE_OF_A_UNIT = Message(
    vi="Giá này tính theo “{unit}”; ở đây chỉ ghi số tiền cho một đơn vị tính của mục.",
    en='This price is for "{unit}"; only the amount for one unit of the item stands here.',
)

_DONG = r"(?:đồng|dong|vnđ|vnd|đ|₫|d)"
_DONG_AFTER = re.compile(rf"(?P<amount>.*?[\w)])\s*{_DONG}\.?(?:\s*/\s*(?P<unit>.+))?", re.IGNORECASE)
_DONG_BEFORE = re.compile(rf"{_DONG}\.?\s*(?P<amount>\d.*)", re.IGNORECASE)
_PER = re.compile(r"(?P<amount>[^/]*\d[^/]*?)\s*/\s*(?P<unit>[^\W\d].*)")
_MAGNITUDES = {
    "k": 10**3, "ng": 10**3, "nghìn": 10**3, "nghin": 10**3, "ngàn": 10**3, "ngan": 10**3,
    "tr": 10**6, "triệu": 10**6, "trieu": 10**6, "củ": 10**6,
    "tỷ": 10**9, "tỉ": 10**9, "ty": 10**9, "ti": 10**9,
}  # fmt: skip
_GROUPED = re.compile(r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?", re.ASCII)
_SIMPLE = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)
_PROGRAM = re.compile(r"\d+(?:\.\d+)?[eE][+-]?\d{1,2}", re.ASCII)
_MULTIPLIED = re.compile(
    rf"(?P<first>\d[\d.,]*)\s*(?P<by>{'|'.join(sorted(_MAGNITUDES, key=len, reverse=True))})\.?"
    r"(?:\s*(?P<rest>\d[\d.,]*(?:\s*[^\W\d]+)?)|\s+(?P<half>rưỡi|ruoi))?",
    re.IGNORECASE,
)
_LONGEST = 40
CERTAIN_DONG = 1000
"""Fewer, as text without a word for đồng, may be counted in thousands."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number as written: one value, or two where its only separator may part thousands or begin decimals."""

    values: tuple[Decimal, ...]
    """With two, the larger (thousands) stands first."""
    roles: tuple[tuple[str, Role], ...] = ()
    """What its separators certainly do, as far as the text alone decides it."""
    separator: str = ""
    """The one that is in doubt."""

    @property
    def is_certain(self) -> bool:
        return len(self.values) == 1


@dataclass(frozen=True, slots=True)
class Price:
    """Money as written, with the unit it is for where the text names one ("28.000 đ/kg")."""

    written: Written
    unit: str | None
    in_dong: bool
    """Whether a word for đồng stands beside it."""
    multiplied: bool
    """Whether a word such as k or triệu stands beside it."""


def written_number(text: str) -> Written | None:
    """What digits and separators may mean; None when they are no number. Signs and words are not expected here."""
    if len(text) > _LONGEST:
        return None
    if text.isascii() and text.isdigit():
        return Written((Decimal(text),))
    if _GROUPED.fullmatch(text):
        joined = re.sub(r"[ ']", "", text)
        mark = next((c for c in joined if c in ".,"), "")
        return Written((Decimal(joined.replace(",", ".")),), ((mark, "decimals"),) if mark else ())
    if _PROGRAM.fullmatch(text):
        return Written((Decimal(text),))
    return _separated(text) if _SIMPLE.fullmatch(text) else None


def _separated(text: str) -> Written | None:
    marks = [letter for letter in text if letter in ".,"]
    last = marks[-1]
    groups = re.split(r"[.,]", text)
    if len(set(marks)) == 2:
        # Two kinds: the last one, once, begins the decimals, the other parts thousands before it.
        if marks.count(last) > 1 or not _are_groups(groups[:-1]):
            return None
        value = Decimal(f"{''.join(groups[:-1])}.{groups[-1]}")
        return Written((value,), ((marks[0], "thousands"), (last, "decimals")))
    if len(marks) > 1:
        if not _are_groups(groups):
            return None
        return Written((Decimal("".join(groups)),), ((last, "thousands"),))
    as_decimals = Decimal(f"{groups[0]}.{groups[1]}")
    if not _are_groups(groups):
        return Written((as_decimals,), ((last, "decimals"),))
    return Written((Decimal("".join(groups)), as_decimals), separator=last)


def _are_groups(groups: list[str]) -> bool:
    """Whether digits stand as thousands do: one to three without a leading zero, then threes."""
    first = groups[0]
    return 1 <= len(first) <= 3 and not first.startswith("0") and all(len(group) == 3 for group in groups[1:])


def spelled(value: Decimal) -> str:
    """A number as text that only reads one way."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    whole, _, decimals = text.partition(".")
    return text + "0" if len(decimals) == 3 and len(whole.lstrip("-")) <= 3 and not whole.startswith("0") else text


def multiplied_number(text: str) -> Written | None:
    """A number with a word that multiplies it: 25k, 1,2 tỷ, 1 triệu 2, 1tr250, 2 triệu rưỡi, 1 tỷ 200 triệu."""
    found = _MULTIPLIED.fullmatch(text)
    if found is None:
        return None
    first, by = written_number(found["first"]), Decimal(_MAGNITUDES[found["by"].casefold()])
    if first is None:
        return None
    added = by / 2 if found["half"] else Decimal(0)
    if found["rest"]:
        more = _part(found["rest"], by)
        if more is None:
            return None
        added = more
    return Written(tuple(value * by + added for value in first.values), separator=first.separator)


def _part(rest: str, by: Decimal) -> Decimal | None:
    """What follows a word that multiplies: digits of its own (1 triệu 2), or a smaller amount (1 tỷ 200 triệu)."""
    if rest.isascii() and rest.isdigit():
        return Decimal(rest) * by / 10 ** len(rest) if len(rest) <= 3 else None
    smaller = multiplied_number(rest)
    return smaller.values[0] if smaller and smaller.is_certain and smaller.values[0] < by else None


def written_price(text: str) -> Price | None:
    """Money as it is written, words for đồng and thousands included; None when it is none."""
    bare = plain_text(text)
    unit, in_dong = None, False
    if found := _DONG_AFTER.fullmatch(bare) or _DONG_BEFORE.fullmatch(bare):
        in_dong, bare, unit = True, found["amount"].strip(), found.groupdict().get("unit")
    elif found := _PER.fullmatch(bare):
        bare, unit = found["amount"].strip(), found["unit"]
    multiplied = multiplied_number(bare)
    written = multiplied or written_number(bare)
    if written is None:
        return None
    if in_dong and not multiplied and not written.is_certain:
        written = Written(written.values[:1], ((written.separator, "thousands"),))
    return Price(written, unit, in_dong=in_dong, multiplied=multiplied is not None)


def read_money(text: str) -> int:
    """Whole đồng.

    Raises:
        Unreadable: no amount, one that can be read two ways, a fraction of a đồng, or a price for a unit it names.
    """
    bare = text.strip()
    if bare.isascii() and bare.isdigit() and len(bare) <= _LONGEST:
        return _bare_money(int(bare), bare)
    if bare.startswith("-"):
        return -(int(bare[1:]) if bare[1:].isascii() and bare[1:].isdigit() else read_money(bare[1:]))
    price = written_price(bare)
    if price is None:
        raise no_money(bare)
    if price.unit:
        raise Unreadable("unit-not-here", PRICE_OF_A_UNIT, unit=price.unit)
    if not price.written.is_certain:
        raise two_ways(bare, *(said_money(value) for value in price.written.values))
    amount = certain_money(price.written, text=bare)
    return amount if price.in_dong or price.multiplied else _bare_money(amount, bare)


def no_money(text: str) -> Unreadable:
    """Why a text is no amount of money: a range, a price that is open or rough, or none at all."""
    bare = plain_text(text)
    if found := _RANGE.fullmatch(bare):
        return Unreadable("range", PRICE_RANGE, suggestions=_ends_of(found["low"], found["high"]), text=text)
    if rough := _ROUGHLY.match(bare):
        return Unreadable("approximate", ROUGH_PRICE, suggestions=_amounts_of(bare[rough.end() :]), text=text)
    words = without_marks(bare)
    if any(word in words for word in OPEN_PRICES):
        return Unreadable("no-price", OPEN_PRICE, suggestions=("0",), text=text)
    return Unreadable("int-parsing", NOT_MONEY)


def _ends_of(low: str, high: str) -> tuple[str, ...]:
    """Both ends of a range; a word behind the second ("25-30k") counts for the first, too."""
    behind = re.sub(r"^[\d.,\s]+", "", high)
    first = low if re.search(r"[^\W\d]", low) else f"{low}{behind}"
    return (*_amounts_of(first), *_amounts_of(high))


def _amounts_of(text: str) -> tuple[str, ...]:
    price = written_price(text)
    if price is None or not price.written.is_certain:
        return ()
    value = price.written.values[0]
    return (said_money(value),) if value == value.to_integral_value() else ()


def said_money(value: Decimal) -> str:
    """Whole đồng as text that only reads one way: 28000, "28 đ"."""
    return f"{spelled(value)} đ" if value < CERTAIN_DONG else spelled(value)


def _bare_money(amount: int, text: str) -> int:
    if 0 < amount < CERTAIN_DONG:
        raise two_ways(text, str(amount * 1000), f"{amount} đ")
    return amount


def certain_money(written: Written, *, text: str) -> int:
    """The one amount of đồng that was written.

    Raises:
        Unreadable: there are two, or it is not whole.
    """
    value = certain(written, text=text)
    if value != value.to_integral_value():
        nearest = str(int(value.to_integral_value()))
        if value < CERTAIN_DONG and (thousands := value * 1000) == thousands.to_integral_value():
            told = str(int(thousands))
            raise Unreadable(
                "fraction-of-dong", MAY_BE_THOUSANDS, suggestions=(told, nearest), text=text, thousands=told
            )
        raise Unreadable("fraction-of-dong", FRACTION_OF_DONG, suggestions=(nearest,), text=text)
    return int(value)


def certain(written: Written, *, text: str) -> Decimal:
    """The one value that was written.

    Raises:
        Unreadable: there are two.
    """
    if not written.is_certain:
        raise two_ways(text, *(spelled(value) for value in written.values))
    return written.values[0]


def read_number(text: str) -> Decimal:
    """A number, exactly.

    Raises:
        Unreadable: it is none, or can be read two ways.
    """
    bare = plain_text(text)
    if bare[:1] in ("-", "+"):
        return read_number(bare[1:]) * (-1 if bare[0] == "-" else 1)
    written = written_number(bare) or multiplied_number(bare)
    if written is None:
        raise Unreadable("decimal-parsing", NOT_A_NUMBER)
    return certain(written, text=bare)
