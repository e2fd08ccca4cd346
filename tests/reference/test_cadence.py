"""One cadence answers by week, in all and by a date, and the three agree."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.reference.cadence import CENT, AnyPer, Cadence, iso_week, monday_of

MONDAY = date(2027, 1, 4)
A_DAY = timedelta(days=1)

quantities = st.decimals(min_value="0.001", max_value="100000", places=3)
PERS: tuple[AnyPer, ...] = ("day", "week", "month", "year", "season", "total")
pers = st.sampled_from(PERS)
weekday_sets = st.frozensets(st.integers(1, 7))


@st.composite
def cadences(draw: st.DrawFn) -> Cadence:
    start = draw(st.dates(date(2024, 1, 1), date(2028, 12, 31)))
    end = start + timedelta(days=draw(st.integers(0, 800)))
    return Cadence.of(draw(quantities), draw(pers), start=start, end=end, weekdays=draw(weekday_sets))


def test_the_last_week_is_whole_where_both_delivery_days_lie_in_it() -> None:
    until_wednesday = Cadence.of(Decimal(2000), "week", start=date(2027, 3, 1), end=date(2027, 3, 31), weekdays=(1, 3))

    assert until_wednesday.weekly()[iso_week(date(2027, 3, 31))] == 2000
    assert until_wednesday.total() == 5 * 2000
    assert until_wednesday.due_by(date(2027, 3, 27)) == 3 * 2000
    assert until_wednesday.due_by(date(2027, 3, 30)) == 4 * 2000
    assert until_wednesday.due_by(date(2027, 3, 31)) == 5 * 2000


@pytest.mark.parametrize(
    ("weekdays", "end", "last_week"),
    [((1, 3), 2, "1000"), ((1, 3), 6, "2000"), ((5, 6), 2, "0"), ((2,), 2, "2000"), ((2,), 1, "0"), ((), 0, "285.714")],
)
def test_a_week_cut_short_holds_what_its_delivery_days_hold(
    weekdays: tuple[int, ...], end: int, last_week: str
) -> None:
    last = MONDAY + timedelta(days=7 + end - 1 if end else 7)
    cut = Cadence.of(Decimal(2000), "week", start=MONDAY, end=last, weekdays=weekdays)

    assert cut.weekly().get(iso_week(last), Decimal(0)) == Decimal(last_week)


def test_months_count_from_the_first_day_and_are_shared_by_their_days() -> None:
    one = Cadence.of(Decimal(30), "month", start=date(2027, 1, 15), end=date(2027, 2, 14))
    year = Cadence.of(Decimal(12), "month", start=date(2026, 1, 31), end=date(2027, 1, 30))

    assert one.total() == 30
    assert year.total() == 144
    assert one.due_by(date(2027, 2, 13)) == 0
    assert one.due_by(date(2027, 2, 14)) == 30
    assert Cadence.of(Decimal(28), "month", start=date(2027, 2, 1), end=date(2027, 2, 7)).total() == 7


def test_a_total_whose_weekdays_miss_its_window_is_spread_over_all_of_it() -> None:
    missed = Cadence.of(Decimal(10), "total", start=MONDAY, end=MONDAY + A_DAY, weekdays=(5,))

    assert missed.weekly() == {iso_week(MONDAY): Decimal(10)}


@given(cadences())
def test_weeks_add_up_to_the_total_and_so_does_what_is_due_at_the_end(cadence: Cadence) -> None:
    assert sum(cadence.weekly().values(), Decimal(0)) == cadence.total() == cadence.due_by(cadence.end)
    assert all(quantity > 0 for quantity in cadence.weekly().values())
    assert cadence.due_by(cadence.start - A_DAY) == 0


@given(cadences(), st.integers(0, 800))
def test_what_is_due_only_grows_and_is_never_more_than_came_by_then(cadence: Cadence, offset: int) -> None:
    day = cadence.start + timedelta(days=offset)

    assert cadence.due_by(day) <= cadence.due_by(day + A_DAY) <= cadence.total()
    assert cadence.due_by(day) <= cadence.through(day)


@given(cadences())
def test_what_is_due_when_a_week_is_over_is_what_its_weeks_hold(cadence: Cadence) -> None:
    reached = Decimal(0)
    for week, quantity in cadence.weekly().items():
        reached += quantity
        if cadence.per in ("day", "week"):
            assert cadence.due_by(monday_of(week) + timedelta(days=6)) == reached


@given(cadences())
def test_a_cadence_says_what_counting_day_by_day_says(cadence: Cadence) -> None:
    days = [cadence.start + timedelta(days=place) for place in range((cadence.end - cadence.start).days + 1)]
    chosen = [day for day in days if day.isoweekday() in cadence.weekdays]
    shares: dict[AnyPer, Decimal | None] = {
        "day": cadence.quantity * len(chosen),
        "week": cadence.quantity * len(chosen) / len(cadence.weekdays),
        "total": cadence.quantity,
        "season": cadence.quantity,
    }
    expected = shares.get(cadence.per)

    assert expected is None or abs(cadence.total() - expected) < CENT
