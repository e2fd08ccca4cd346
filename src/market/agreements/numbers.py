"""Numbers of agreements: by event and year, in the order of logging, never twice."""

from __future__ import annotations

import re

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import Agreement, AgreementNumber
from market.events.models import Event

WITHOUT_EVENT = "00"
"""No event has this code: codes begin with a letter."""
ANNEX = "-PL"
"""Phụ lục: an amendment carries the number of the first version and its own."""


async def _next(session: AsyncSession, series: str, year: int, *, count: int = 1) -> int:
    """The last of so many new numbers."""
    # The row is locked until the transaction ends, so that numbers follow each other without a gap by failure.
    statement = insert(AgreementNumber).values(series=series, year=year, last=count)
    statement = statement.on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": AgreementNumber.last + count}
    )
    return int((await session.execute(statement.returning(AgreementNumber.last))).scalar_one())


async def next_number(session: AsyncSession, event: Event | None, *, year: int) -> str:
    """The next number of a year at an event, e.g. 2026-NT01-0007, or without one, e.g. 2026-00-0007."""
    return (await next_numbers(session, event, year=year, count=1))[0]


async def next_numbers(session: AsyncSession, event: Event | None, *, year: int, count: int) -> list[str]:
    """As many numbers as that, following each other; one statement."""
    series = event.code if event else WITHOUT_EVENT
    last = await _next(session, series, year, count=count)
    return [f"{year}-{series}-{number:04d}" for number in range(last - count + 1, last + 1)]


async def next_amendment(session: AsyncSession, agreement: Agreement) -> tuple[str, int]:
    """The number of the next amendment of an agreement, e.g. 2026-NT01-0007-PL1, and its place."""
    # Only at the end: an event's code may begin with the same letters (2026-PL01-0007).
    first = re.sub(rf"{ANNEX}\d+$", "", agreement.number) if agreement.amends_id else agreement.number
    place = await _next(session, first, 0)
    return f"{first}{ANNEX}{place}", place
