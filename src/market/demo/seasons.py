"""When things of the story are, counted from today: the next season, never the last."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from datetime import date, timedelta

Window = tuple[date, date]
LEAST_LEFT_DAYS = 27
"""From the first to the last day; a season with fewer left (a February has 27) is told in its next year."""


def months_later(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def harvests(months: Collection[int], *, today: date, ahead: int = 12) -> list[Window]:
    """Every stretch of harvest months from today through `ahead` months from now, from its first to its last day."""
    windows: list[Window] = []
    for offset in range(ahead + 1):
        first = max(today, months_later(today.replace(day=1), offset))
        last = months_later(first.replace(day=1), 1) - timedelta(days=1)
        if first.month not in months:
            continue
        if windows and windows[-1][1] + timedelta(days=1) == first:
            windows[-1] = (windows[-1][0], last)
        else:
            windows.append((first, last))
    return windows


def next_season(months: Collection[int] | None, *, today: date) -> Window:
    """When a buyer wants goods: the first season with four weeks left; without months, half a year from next week."""
    soon = today + timedelta(days=7)
    if months is None:
        return (soon, soon + timedelta(days=182))
    for first, last in harvests(months, today=today, ahead=14):
        if (last - max(first, soon)).days >= LEAST_LEFT_DAYS:
            return (max(first, soon), last)
    raise ValueError(f"no season in months {sorted(months)}")
