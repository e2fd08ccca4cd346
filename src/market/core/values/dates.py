"""Days, months and years as people write them.

The rule. With the year last, the day stands before the month (5/12/2026 is 5 December), as everywhere in Viet Nam; with
the year first, the order is year, month, day. What only fits with the month first (12/13/2026), a month (12/2026) or a
year alone is never made a day in silence: it is refused, and the days it may mean are named.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from market.core.language import Message
from market.core.values.letters import plain_text, without_marks
from market.core.values.refusal import Unreadable, two_ways

Precision = Literal["day", "month", "year"]

NOT_A_DAY = Message(
    vi="Phải là một ngày, ví dụ 2026-12-05 hoặc 5/12/2026.",
    en="Must be a day, such as 2026-12-05 or 5/12/2026 (day, month, year).",
)
NO_SUCH_DAY = Message(vi="Không có ngày “{text}”.", en='There is no day "{text}".')
MONTH_FIRST = Message(
    vi="“{text}” ghi tháng trước ngày; ở đây ngày đứng trước, hãy ghi {day}.",
    en='"{text}" has the month first; here the day comes first, write {day}.',
)
ONLY_A_PERIOD = Message(
    vi="“{text}” là một tháng hoặc một năm, chưa phải một ngày; hãy ghi rõ ngày, từ {first} đến {last}.",
    en='"{text}" is a month or a year, not a day; write a day from {first} to {last}.',
)
YEAR_MISSING = Message(vi="“{text}” thiếu năm; hãy ghi đủ ngày/tháng/năm.", en='"{text}" lacks its year.')

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d\d)", re.ASCII)
_IN_WORDS = re.compile(r"(?:ngay )?(\d{1,2}) thang (\d{1,2})(?: nam |[/, -]+)(\d{4})", re.ASCII)
_MONTH = re.compile(r"(?:thang |thang|t)?(\d{1,2})\s*(?:[/.-]| nam )\s*(\d{4})", re.ASCII)
_MONTH_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})", re.ASCII)
_ONLY_MONTH = re.compile(r"(?:thang|t)\s*(?:1[0-2]|0?[1-9])", re.ASCII)
_YEAR = re.compile(r"(?:nam )?((?:19|20)\d\d)", re.ASCII)
_NO_YEAR = re.compile(r"(\d{1,2})\s*[/-]\s*(\d{1,2})", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_SERIALS = range(20_000, 80_000)
"""Serial numbers that spreadsheets of this market may mean as days: 1954 to 2119."""


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a month or a year, with the days it has."""

    first: date
    last: date
    precision: Precision


def day_of_serial(serial: float) -> date:
    """The day of a spreadsheet's serial number (45658 is 2025-01-01); the part behind the point is its time.

    Raises:
        Unreadable: no day that a spreadsheet of this market may mean.
    """
    if int(serial) not in EXCEL_SERIALS:
        raise Unreadable("date-type", NOT_A_DAY)
    return _EXCEL_EPOCH + timedelta(days=int(serial))


def read_day(text: str) -> date:
    """A day.

    Raises:
        Unreadable: it is none, only a month or a year, lacks its year, or can be read two ways.
    """
    period = read_period(text)
    if period.precision == "day":
        return period.first
    first, last = period.first.isoformat(), period.last.isoformat()
    raise Unreadable(
        "not-a-day", ONLY_A_PERIOD, suggestions=(first, last), text=plain_text(text), first=first, last=last
    )


def read_period(text: str) -> Period:
    """A day, a month ("12/2026", "tháng 12 năm 2026") or a year, as written.

    Raises:
        Unreadable: none of them, or it can be read two ways.
    """
    bare = plain_text(text)
    words = without_marks(bare)
    if found := _ISO.fullmatch(bare) or _YEAR_FIRST.fullmatch(bare):
        return _one_day(bare, int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.fullmatch(bare):
        return _year_last(bare, found[1], found[2], found[3])
    if found := _IN_WORDS.fullmatch(words):
        return _one_day(bare, int(found[3]), int(found[2]), int(found[1]))
    if found := _MONTH.fullmatch(words):
        return _month(bare, int(found[2]), int(found[1]))
    if found := _MONTH_YEAR_FIRST.fullmatch(bare):
        return _month(bare, int(found[1]), int(found[2]))
    if found := _YEAR.fullmatch(words):
        return Period(date(int(found[1]), 1, 1), date(int(found[1]), 12, 31), "year")
    if _NO_YEAR.fullmatch(bare) or _ONLY_MONTH.fullmatch(words):
        raise Unreadable("year-missing", YEAR_MISSING, text=bare)
    raise Unreadable("date-type", NOT_A_DAY)


def _year_last(text: str, day: str, month: str, year: str) -> Period:
    if len(year) == 2:
        return _short_year(text, int(day), int(month), int(year))
    if int(month) > 12 >= int(day) and (turned := _day_or_none(int(year), int(day), int(month))):
        written = turned.isoformat()
        raise Unreadable("month-first", MONTH_FIRST, suggestions=(written,), text=text, day=written)
    return _one_day(text, int(year), int(month), int(day))


def _short_year(text: str, first: int, second: int, third: int) -> Period:
    """Two digits for the year: 05/12/26 may be 2026-12-05 or, year first, 2005-12-26."""
    year_last, year_first = _day_or_none(2000 + third, second, first), _day_or_none(2000 + first, second, third)
    if year_last and year_first and year_last != year_first:
        raise two_ways(text, year_last.isoformat(), year_first.isoformat())
    return _one_day(text, 2000 + third, second, first)


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _one_day(text: str, year: int, month: int, day: int) -> Period:
    found = _day_or_none(year, month, day)
    if found is not None:
        return Period(found, found, "day")
    last = [date(year, month, monthrange(year, month)[1]).isoformat()] if year and 1 <= month <= 12 else []
    raise Unreadable("date-parsing", NO_SUCH_DAY, suggestions=last, text=text)


def _month(text: str, year: int, month: int) -> Period:
    if not (year and 1 <= month <= 12):
        raise Unreadable("date-parsing", NO_SUCH_DAY, text=text)
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")
