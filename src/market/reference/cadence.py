"""How much, how often, from which day through which: one value that answers by week, in all, and by a date.

Goods come on delivery days: the weekdays that are named, every day where none is. What counts by the week, month,
year or whole window is spread evenly over the delivery days of it, so that two tonnes a week on Monday and Wednesday
are a tonne on each of them, and a week in which both lie holds two tonnes, however short it is cut.
"""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Literal

Per = Literal["day", "week", "month", "total"]
"""What a quantity is counted by; `total` is the whole window, however long (a crop, a single order)."""
AnyPer = Literal["day", "week", "month", "year", "season", "total"]
"""As papers count: a season is the window itself, like a total."""

MAX_WINDOW_DAYS = 1100
"""Three years: longer than any offtake season; a longer window is a slip of the pen."""

EVERY_DAY = frozenset(range(1, 8))
CENT = Decimal("0.001")
NOTHING = Decimal(0)
MONTHS: Mapping[str, int] = {"month": 1, "year": 12}
_DAY, _SIX_DAYS, _WEEK = timedelta(days=1), timedelta(days=6), timedelta(days=7)


def iso_week(day: date) -> int:
    """The ISO 8601 week as one sortable number: 2026-W49 is 202649."""
    year, week, _ = day.isocalendar()
    return year * 100 + week


def weeks_between(day: date, week: int) -> int:
    """How many weeks an ISO week (202649) begins after the one of a day; below 0 when before it."""
    monday = date.fromisocalendar(week // 100, week % 100, 1)
    return (monday - date.fromisocalendar(*day.isocalendar()[:2], 1)).days // 7


@lru_cache(maxsize=4096)
def week_label(week: int) -> str:
    """An ISO week as ISO 8601 writes it: 202649 is 2026-W49."""
    return f"{week // 100}-W{week % 100:02d}"


def monday_of(week: int) -> date:
    """The first day of an ISO week given as `year * 100 + week`."""
    return date.fromisocalendar(week // 100, week % 100, 1)


@dataclass(frozen=True, slots=True)
class Cadence:
    """A quantity that is wanted, offered or promised again and again from one day through another, both included.

    By week, in all and by a date are answers about the same goods: the weeks add up to the total, and what is due by
    the end is the total, to the thousandth. Months and years are counted from the first day: 15 January through 14
    February is one month.
    """

    quantity: Decimal
    """Counted by `per`, in whatever unit the caller counts."""
    per: AnyPer
    start: date
    end: date
    weekdays: frozenset[int] = EVERY_DAY
    """Days of delivery, 1 is Monday; all of them where a plan names none."""

    @classmethod
    def of(cls, quantity: Decimal, per: AnyPer, *, start: date, end: date, weekdays: Collection[int] = ()) -> Cadence:
        """As the fields, with any collection of weekdays; none means every day.

        A total whose weekdays all miss its window is spread over every day of it.
        """
        chosen = frozenset(weekdays) or EVERY_DAY
        if per in ("total", "season") and len(chosen) < len(EVERY_DAY) and not _count(start, end, chosen):
            chosen = EVERY_DAY
        return cls(quantity, per, start, end, chosen)

    def total(self) -> Decimal:
        """All of it, from the first day through the last."""
        return self.through(self.end)

    def weekly(self) -> Mapping[int, Decimal]:
        """ISO week (`year * 100 + week`) -> what falls into it; weeks without goods are left out."""
        return _weekly(self)

    def due_by(self, day: date) -> Decimal:
        """What must have arrived when `day` is over: each day, ISO week, month or year that is over by then.

        A total is due on the last day.
        """
        if day >= self.end:
            return self.total()
        if self.per in ("total", "season") or day < self.start:
            return NOTHING
        if self.per == "day":
            return self.through(day)
        first, last = self._stretch(day)
        return self.through(day if day == last else first - _DAY)

    def through(self, day: date) -> Decimal:
        """What falls on the delivery days from the first through `day`, to the thousandth."""
        last = min(day, self.end)
        return NOTHING if last < self.start else self._exactly(last).quantize(CENT, ROUND_HALF_UP)

    def _exactly(self, last: date) -> Decimal:
        days = _count(self.start, last, self.weekdays)
        match self.per:
            case "day":
                return self.quantity * days
            case "week":
                return self.quantity * days / len(self.weekdays)
            case "month" | "year" as per:
                place = _whole_months(self.start, last) // MONTHS[per]
                first, end = self._stretch(last)
                inside = _count(first, last, self.weekdays)
                return self.quantity * place + self.quantity * inside / _count(first, end, self.weekdays)
        return self.quantity * days / _count(self.start, self.end, self.weekdays)

    def _stretch(self, day: date) -> tuple[date, date]:
        """The ISO week, month or year that holds a day, whole even where the window ends within it."""
        if self.per == "week":
            monday = max(self.start, day - timedelta(days=day.weekday()))
            return monday, day + timedelta(days=6 - day.weekday())
        months = MONTHS[self.per]
        place = _whole_months(self.start, day) // months
        return _months_after(self.start, place * months), _months_after(self.start, (place + 1) * months) - _DAY


@lru_cache(maxsize=4096)
def _weekly(cadence: Cadence) -> Mapping[int, Decimal]:
    """Seasons, round quantities and whole months come again, so most cadences have been seen before."""
    touched = _weeks_touched(cadence.start, cadence.end)
    whole = cadence.per in ("day", "week") and len(touched) > 2 and cadence.quantity == cadence.quantity.quantize(CENT)
    if whole:
        # All but the first and the last are whole weeks, which hold the same.
        times = len(cadence.weekdays) if cadence.per == "day" else 1
        weeks = dict.fromkeys((week for week, _ in touched), cadence.quantity * times)
        (first, monday), (last, its_monday) = touched[0], touched[-1]
        weeks[first] = cadence.through(monday + _SIX_DAYS)
        weeks[last] = cadence.total() - cadence.through(its_monday - _DAY)
    else:
        reached = [NOTHING, *(cadence.through(monday + _SIX_DAYS) for _, monday in touched)]
        weeks = {week: after - before for (week, _), (before, after) in zip(touched, pairwise(reached), strict=True)}
    return {week: quantity for week, quantity in weeks.items() if quantity}


@lru_cache(maxsize=4096)
def _weeks_touched(start: date, end: date) -> tuple[tuple[int, date], ...]:
    """The ISO weeks of a window with their Mondays."""
    monday = start - timedelta(days=start.weekday())
    found = []
    while monday <= end:
        found.append((iso_week(monday), monday))
        monday += _WEEK
    return tuple(found)


def _count(first: date, last: date, weekdays: Iterable[int]) -> int:
    """How many days from `first` through `last` are one of the weekdays."""
    days = (last - first).days + 1
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    begins = first.isoweekday()
    chosen = tuple(weekdays)
    return weeks * len(chosen) + sum((weekday - begins) % 7 < rest for weekday in chosen)


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _whole_months(start: date, day: date) -> int:
    """Months that are over when `day` begins, counted from `start`."""
    months = (day.year - start.year) * 12 + day.month - start.month
    return months - (_months_after(start, months) > day)
