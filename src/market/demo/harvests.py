"""Lots of the demo story: what each producer has just harvested of the first thing that it offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.listings.models import Listing
from market.listings.queries import listings_by_id
from market.lots.schemas import LotCreate
from market.lots.service import record_lot

USUAL = Decimal(500)
"""Of the listing's unit, where it asks for no least order."""


async def tell_harvest(
    session: AsyncSession, actor: Actor, listings: Sequence[UUID], *, place: int, today: date
) -> int:
    """Record a lot of the first of these listings that is published. Returns how many lots were recorded.

    Args:
        place: of the organization in the story, which makes the growing area's invented code.
    """
    published = await listings_by_id(session, select(Listing).where(Listing.status == "published"), listings)
    if not published:
        return 0
    listing, begun = published[0], today - timedelta(days=3)
    lot_in = LotCreate(
        code=f"MH-{place + 1:02d}-{begun:%y%m%d}",
        harvested_from=begun,
        harvested_to=today - timedelta(days=1),
        quantity=listing.moq or USUAL,
        unit=listing.unit,
        growing_area_code=f"VN-MINHHOA-{place + 1:04d}",
        packed_on=today,
        best_before=today + timedelta(days=listing.shelf_life_days) if listing.shelf_life_days else None,
        note="Lô hàng minh họa",
    )
    await record_lot(session, actor, lot_in, listing=listing)
    return 1
