"""Prices of many listings in one call, and what each cost before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.batches import BatchAnswer, ReadItems
from market.core.changes import record_change
from market.core.db import Rows
from market.core.errors import FieldError, MarketError, NotFound
from market.core.language import preferred_language
from market.listings import policy
from market.listings.models import Listing, ListingPrice
from market.listings.queries import visible_listings
from market.listings.schemas import NewPrice, PriceHistory, PriceOut

MOST_SHOWN = 200


async def set_prices(
    session: AsyncSession, actor: Actor, items: Sequence[Mapping[str, Any]], *, accept_language: str | None
) -> BatchAnswer:
    """Set every price that can be set, in order; say of each other one what is wrong."""
    read = ReadItems(NewPrice, items)
    wanted = sorted({new.listing for new in read.good.values()})
    rows = visible_listings(actor).where(Listing.id.in_(wanted)).order_by(Listing.id).with_for_update(of=Listing)
    listings = {listing.id: listing for listing in await session.scalars(rows)}
    changed: dict[int, UUID] = {}
    for index, new in list(read.good.items()):
        try:
            listing = listings.get(new.listing)
            if listing is None:
                raise NotFound
            await _set_price(session, actor, listing, new)
            changed[index] = listing.id
        except MarketError as error:
            read.refuse(index, [FieldError("/listing", error.code, error.detail, error.parameters)])
    return read.answer(changed, language=preferred_language(accept_language), status=200)


async def _set_price(session: AsyncSession, actor: Actor, listing: Listing, new: NewPrice) -> None:
    policy.require_can_edit(actor, listing)
    if (listing.price_vnd, listing.price_until) == (new.price_vnd, new.until):
        return
    listing.price_vnd, listing.price_until = new.price_vnd, new.until
    session.add(ListingPrice(listing_id=listing.id, price_vnd=new.price_vnd, until=new.until))
    await record_change(session, actor, listing, verb="price")


async def price_history(session: AsyncSession, listing: Listing) -> PriceHistory:
    """What a listing cost, the newest first."""
    rows = select(ListingPrice).where(ListingPrice.listing_id == listing.id).order_by(ListingPrice.id.desc())
    prices = await session.scalars(rows.limit(MOST_SHOWN))
    return PriceHistory(items=[PriceOut.model_validate(price) for price in prices])


def first_prices(rows: Rows) -> Rows:
    """Of new listings, what the history of their prices begins with."""
    now = clock.now()
    return [
        {"listing_id": row["id"], "price_vnd": row["price_vnd"], "until": row["price_until"], "set_at": now}
        for row in rows
        if row["price_vnd"] is not None
    ]
