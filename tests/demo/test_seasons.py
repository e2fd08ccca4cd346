"""The story lies ahead whenever it is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from market.demo.seasons import LEAST_LEFT_DAYS, harvests, months_later, next_season

EVERY_DAY_OF_A_LEAP_YEAR = [date(2028, 1, 1) + timedelta(days=offset) for offset in range(366)]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 21), 3, date(2027, 2, 21)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_harvests_of_neighbouring_months_are_one_window() -> None:
    found = harvests([10, 11, 12, 1, 2], today=date(2026, 11, 21))
    assert found == [(date(2026, 11, 21), date(2027, 2, 28)), (date(2027, 10, 1), date(2027, 11, 30))]


def test_goods_of_all_months_are_there_for_a_year() -> None:
    assert harvests(range(1, 13), today=date(2026, 11, 21)) == [(date(2026, 11, 21), date(2027, 11, 30))]


@pytest.mark.parametrize("months", [None, (3, 4, 5), (12, 1), (1, 12), (9,), (10, 11, 12, 1, 2)])
def test_a_need_always_has_four_weeks_ahead_of_it(months: tuple[int, ...] | None) -> None:
    for today in EVERY_DAY_OF_A_LEAP_YEAR:
        first, last = next_season(months, today=today)
        assert today < first
        assert (last - first).days >= LEAST_LEFT_DAYS
        assert months is None or {first.month, last.month} <= set(months)
