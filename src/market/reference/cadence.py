"""How much in which week: quantities per day, week, month or whole window, spread over the ISO weeks they fall in."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

Per = Literal["day", "week", "month", "total"]
"""What a quantity is counted by; `total` is the whole window, however long (a crop, a single order)."""

MAX_WINDOW_DAYS = 1100
"""Three years: longer than any offtake season; a longer window is a slip of the pen."""

EVERY_DAY = frozenset(range(1, 8))
CENT = Decimal("0.001")


def iso_week(day: date) -> int:
    """The ISO 8601 week as one sortable number: 2026-W49 is 202649."""
    year, week, _ = day.isocalendar()
    return year * 100 + week


@lru_cache(maxsize=4096)
def week_label(week: int) -> str:
    """An ISO week as ISO 8601 writes it: 202649 is 2026-W49."""
    return f"{week // 100}-W{week % 100:02d}"


def monday_of(week: int) -> date:
    """The first day of an ISO week given as `year * 100 + week`."""
    return date.fromisocalendar(week // 100, week % 100, 1)


def weekly_quantities(
    quantity: Decimal, per: Per, *, start: date, end: date, weekdays: Collection[int] = EVERY_DAY
) -> Mapping[int, Decimal]:
    """What falls into each ISO week from `start` through `end`, both included.

    A quantity per day counts on each of `weekdays` (1 is Monday). Any other quantity is spread evenly over
    the calendar days, so that half a week holds half a week's goods.

    Returns:
        Week (`year * 100 + week`) -> quantity in the unit of `quantity`; weeks without goods are left out.
    """
    weeks: dict[int, Decimal] = {}
    chosen = frozenset(weekdays) or EVERY_DAY
    days = (end - start).days + 1
    whole: Decimal | None = None
    for week, monday in _weeks_touched(start, end):
        cut = monday < start or monday + _SIX_DAYS > end
        if not cut and whole is not None:
            weeks[week] = whole
            continue
        first, last = max(start, monday), min(end, monday + _SIX_DAYS)
        amount = _amount(quantity, per, first=first, last=last, chosen=chosen, window_days=days).quantize(CENT)
        if amount > 0:
            weeks[week] = amount
            if not cut and per != "month":
                whole = amount
    return weeks


_SIX_DAYS, _WEEK = timedelta(days=6), timedelta(days=7)


@lru_cache(maxsize=4096)
def _weeks_touched(start: date, end: date) -> tuple[tuple[int, date], ...]:
    """The ISO weeks of a window with their Mondays; seasons repeat, so most windows have been seen before."""
    monday = start - timedelta(days=start.weekday())
    found = []
    while monday <= end:
        found.append((iso_week(monday), monday))
        monday += _WEEK
    return tuple(found)


def _amount(
    quantity: Decimal, per: Per, *, first: date, last: date, chosen: frozenset[int], window_days: int
) -> Decimal:
    """What falls from `first` through `last`, which lie in one ISO week."""
    count = (last - first).days + 1
    match per:
        case "day":
            return quantity * sum((first + timedelta(days=offset)).isoweekday() in chosen for offset in range(count))
        case "week":
            return quantity * count / 7
        case "total":
            return quantity * count / window_days
        case "month":
            days = [first + timedelta(days=offset) for offset in range(count)]
            return sum((quantity / calendar.monthrange(day.year, day.month)[1] for day in days), Decimal(0))
