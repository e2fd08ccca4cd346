"""Cells to values, by the readers that every door uses (`core/values`, `reading`); here is only what a table adds to
them: typed cells, what the other cells of a column say, words that stand for a value that is open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, get_args

from market.core.errors import FieldError
from market.core.language import Message
from market.core.values.numbers import (
    NOT_A_NUMBER,
    NOT_MONEY,
    Price,
    Written,
    certain,
    certain_money,
    multiplied_number,
    spelled,
    written_number,
    written_price,
)
from market.core.values.often import split_often
from market.core.values.refusal import Unreadable, two_ways
from market.imports.measured import LEAST_PRICE, Beside, Measured, read_beside
from market.imports.sheets.grids import Value
from market.reference.catalogue import Catalogue
from market.vietnamese.spelling import folded

Style = Literal["1.000,5", "1,000.5"]
STYLES: tuple[Style, ...] = get_args(Style)
"""Which sign parts thousands and which decimals."""

NOT_DONG = Message(vi="“{text}”: chỉ nhận giá bằng đồng.", en='"{text}": only prices in đồng are taken.')
RANGE = Message(vi="“{text}” là một khoảng; hãy ghi một số.", en='"{text}" is a range; write one number.')
NO_PRICE_HERE = Message(vi="“{text}” không phải giá: để trống.", en='"{text}" is no price: left open.')
APPROXIMATE = Message(vi="“{text}” là con số ước chừng.", en='"{text}" is approximate.')
NO_AMOUNT_HERE = Message(vi="“{text}” chưa phải số lượng: để trống.", en='"{text}" is no amount: left open.')
ASIDE = Message(vi="“{text}”: lời ghi thêm “{words}” không được giữ.", en='"{text}": the words "{words}" are not kept.')
_FOREIGN = re.compile(r"[$€¥]|\busd\b|\beur\b", re.IGNORECASE)
_RANGE = re.compile(r"^[\d.,]+\s*\w{0,5}\s*(?:-|–|—|den)\s*[\d.,]+")
_ABOUT = re.compile(r"^(?:~|≈|>=?|khoảng|gần|tầm|chừng|ước|trên|từ|ít nhất|tối thiểu)\s*", re.IGNORECASE)
_AMOUNT_OF = re.compile(r"^(-?[\d.,\s']*\d)\s*([^\W\d][^\d]*)$")
_ASIDE = re.compile(r"\s*\(([^()\d/]+)\)\s*$")
LARGE = 1000
"""A number that may be đồng in a column whose small ones are thousands."""
NO_PRICE = ("lien he", "thoa thuan", "theo thi truong", "het hang", "chua co", "bao sau", "theo thoi gia", "thi truong")
UNDECIDED = ("chua xac dinh", "theo mua vu", "theo thoa thuan", "theo nhu cau", "chua ro", "khong xac dinh", "theo don")
NOTHING_LEFT = frozenset({"het", "het hang", "tam het", "tam het hang", "da het", "khong con", "chua co hang"})
HOW_MUCH_IS_OPEN = frozenset(
    {"con", "con hang", "con nhieu", "nhieu", "co san", "san hang", "hang san", "luon co", "du hang", "con it", "it",
     "chua co", "lien he", "khong gioi han", "khong han che"}
)  # fmt: skip
"""What people write into a column of amounts that says of no amount."""
ABOVE = frozenset({"nt", "n/t", "-nt-", "như trên", "nhu tren", '"', "''", "”", "〃", "- nt -", "//"})
"""What means: as in the row above."""
_SCALES = (
    (re.compile(r"\b(?:nghin|ngan|1[. ]?000)\s*(?:dong|vnd|d)\b|\b1000d\b"), 1000),
    (re.compile(r"\b(?:trieu|tr)[. ]*(?:dong|vnd|d)\b"), 10**6),
    (re.compile(r"\bty\s*(?:dong|vnd|d)\b"), 10**9),
)


@dataclass(slots=True)
class Reading:
    """What a reader knows of where its cell stands, and where it says what people should know."""

    catalogue: Catalogue
    style: Style | None = None
    """That of the numbers of the column, as its cells say."""
    remarks: list[FieldError] = field(default_factory=list)
    pointer: str = ""
    scale: int = 1
    """What numbers of the column are counted in, as its heading says: 1000 for "nghìn đồng"."""
    beside: Beside | None = None
    """The unit that the heading names for the numbers of the column."""
    scale_answered: bool = False
    """Whether a person said what the numbers of the column are counted in, who was asked about the small ones."""
    month_first: bool = False
    """Whether a cell of the column certainly has the month before the day."""
    year: int | None = None
    """That of days which name none, as a title says."""

    def say(self, code: str, message: Message, **parameters: object) -> None:
        """Something that is no error."""
        self.remarks.append(FieldError(self.pointer, code, message, parameters))


def told_scale(heading: str) -> int:
    """What money in a column is counted in: 1 for đồng, 1000 for "Giá (nghìn đồng)", a million for "triệu đồng"."""
    words = folded(heading)
    return next((times for pattern, times in _SCALES if pattern.search(words)), 1)


def plain(value: Value) -> str:
    """A cell as a person would type it."""
    match value:
        case str():
            return " ".join(value.split())
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return format(Decimal(repr(round(value, 9))).normalize(), "f")
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
    return f"{value.seconds // 3600:02}:{value.seconds % 3600 // 60:02}"


def told_style(values: Iterable[Value]) -> Style | None:
    """How the numbers of a column are written, by those that read one way only; None when none says, or they differ."""
    votes: Counter[Style] = Counter()
    for value in values:
        number = re.search(r"\d[\d.,]*\d", value) if isinstance(value, str) else None
        written = written_number(number[0]) if number else None
        for sign, role in written.roles if written else ():
            votes["1.000,5" if (sign == ".") == (role == "thousands") else "1,000.5"] += 1
    return next(iter(votes)) if len(votes) == 1 else None


def number(text: str, reading: Reading) -> Decimal:
    """A number as people write it.

    Raises:
        Unreadable: it is none, or can be read in two ways.
    """
    bare = text.strip()
    written = written_number(bare.lstrip("-"))
    if written is None:
        raise Unreadable("decimal-parsing", NOT_A_NUMBER)
    if not written.is_certain and reading.style is not None:
        thousands = (written.separator == ".") == (reading.style == "1.000,5")
        written = Written(written.values[:1] if thousands else written.values[1:])
    value = certain(written, text=bare)
    return -value if bare.startswith("-") else value


def quantity(value: Value, reading: Reading) -> Any:
    """An amount; `Measured` where a unit is typed behind it or over its column.

    Raises:
        Unreadable: it is none, a range, of no known unit, or can be read in two ways.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _beside(spelled(Decimal(plain(value))), plain(value), reading.beside)
    text = plain(value)
    words = folded(text).strip(" .!")
    if words in NOTHING_LEFT:
        return "0"
    if words in HOW_MUCH_IS_OPEN or any(word in words for word in UNDECIDED):
        reading.say("no-amount", NO_AMOUNT_HERE, text=text)
        return None
    if about := _ABOUT.match(text):
        reading.say("approximate", APPROXIMATE, text=text)
        text = text[about.end() :]
    bare, often = split_often(text)
    if _RANGE.match(folded(bare)):
        raise Unreadable("range", RANGE, text=text)
    over = reading.beside if often is None else replace(reading.beside or Beside(None), per=often)
    found = _AMOUNT_OF.match(bare)
    if found is None:
        return _beside(spelled(number(bare, reading)), text, over)
    try:
        beside = read_beside(found[2], reading.catalogue)
    except Unreadable:
        if (written := multiplied_number(bare)) is None:
            raise
        return _beside(spelled(certain(written, text=text)), text, over)
    return _beside(spelled(number(found[1], reading)), text, replace(beside, per=over.per if over else None))


