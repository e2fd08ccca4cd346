"""Quotes whose last day is over, ended by the background process."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import record_changes
from market.quotes.models import Quote
from market.quotes.states import TRANSITIONS

MOST_AT_ONCE = 1000
"""What is left comes with the next round."""


async def expire_quotes(session: AsyncSession) -> None:
    """End every quote on the table whose last day is over; one that somebody holds is left to the next round."""
    rows = (
        select(Quote)
        .where(Quote.status.in_(TRANSITIONS["expire"].sources), Quote.valid_until < clock.today())
        .order_by(Quote.valid_until, Quote.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    overdue = list(await session.scalars(rows))
    for quote in overdue:
        quote.status, quote.decided_at = "expired", clock.now()
    await record_changes(session, SYSTEM, overdue, verb="expire")
