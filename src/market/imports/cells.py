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
from market.core.values.dates import EXCEL_SERIALS, Period, day_of_serial, read_period
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
from market.core.values.times import NOT_A_TIME, read_time
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
PARTIAL_DATE = Message(
    vi="“{text}” chỉ có tháng hoặc năm, không đặt thành ngày.", en='"{text}" is a month or a year, no day.'
)
END_OF_PERIOD = Message(
    vi="“{text}” chỉ có tháng hoặc năm: tính là ngày {day}.", en='"{text}" is a month or a year: taken as {day}.'
)
_FOREIGN = re.compile(r"[$€¥]|\busd\b|\beur\b", re.IGNORECASE)
_RANGE = re.compile(r"^[\d.,]+\s*\w{0,5}\s*(?:-|–|—|den)\s*[\d.,]+")
_ABOUT = re.compile(r"^(?:~|≈|>=?|khoảng|gần|tầm|chừng|ước|trên|từ|ít nhất|tối thiểu)\s*", re.IGNORECASE)
_AMOUNT_OF = re.compile(r"^(-?[\d.,\s']*\d)\s*([^\W\d][^\d]*)$")
LARGE = 1000
"""A number that may be đồng in a column whose small ones are thousands."""
_SHORT_DAY = re.compile(r"\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*\d{2,4}", re.ASCII)
NO_PRICE = ("lien he", "thoa thuan", "theo thi truong", "het hang", "chua co", "bao sau", "theo thoi gia", "thi truong")
UNDECIDED = ("chua xac dinh", "theo mua vu", "theo thoa thuan", "theo nhu cau", "chua ro", "khong xac dinh", "theo don")
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
    return Measured(value, beside.unit, text, beside.count if price else None, None if price else beside.per)


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


@dataclass(frozen=True, slots=True)
class Partial:
    """A date of which only the month, or only the year, is known."""

    text: str
    """2023-12 or 2023."""


def day(value: Value, _reading: Reading) -> date | Partial:
    """A day; a month or a year stays one. With two digits the year stands last, as everywhere in tables.

    Raises:
        Unreadable: it is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = re.sub(r"(?<=\d)[ T]\d\d?:\d\d(?::\d\d)?$", "", plain(value))
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in EXCEL_SERIALS:
        return day_of_serial(float(text))
    try:
        return _known(read_period(text))
    except Unreadable as unreadable:
        if unreadable.code == "ambiguous" and re.search(r"\D\d\d$", text):
            return date.fromisoformat(unreadable.suggestions[0])
        raise


def _known(period: Period) -> date | Partial:
    if period.precision == "day":
        return period.first
    return Partial(period.first.isoformat()[: 7 if period.precision == "month" else 4])


def whole_day(value: Value, reading: Reading) -> Any:
    """A day as ISO text; None, said, where only a month or year is known.

    Raises:
        Unreadable: it is none, or the months of the column may stand first.
    """
    found = _sure_day(value, reading)
    if isinstance(found, Partial):
        reading.say("partial-date", PARTIAL_DATE, text=plain(value))
        return None
    return found.isoformat()


def first_day(value: Value, reading: Reading) -> Any:
    """A day as ISO text; of a month or year, said, its first.

    Raises:
        Unreadable: it is none, or the months of the column may stand first.
    """
    return _end_of(value, reading, last=False)


def last_day(value: Value, reading: Reading) -> Any:
    """A day as ISO text; of a month or year, said, its last.

    Raises:
        Unreadable: it is none, or the months of the column may stand first.
    """
    return _end_of(value, reading, last=True)


def _end_of(value: Value, reading: Reading, *, last: bool) -> str:
    found = _sure_day(value, reading)
    if not isinstance(found, Partial):
        return found.isoformat()
    period = read_period(found.text)
    ending = (period.last if last else period.first).isoformat()
    reading.say("end-of-period", END_OF_PERIOD, text=plain(value), day=ending)
    return ending


def _sure_day(value: Value, reading: Reading) -> date | Partial:
    found = day(value, reading)
    if isinstance(value, str) and isinstance(found, date) and reading.month_first and _may_turn(value, found):
        turned = date(found.year, found.day, found.month)
        raise two_ways(plain(value), found.isoformat(), turned.isoformat())
    return found


def _may_turn(text: str, day: date) -> bool:
    return bool(_SHORT_DAY.match(text)) and day.day <= 12 and day.day != day.month


def has_month_first(values: Iterable[Value]) -> bool:
    """Whether one of these cells only reads as a day with the month first: 12/13/2026."""
    dates = (_SHORT_DAY.match(value) for value in values if isinstance(value, str))
    return any(int(found[2]) > 12 >= int(found[1]) for found in dates if found)


def any_day(value: Value, reading: Reading) -> Any:
    """A day, month or year as ISO text."""
    found = day(value, reading)
    return found.text if isinstance(found, Partial) else found.isoformat()


def clock_time(value: Value, _reading: Reading) -> Any:
    """A time of day, HH:MM.

    Raises:
        Unreadable: it is none.
    """
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, float) and 0 <= value < 1:
        minutes = round(value * 1440)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    text = re.sub(r"^(?:trước|lúc|truoc|luc)\s+", "", plain(value), flags=re.IGNORECASE)
    if re.fullmatch(r"\d:\d\d", text):
        text = f"0{text}"
    if not text:
        raise Unreadable("time-type", NOT_A_TIME)
    return read_time(text).strftime("%H:%M")


def text(value: Value, _reading: Reading) -> Any:
    """The text as it is; a number as a person would type it."""
    return value.strip() if isinstance(value, str) else plain(value)


def line(value: Value, reading: Reading) -> Any:
    """As `text`, on one line."""
    return " ".join(str(text(value, reading)).split())