def _beside(value: str, text: str, beside: Beside | None, *, price: bool = False) -> str | Measured:
    if beside is None or (beside.unit is None and (price or beside.per is None)):
        return value
    count, per = (beside.count, None) if price else (None, beside.per)
    return Measured(value, beside.unit, text, count, per, beside.holds)


def money(value: Value, reading: Reading) -> Any:
    """Whole đồng as text; `Measured` where the cell or its column says for which unit; None where words stand for a
    price that is open.

    In a column of prices a sign before three digits parts thousands: nothing costs 14 đồng.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        whole = _dong(Written((Decimal(plain(value)) * reading.scale,)), plain(value))
        _refuse_odd(whole, plain(value), reading)
        return _beside(whole, plain(value), reading.beside, price=True)
    text = plain(value)
    words = folded(text)
    if any(word in words for word in (*NO_PRICE, *UNDECIDED)):
        reading.say("no-price", NO_PRICE_HERE, text=text)
        return None
    if _FOREIGN.search(text):
        raise Unreadable("foreign-money", NOT_DONG, text=text)
    if about := _ABOUT.match(text):
        reading.say("approximate", APPROXIMATE, text=text)
        text = text[about.end() :]
    if _RANGE.match(folded(text)):
        raise Unreadable("range", RANGE, text=text)
    if (aside := _ASIDE.search(text)) and written_price(text) is None:
        reading.say("words-left-out", ASIDE, text=text, words=aside[1])
        text = text[: aside.start()]
    price = written_price(text)
    if price is None:
        raise Unreadable("int-parsing", NOT_MONEY)
    beside = read_beside(price.unit, reading.catalogue) if price.unit else reading.beside
    return _beside(_amount(price, text, reading), text, beside, price=True)


def _amount(price: Price, text: str, reading: Reading) -> str:
    if price.multiplied or price.in_dong:
        doubtful = price.written.values[1:] if price.multiplied else price.written.values[:1]
        return _dong(price.written if price.written.is_certain else Written(doubtful), text)
    if reading.scale == 1:
        whole = _dong(Written(price.written.values[:1]), text)
    else:
        bare = re.split(r"\s*/", text)[0]
        whole = _dong(Written((number(bare, reading) * reading.scale,)), text)
    _refuse_odd(whole, text, reading)
    return whole


def _refuse_odd(whole: str, text: str, reading: Reading) -> None:
    """A price that nothing has, or one that is no small number in a column whose small numbers are thousands.

    Raises:
        Unreadable: it may be counted in thousands, or in đồng.
    """
    amount = int(whole)
    if not reading.scale_answered:
        if reading.scale == 1 and 0 < amount < LEAST_PRICE:
            raise two_ways(text, str(amount * 1000), str(amount))
    elif reading.scale > 1 and amount >= LARGE * reading.scale:
        raise two_ways(text, whole, str(amount // reading.scale))


def _dong(written: Written, text: str) -> str:
    return str(certain_money(written, text=text))


def text(value: Value, _reading: Reading) -> Any:
    """The text as it is; a number as a person would type it."""
    return value.strip() if isinstance(value, str) else plain(value)


def line(value: Value, reading: Reading) -> Any:
    """As `text`, on one line."""
    return " ".join(str(text(value, reading)).split())
