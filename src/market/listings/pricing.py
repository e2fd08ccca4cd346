"""Prices of many listings in one call, and what each cost before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.batches import BatchAnswer, ReadItems
from market.core.changes import record_changes
from market.core.db import Rows
from market.core.errors import FieldError, MarketError, NotFound
from market.core.language import preferred_language
from market.listings import policy
from market.listings.models import Listing, ListingPrice
from market.listings.queries import visible_listings
from market.listings.schemas import NewPrice, PriceHistory, PriceOut

MOST_SHOWN = 200
Priced = tuple[Listing, int | None, date | None]
"""A listing, what it is to cost in đồng, and until which day."""


async def set_prices(
    session: AsyncSession, actor: Actor, items: Sequence[Mapping[str, Any]], *, accept_language: str | None
) -> BatchAnswer:
    """Set every price that can be set, in order; say of each other one what is wrong."""
    read = ReadItems(NewPrice, items)
    wanted = sorted({new.listing for new in read.good.values()})
    rows = visible_listings(actor).where(Listing.id.in_(wanted)).order_by(Listing.id).with_for_update(of=Listing)
    listings = {listing.id: listing for listing in await session.scalars(rows)}
    changed: dict[int, UUID] = {}
    priced: list[Priced] = []
    for index, new in list(read.good.items()):
        listing = listings.get(new.listing)
        refusal = NotFound() if listing is None else not_priced(actor, listing)
        if listing is None or refusal is not None:
            why = refusal or NotFound()
            read.refuse(index, [FieldError("/listing", why.code, why.detail, why.parameters)])
            continue
        priced.append((listing, new.price_vnd, new.until))
        changed[index] = listing.id
    await price_listings(session, actor, priced)
    return read.answer(changed, language=preferred_language(accept_language), status=200)


def not_priced(actor: Actor, listing: Listing) -> MarketError | None:
    """Why the actor may not price a listing; None when it may."""
    try:
        policy.require_can_edit(actor, listing)
    except MarketError as error:
        return error
    return None


async def price_listings(session: AsyncSession, actor: Actor, priced: Sequence[Priced]) -> None:
    """Set prices that `not_priced` does not refuse; three statements however many they are.

    What costs that already is left alone. A listing that is named twice changes twice, in order.
    """
    changed: dict[UUID, Listing] = {}
    for listing, price_vnd, until in priced:
        if (listing.price_vnd, listing.price_until) == (price_vnd, until):
            continue
        if listing.id in changed:
            await record_changes(session, actor, list(changed.values()), verb="price")
            changed = {}
        listing.price_vnd, listing.price_until = price_vnd, until
        session.add(ListingPrice(listing_id=listing.id, price_vnd=price_vnd, until=until))
        changed[listing.id] = listing
    await record_changes(session, actor, list(changed.values()), verb="price")


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
