"""Reads of listings; who may see which rows stands here, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, Uuid, and_, any_, bindparam, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from market.core.access import Actor
from market.core.db import among
from market.core.errors import NotFound
from market.listings.models import CapacityReservation, Listing
from market.organizations.bounds import TooManyListings, is_bounded
from market.organizations.models import Organization
from market.organizations.policy import acting_organization
from market.organizations.queries import active_or_of

WHOLE: tuple[ExecutableOption, ...] = (
    joinedload(Listing.organization),
    selectinload(Listing.capacity),
    selectinload(Listing.certificates),
)
"""What an answer or a search document needs beside the row: two more statements, however many rows."""


def published_listings() -> Select[Listing]:
    """What everybody may see: published, of an active organization."""
    return (
        select(Listing)
        .join(Organization, Organization.id == Listing.organization_id)
        .where(Listing.status == "published", Organization.status == "active")
    )


def visible_listings(actor: Actor) -> Select[Listing]:
    """Published listings are public; drafts, paused and archived ones are for their organization and officers."""
    return visible_rows(actor.is_officer, actor.organization_ids)


def visible_rows(is_officer: bool, own: Collection[UUID] | BindParameter[Any]) -> Select[Listing]:
    """As `visible_listings`, by the two things of an actor that decide it: so a statement can be kept.

    Args:
        own: the organizations of the actor; a parameter where the statement is kept.
    """
    rows = select(Listing).join(Organization, Organization.id == Listing.organization_id)
    if is_officer:
        return rows
    public = and_(Listing.status == "published", Organization.status == "active")
    column = Listing.organization_id
    return rows.where(or_(public, column == any_(own) if isinstance(own, BindParameter) else column.in_(own)))


async def get_listing(session: AsyncSession, actor: Actor, listing_id: UUID, *, lock: bool = False) -> Listing:
    """One visible listing with all that belongs to it.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = visible_listings(actor).where(Listing.id == listing_id).options(*WHOLE)
    listing = await session.scalar(rows.with_for_update(of=Listing) if lock else rows)
    if listing is None:
        raise NotFound
    return listing


async def listings_by_id(session: AsyncSession, rows: Select[Any], ids: Sequence[UUID]) -> list[Listing]:
    """Those of `rows` with these ids, with all that belongs to them, in the order of the ids."""
    found = await session.scalars(rows.where(among(Listing.id, ids)).options(*WHOLE))
    by_id = {listing.id: listing for listing in found}
    return [by_id[listing_id] for listing_id in ids if listing_id in by_id]


def own_listings(actor: Actor, *, status: str, organization_id: UUID | None) -> Select[Listing]:
    """The listings of the actor's organizations (for an officer: of all) in a state, or in `any`."""
    rows = visible_listings(actor)
    if not actor.is_officer:
        rows = rows.where(Listing.organization_id.in_(actor.organization_ids))
    if status != "any":
        rows = rows.where(Listing.status == status)
    return rows if organization_id is None else rows.where(Listing.organization_id == organization_id)


async def reserved_by_week(
    session: AsyncSession, listing_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[int, Decimal]]:
    """What is promised of each of these listings in each ISO week, in the listing's unit."""
    row = CapacityReservation
    rows = (
        select(row.listing_id, row.week, func.sum(row.quantity))
        .where(row.listing_id.in_(listing_ids), row.released_at.is_(None))
        .group_by(row.listing_id, row.week)
    )
    reserved: dict[UUID, dict[int, Decimal]] = defaultdict(dict)
    for listing_id, week, quantity in await session.execute(rows):
        reserved[listing_id][week] = quantity
    return reserved


async def is_reserved(session: AsyncSession, listing_id: UUID) -> bool:
    """Whether anything of a listing is promised."""
    row = CapacityReservation
    return bool(await session.scalar(select(exists().where(row.listing_id == listing_id, row.released_at.is_(None)))))


def _with_count(organizations: Select[Organization]) -> Select[Organization, int]:
    """The organization acted for, and how many listings it has; put together once."""
    acting = bindparam("acting", type_=Uuid)
    kept = select(func.count()).where(Listing.organization_id == acting, Listing.status != "archived")
    # Counted only where it is bounded: a large one has been verified.
    counted = case((Organization.verification != "verified", kept.scalar_subquery()), else_=0)
    return organizations.where(Organization.id == acting).add_columns(counted)


_WITH_COUNT = {
    True: _with_count(select(Organization)),
    False: _with_count(active_or_of(bindparam("user_id", type_=Uuid))),
}
"""By whether an officer asks, who sees every organization."""


async def organization_with_room(session: AsyncSession, actor: Actor, *, adding: int, most: int) -> Organization:
    """The organization acted for, when it may have so many more listings; one statement.

    Args:
        most: listings that an organization may have which nobody has verified; 0 is no bound.

    Raises:
        NotAllowed: nobody acts for one.
        TooManyListings
    """
    values = {"acting": acting_organization(actor), "user_id": actor.user_id}
    found = (await session.execute(_WITH_COUNT[actor.is_officer], values)).one_or_none()
    if found is None:
        raise NotFound
    organization: Organization = found[0]
    if most and is_bounded(actor, organization) and found[1] + adding > most:
        raise TooManyListings(most=most)
    return organization
