"""Who relies on listings by a quote: what is on the table, and what was accepted and is still to come."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.listings.models import CapacityReservation
from market.matching.alerts.recalls import Interest
from market.needs.models import Need
from market.quotes.models import Quote, QuoteLine, QuoteRevision
from market.quotes.states import ON_THE_TABLE
from market.reference.cadence import iso_week


async def quotes_relying(session: AsyncSession, listings: Collection[UUID]) -> list[Interest]:
    """Buyers with one of these listings in an open quote, or in an accepted one with goods still reserved."""
    reserved = exists().where(
        CapacityReservation.line_id == QuoteLine.id,
        CapacityReservation.released_at.is_(None),
        CapacityReservation.week >= iso_week(clock.today()),
    )
    rows = (
        select(QuoteLine.listing_id, Need.organization_id, Quote.id, Need.title)
        .join(QuoteRevision, QuoteRevision.id == QuoteLine.revision_id)
        .join(Quote, and_(Quote.id == QuoteRevision.quote_id, Quote.revision == QuoteRevision.number))
        .join(Need, Need.id == Quote.need_id)
        .where(QuoteLine.listing_id.in_(listings), or_(Quote.status.in_(ON_THE_TABLE), reserved))
        .order_by(Quote.id, QuoteLine.position)
    )
    return [
        Interest(
            listing_id=row.listing_id,
            organization_id=row.organization_id,
            entity="quote",
            entity_id=row.id,
            title=row.title,
            wording="quote",
        )
        for row in await session.execute(rows)
    ]
