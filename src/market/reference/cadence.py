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
    chosen = frozenset(weekdays) or EVERY_DAY
    days = (end - start).days + 1
    touched = _weeks_touched(start, end)

    def amount(monday: date) -> Decimal:
        first, last = max(start, monday), min(end, monday + _SIX_DAYS)
        return _amount(quantity, per, first=first, last=last, chosen=chosen, window_days=days).quantize(CENT)

    if per == "month" or len(touched) < 3:
        weeks = {week: amount(monday) for week, monday in touched}
    else:
        # All but the first and the last are whole weeks, which hold the same.
        weeks = dict.fromkeys([week for week, _ in touched], amount(touched[1][1]))
        weeks |= {week: amount(monday) for week, monday in (touched[0], touched[-1])}
    return {week: quantity for week, quantity in weeks.items() if quantity}


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
            days = calendar.monthrange(first.year, first.month)[1]
            here = min(count, days - first.day + 1)
            there = calendar.monthrange(last.year, last.month)[1]
            return quantity * here / days + quantity * (count - here) / there
