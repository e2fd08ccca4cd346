"""Cells to days and times: a month or a year stays one, and months that may stand first put a column in doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from market.core.language import Message
from market.core.values.dates import EXCEL_SERIALS, Period, day_of_serial, read_period
from market.core.values.refusal import Unreadable, two_ways
from market.core.values.times import NOT_A_TIME, read_time
from market.imports.cells import Reading, plain
from market.imports.sheets.grids import Value

PARTIAL_DATE = Message(
    vi="“{text}” chỉ có tháng hoặc năm, không đặt thành ngày.", en='"{text}" is a month or a year, no day.'
)
END_OF_PERIOD = Message(
    vi="“{text}” chỉ có tháng hoặc năm: tính là ngày {day}.", en='"{text}" is a month or a year: taken as {day}.'
)
LASTS = Message(
    vi="“{text}” là thời gian, không phải ngày: để trống.", en='"{text}" is how long, not a day: left open.'
)


_WEEKDAY_BEFORE = re.compile(
    r"^(?:thứ\s*(?:[2-7]|hai|ba|tư|năm|sáu|bảy)|t[2-7]|cn|chủ nhật)[\s,:;(-]+(?=\d)", re.IGNORECASE
)
_SHORT_DAY = re.compile(r"\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*\d{2,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Partial:
    """A date of which only the month, or only the year, is known."""

    text: str
    """2023-12 or 2023."""


def day(value: Value, reading: Reading) -> date | Partial:
    """A day; a month or a year stays one. With two digits the year stands last, as everywhere in tables.

    Raises:
        Unreadable: it is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = re.sub(r"(?<=\d)[ T]\d\d?:\d\d(?::\d\d)?$", "", plain(value))
    text = _WEEKDAY_BEFORE.sub("", text)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in EXCEL_SERIALS:
        return day_of_serial(float(text))
    try:
        return _known(read_period(text))
    except Unreadable as unreadable:
        if unreadable.code == "ambiguous" and re.search(r"\D\d\d$", text):
            return date.fromisoformat(unreadable.suggestions[0])
        if unreadable.code == "year-missing" and reading.year is not None and text[:1].isdigit():
            return _known(read_period(f"{text.rstrip('/')}/{reading.year}"))
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
