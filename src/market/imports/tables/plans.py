"""Columns that are weeks, months or days of a plan; a year, a first week or a Monday that nothing tells is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from market.imports.tables import asking
from market.imports.tables.asking import Question
from market.imports.tables.findings import Answers, Column, Layout, holds_numbers, layout_column
from market.imports.tables.weeks import Period, period_of, spread, told_year, weekday_of

WAITING = ("year", "first_week", "monday")
"""Questions whose answer says which columns are quantities."""
_BARE_WEEK = re.compile(r"^(?:t|tuần|tuan|w|week)\s*\.?(\d{1,2})$", re.IGNORECASE)


def name_periods(layout: Layout, kind: str, answers: Answers) -> None:
    """Columns that are weeks; a year or a first day that nothing tells is asked."""
    if kind != "needs":
        return
    titles = [*layout.headings[0].titles, *(sheet.name for sheet in layout.sheets)]
    year = int(answers["year"]) if answers.get("year", "").isdigit() else told_year(titles)
    open_ = [column for column in layout.columns if not column.candidates]
    found = {column.position: period for column in open_ if (period := period_of(column.heading, year=year))}
    bare = [column for column in open_ if _BARE_WEEK.match(column.heading) and holds_numbers(layout, column)]
    days = [column for column in open_ if weekday_of(column.heading) and holds_numbers(layout, column)]
    if len(days) > 1 and {weekday_of(column.heading) for column in days} >= {1, 2} and len(days) >= len(bare):
        found = _days_of_a_week(days, layout, answers)
    elif len(bare) > 1:
        found = _counted_weeks(bare, layout, answers)
    elif not found and year is None and any(period_of(column.heading, year=2000) for column in open_):
        layout.questions.append(Question("year", asking.WHICH_YEAR, takes="number"))
    numeric = {
        position: period for position, period in found.items() if holds_numbers(layout, layout_column(layout, position))
    }
    for position, period in zip(numeric, spread(list(numeric.values())), strict=True):
        layout_column(layout, position).candidates = [period.field]


def _counted_weeks(bare: Sequence[Column], layout: Layout, answers: Answers) -> dict[int, Period]:
    """T1, T2, T3: weeks that are only counted, from a day that somebody must name."""
    begin = _day(answers.get("first_week", ""))
    if begin is None:
        layout.questions.append(Question("first_week", asking.WHICH_MONDAY, takes="day"))
        return {}
    weeks = (Period(begin + timedelta(days=7 * at), begin + timedelta(days=7 * at + 6)) for at in range(len(bare)))
    return dict(zip((column.position for column in bare), weeks, strict=True))


def _days_of_a_week(days: Sequence[Column], layout: Layout, answers: Answers) -> dict[int, Period]:
    """T2, T3 ... CN: days of one week, whose Monday somebody must name."""
    monday = _day(answers.get("monday", ""))
    if monday is None or monday.isoweekday() != 1:
        layout.questions.append(Question("monday", asking.WHICH_WEEK, takes="day"))
        return {}
    each = {column.position: monday + timedelta(days=weekday_of(column.heading) - 1) for column in days}
    return {position: Period(day, day) for position, day in each.items()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
