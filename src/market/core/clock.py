"""The only source of now. Tests move it; nothing else calls `datetime.now`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""Business dates are dates on this calendar."""

_offset: ContextVar[timedelta] = ContextVar("market_clock_offset", default=timedelta(0))
_frozen: ContextVar[datetime | None] = ContextVar("market_clock_frozen", default=None)


def now() -> datetime:
    """The current instant, in UTC."""
    frozen = _frozen.get()
    return frozen if frozen is not None else datetime.now(UTC) + _offset.get()


def today() -> date:
    """The current business date in Vietnam."""
    return now().astimezone(VIETNAM).date()


def business_date(instant: datetime) -> date:
    """The date on Vietnamese calendars when it is `instant`."""
    return instant.astimezone(VIETNAM).date()


def end_of_day(day: date) -> datetime:
    """The first instant after `day` in Vietnam: what is valid until a date is valid through it."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC) + timedelta(days=1)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Stop the clock at `instant` (must carry an offset) inside the block."""
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


@contextmanager
def shifted(offset: timedelta) -> Iterator[None]:
    """Let the clock run `offset` ahead (or behind) inside the block."""
    token = _offset.set(offset)
    try:
        yield
    finally:
        _offset.reset(token)
