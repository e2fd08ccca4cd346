"""Promised capacity: reserved by ISO week, never twice, and released when a promise ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from market.core import clock
from market.core.errors import Conflict
from market.core.language import Message
from market.listings.facts import weekly_capacity
from market.listings.models import CapacityReservation, Holder, Listing
from market.listings.queries import reserved_by_week

NOTHING = Decimal(0)
WEEKS_NAMED = 5


class CapacityShort(Conflict):
    """The problem's `missing` names every listing and week with what was asked, what is free and what is missing."""

    code = "capacity-short"
    title = Message(vi="Không đủ hàng", en="Not enough goods")
    detail = Message(
        vi="Lượng còn lại không đủ; còn thiếu: {missing}.", en="What is left is not enough; missing: {missing}."
    )


@dataclass(frozen=True, slots=True)
class Promise:
    """What one line of a quote or agreement takes of a listing, by ISO week, in the listing's unit."""

    listing_id: UUID
    holder: Holder
    holder_id: UUID
    line_id: UUID
    weekly: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Shortage:
    """A week in which more is asked of a listing than is free."""

    listing: Listing
    week: int
    asked: Decimal
    free: Decimal

    @property
    def missing(self) -> Decimal:
        return self.asked - self.free

    @property
    def name(self) -> str:
        """`2026-W49: 200 KGM`."""
        return f"{week_name(self.week)}: {_number(self.missing)} {self.listing.unit}"

    def render(self) -> dict[str, Any]:
        """As it stands in a problem."""
        return {
            "listing": str(self.listing.id),
            "week": week_name(self.week),
            "unit": self.listing.unit,
            "asked": _number(self.asked),
            "free": _number(self.free),
            "missing": _number(self.missing),
        }


def week_name(week: int) -> str:
    """An ISO week as people and programs read it: 202649 is 2026-W49."""
    return f"{week // 100}-W{week % 100:02}"


def _number(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


async def lock_listings(session: AsyncSession, listing_ids: Collection[UUID]) -> Mapping[UUID, Listing]:
    """These listings with their capacity, locked until the transaction ends.

    Everybody locks in the order of the ids, so that nobody waits for each other; what is read afterwards is what
    the one before has committed.
    """
    rows = (
        select(Listing)
        .where(Listing.id.in_(set(listing_ids)))
        .order_by(Listing.id)
        .options(selectinload(Listing.capacity))
        .with_for_update(of=Listing)
        .execution_options(populate_existing=True)
    )
    return {listing.id: listing for listing in await session.scalars(rows)}


def shortages(
    promises: Sequence[Promise], *, listings: Mapping[UUID, Listing], reserved: Mapping[UUID, Mapping[int, Decimal]]
) -> list[Shortage]:
    """The weeks in which these promises together ask for more than is free, by listing and week."""
    asked: dict[tuple[UUID, int], Decimal] = defaultdict(Decimal)
    for promise in promises:
        for week, quantity in promise.weekly.items():
            asked[promise.listing_id, week] += quantity
    capacity = {listing_id: weekly_capacity(listing.capacity) for listing_id, listing in listings.items()}
    found = []
    for (listing_id, week), quantity in sorted(asked.items()):
        taken = reserved.get(listing_id, {}).get(week, NOTHING)
        free = max(NOTHING, capacity[listing_id].get(week, NOTHING) - taken)
        if quantity > free:
            found.append(Shortage(listings[listing_id], week, quantity, free))
    return found


async def reserve_capacity(
    session: AsyncSession, promises: Sequence[Promise], *, listings: Mapping[UUID, Listing]
) -> None:
    """Reserve all of these promises or none; the caller logs what it promised.

    Args:
        listings: every listing named, as `lock_listings` gave them in this transaction.

    Raises:
        CapacityShort: some week of some listing has less left than is asked.
    """
    reserved = await reserved_by_week(session, listings.keys())
    if short := shortages(promises, listings=listings, reserved=reserved):
        named = "; ".join(shortage.name for shortage in short[:WEEKS_NAMED]) + ("; …" * (len(short) > WEEKS_NAMED))
        raise CapacityShort(missing=named, extra={"missing": [shortage.render() for shortage in short]})
    session.add_all(
        CapacityReservation(
            listing_id=promise.listing_id,
            week=week,
            quantity=quantity,
            holder=promise.holder,
            holder_id=promise.holder_id,
            line_id=promise.line_id,
        )
        for promise in promises
        for week, quantity in promise.weekly.items()
    )


async def as_far_as_free(
    session: AsyncSession, promises: Sequence[Promise], *, listings: Mapping[UUID, Listing]
) -> list[Promise]:
    """These promises cut down, one after the other, to what is left in each week.

    Args:
        listings: as for `reserve_capacity`.
    """
    reserved = await reserved_by_week(session, listings.keys())
    capacity = {listing_id: weekly_capacity(listing.capacity) for listing_id, listing in listings.items()}
    taken = {listing_id: dict(reserved.get(listing_id, {})) for listing_id in listings}
    cut: list[Promise] = []
    for promise in promises:
        weekly: dict[int, Decimal] = {}
        for week, quantity in promise.weekly.items():
            promised = taken[promise.listing_id].get(week, NOTHING)
            free = max(NOTHING, capacity[promise.listing_id].get(week, NOTHING) - promised)
            if amount := min(quantity, free):
                weekly[week] = amount
                taken[promise.listing_id][week] = promised + amount
        cut.append(replace(promise, weekly=weekly))
    return cut


async def release_capacity(
    session: AsyncSession, *, holder: Holder, holder_id: UUID, lines: Collection[UUID] | None = None
) -> list[CapacityReservation]:
    """Free what a holder had reserved and not yet released; the caller logs it.

    Args:
        lines: only of these; all when left out.
    """
    row = CapacityReservation
    rows = select(row).where(row.holder == holder, row.holder_id == holder_id, row.released_at.is_(None))
    if lines is not None:
        rows = rows.where(row.line_id.in_(lines))
    held = list(await session.scalars(rows.order_by(row.id).with_for_update()))
    for reservation in held:
        reservation.released_at = clock.now()
    return held
