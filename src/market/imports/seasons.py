"""Cells that say when there are goods: "Tháng 7-9", "12/2026 - 02/2027", "Quý 1/2027", "quanh năm"."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from market.core import clock
from market.core.language import Message
from market.core.values.dates import Period, read_period
from market.core.values.refusal import Unreadable
from market.imports.cells import Reading, plain
from market.imports.sheets.grids import Value
from market.vietnamese.spelling import folded

TOLD = Message(vi="“{text}” được hiểu là từ {first} đến {last}.", en='"{text}" is understood as {first} to {last}.')
UNTOLD = Message(
    vi="“{text}” chưa rõ từ ngày nào đến ngày nào: ghi vào mô tả.",
    en='"{text}" does not say from which day to which: kept in the description.',
)
ALL_YEAR = ("quanh nam", "ca nam", "bon mua", "4 mua", "thuong xuyen", "lien tuc")
DAYS_OF_ALL_YEAR = 365
_BETWEEN = re.compile(r"\s*(?:-|–|—|->|→|~)\s*|\s+(?:đến|den|tới|to)\s+")
_QUARTER = re.compile(r"(?:quy)\s*(?:([1-4])|(iv|i{1,3}))(?:\s*[/.-]\s*|\s+(?:nam\s+)?)(20\d\d)")
_MONTHS = re.compile(
    r"(?:tu\s+)?(?:thang|t)\s*(\d{1,2})(?:\s*(?:-|–|—|->|den)\s*(?:thang|t)?\s*(\d{1,2}))?"
    r"(?:\s*(?:/|-|\s+nam\s+)\s*(20\d\d))?"
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(frozen=True, slots=True)
class Season:
    """When there are goods, as a cell says it; without days where it does not say which."""

    text: str
    first: str | None = None
    last: str | None = None


def season(value: Value, reading: Reading) -> Any:
    """A stretch of days, said where it was put together from months; words that name none stay words."""
    said = plain(value)
    days = _days(said)
    if days is None:
        reading.say("season-unclear", UNTOLD, text=said)
        return Season(said)
    first, last = days[0].isoformat(), days[1].isoformat()
    reading.say("season-told", TOLD, text=said, first=first, last=last)
    return Season(said, first, last)


def _days(said: str) -> tuple[date, date] | None:
    words = folded(said)
    if any(word in words for word in ALL_YEAR):
        return clock.today(), clock.today() + timedelta(days=DAYS_OF_ALL_YEAR)
    if found := _QUARTER.fullmatch(words):
        number, year = int(found[1] or _ROMAN[found[2]]), int(found[3])
        return date(year, number * 3 - 2, 1), _end_of(year, number * 3)
    if found := _MONTHS.fullmatch(words):
        return _months(int(found[1]), int(found[2] or found[1]), int(found[3]) if found[3] else None)
    parts = _BETWEEN.split(re.sub(r"^\s*từ\s+", "", said, flags=re.IGNORECASE))
    periods = [period for part in parts if (period := _period(part))]
    if len(periods) == len(parts) and len(parts) in (1, 2) and periods[0].first <= periods[-1].last:
        return periods[0].first, periods[-1].last
    return None


def _period(text: str) -> Period | None:
    try:
        return read_period(text)
    except Unreadable:
        return None


def _months(first: int, last: int, year: int | None) -> tuple[date, date] | None:
    """From one month to another; without a year, those that end next."""
    if not (1 <= first <= 12 and 1 <= last <= 12):
        return None
    over = 1 if last < first else 0
    if year is None:
        today = clock.today()
        year = next(one for one in range(today.year - 1, today.year + 2) if _end_of(one + over, last) >= today)
    return date(year, first, 1), _end_of(year + over, last)


def _end_of(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
