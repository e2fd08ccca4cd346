from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from market.core import clock


def test_a_stopped_clock_tells_the_same_instant_in_utc() -> None:
    instant = datetime(2026, 12, 1, 6, 0, tzinfo=timezone(timedelta(hours=7)))
    with clock.at(instant):
        assert clock.now() == instant
        assert clock.now().tzinfo is UTC
        assert clock.now() is clock.now()


def test_a_business_date_begins_at_midnight_in_vietnam() -> None:
    with clock.at(datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 30)
    with clock.at(datetime(2026, 11, 30, 17, 0, tzinfo=UTC)):
        assert clock.today() == date(2026, 12, 1)


def test_what_is_valid_until_a_day_is_valid_through_its_last_second() -> None:
    end = clock.end_of_day(date(2026, 10, 2))
    assert clock.business_date(end - timedelta(microseconds=1)) == date(2026, 10, 2)
    assert clock.business_date(end) == date(2026, 10, 3)


def test_a_shifted_clock_runs_and_is_put_back() -> None:
    before = clock.now()
    with clock.shifted(timedelta(days=3)):
        ahead = clock.now()
        assert before + timedelta(days=3) <= ahead <= clock.now()
    assert clock.now() < ahead
