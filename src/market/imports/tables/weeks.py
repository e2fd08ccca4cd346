"""Columns that are weeks, months or days: "T1 (4-10/1)", "Tuần 2: 11/1 - 17/1", "Tháng 3/2027", a date."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from market.core.values.refusal import Unreadable
from market.core.values.weekdays import read_weekdays
from market.vietnamese.spelling import folded

_SEP = r"\s*(?:-|–|—|->|den|to|~)\s*"
_SHORT_SPAN = re.compile(rf"\b(\d{{1,2}}){_SEP}(\d{{1,2}})[/.](\d{{1,2}})(?:[/.](\d{{4}}|\d{{2}}))?\b")
_LONG_SPAN = re.compile(
    rf"\b(\d{{1,2}})[/.](\d{{1,2}})(?:[/.](\d{{4}}|\d{{2}}))?{_SEP}(\d{{1,2}})[/.](\d{{1,2}})(?:[/.](\d{{4}}|\d{{2}}))?\b"
)
_MONTH = re.compile(r"^(?:thang|t|month)\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}))?$")
_DAY = re.compile(r"^(?:ngay\s*)?(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?$")
_ISO_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_WHOLE_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](20\d\d)(?!\d)")
_ENDS_SPAN = re.compile(r"\d\s*(?:-|–|—|->|đến|tới)\s*(?:ngày\s*)?$", re.IGNORECASE)
"""What stands before the last day of several: "07/12 - 12/12/2026" is no one day."""
_WEEKDAY = re.compile(r"^(?:(?:t|thu)\s*[2-7]|thu (?:hai|ba|tu|nam|sau|bay)|cn|chu nhat)$")
_WEEK_OF_YEAR = re.compile(r"^(?:tuan|w|week|wk)\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}))?$")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days that a column stands for."""

    first: date
    last: date

    @property
    def field(self) -> str:
        """As the field of a column: `period:2027-01-04/2027-01-10`."""
        return f"period:{self.first.isoformat()}/{self.last.isoformat()}"


def period_from(field: str) -> Period | None:
    """The period that `Period.field` named; None for another field."""
    if not field.startswith("period:"):
        return None
    try:
        first, last = (date.fromisoformat(day) for day in field.removeprefix("period:").split("/"))
    except ValueError:
        return None
    return Period(first, last) if first <= last else None


def told_year(titles: Iterable[str]) -> int | None:
    """The one year that the titles name; None when they name none or several."""
    years = {int(found) for title in titles for found in _YEAR.findall(title)}
    return years.pop() if len(years) == 1 else None


def told_day(titles: Iterable[str]) -> date | None:
    """The one day that the titles name; None when they name none or several."""
    days: set[date] = set()
    written = ((title, match) for title in titles for match in _WHOLE_DAY.finditer(title))
    for found in (match for title, match in written if not _ENDS_SPAN.search(title[: match.start()])):
        try:
            days.add(date(int(found[3]), int(found[2]), int(found[1])))
        except ValueError:
            continue
    return days.pop() if len(days) == 1 else None


def period_of(heading: str, *, year: int | None) -> Period | None:
    """The days that a heading names.

    Args:
        year: that of days which name none; None leaves them unread.
    """
    text = folded(heading)
    try:
        return _span(text, year) or _month(text, year) or _day(text, year) or _week(text, year)
    except ValueError:
        return None


def _full(year: str | None, otherwise: int | None) -> int | None:
    if year is None:
        return otherwise
    return int(year) + (2000 if len(year) == 2 else 0)


def _span(text: str, year: int | None) -> Period | None:
    if found := _LONG_SPAN.search(text):
        last_year = _full(found[6], year)
        if last_year is None:
            return None
        last = date(last_year, int(found[5]), int(found[4]))
        first = date(_full(found[3], last_year) or last_year, int(found[2]), int(found[1]))
        if first > last and found[3] is None:
            first = first.replace(year=first.year - 1)
        return Period(first, last) if first <= last else None
    if found := _SHORT_SPAN.search(text):
        known = _full(found[4], year)
        if known is None:
            return None
        last = date(known, int(found[3]), int(found[2]))
        first_day = int(found[1])
        first = last.replace(day=first_day) if first_day <= last.day else _in_month_before(last, first_day)
        return Period(first, last)
    return None


def _in_month_before(day: date, number: int) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=number)


def _month(text: str, year: int | None) -> Period | None:
    found = _MONTH.match(text)
    known = _full(found[2], year) if found else None
    if found is None or known is None:
        return None
    month = int(found[1])
    return Period(date(known, month, 1), date(known, month, calendar.monthrange(known, month)[1]))


def _day(text: str, year: int | None) -> Period | None:
    if iso := _ISO_DAY.match(text):
        day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        return Period(day, day)
    found = _DAY.match(text)
    known = _full(found[3], year) if found else None
    if found is None or known is None:
        return None
    day = date(known, int(found[2]), int(found[1]))
    return Period(day, day)


def _week(text: str, year: int | None) -> Period | None:
    found = _WEEK_OF_YEAR.match(text)
    known = _full(found[2], year) if found else None
    if found is None or known is None:
        return None
    first = date.fromisocalendar(known, int(found[1]), 1)
    return Period(first, first + timedelta(days=6))


def weekday_of(heading: str) -> int:
    """The ISO weekday that a heading such as T2, Thứ 2 or CN names; 0 for none."""
    try:
        found = read_weekdays(heading) if _WEEKDAY.match(folded(heading)) else []
    except Unreadable:
        return 0
    return found[0] if len(found) == 1 else 0


def spread(periods: list[Period]) -> list[Period]:
    """Single days a week apart stand for their weeks; any others stay as they are."""
    days = sorted({period.first for period in periods if period.first == period.last})
    if len(days) < 2 or len(days) != len(periods):
        return periods
    if {(later - day).days for day, later in pairwise(days)} != {7}:
        return periods
    return [Period(period.first, period.first + timedelta(days=6)) for period in periods]
