"""Reads of lots; who may see which rows stands here, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, Text, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload

from market.core.access import Actor
from market.core.db import among
from market.core.errors import NotFound
from market.listings.models import Listing
from market.lots.models import Lot
from market.organizations.models import Organization

MOST_CLAIMS = 20
"""Lots under one GTIN and code that are shown: only one organization owns the number."""


PUBLIC = Listing.published_at.is_not(None) & (Organization.status == "active")


def public_lots() -> Select[Lot]:
    """What everybody may see."""
    return select(Lot).join(Lot.listing).join(Listing.organization).where(PUBLIC)


def visible_lots(actor: Actor) -> Select[Lot]:
    """Lots of active organizations whose listing is or was published are public: goods outlast their listing, and
    so must their label. The others are for their organization and officers."""
    rows = (
        select(Lot)
        .join(Lot.listing)
        .join(Listing.organization)
        .options(contains_eager(Lot.listing).contains_eager(Listing.organization))
    )
    if actor.is_officer:
        return rows
    return rows.where(or_(PUBLIC, Lot.organization_id.in_(actor.organization_ids)))


async def get_lot(session: AsyncSession, actor: Actor, lot_id: UUID, *, lock: bool = False) -> Lot:
    """One visible lot with its listing and organization.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = visible_lots(actor).where(Lot.id == lot_id)
    lot = await session.scalar(rows.with_for_update(of=Lot) if lock else rows)
    if lot is None:
        raise NotFound
    return lot


async def labelled_lots(session: AsyncSession, actor: Actor, *, gtin: str, code: str) -> Sequence[Lot]:
    """The visible lots that carry this label, the oldest first; several where organizations use the same number."""
    rows = visible_lots(actor).where(Lot.gtin == gtin, Lot.code == code).order_by(Lot.id).limit(MOST_CLAIMS)
    found = (await session.scalars(rows)).all()
    return [lot for lot in found if lot.withdrawn_at is None] or found


async def first_of_gtins(session: AsyncSession, gtins: Collection[str]) -> dict[str, list[Lot]]:
    """By GTIN the first lot of each active organization that carries it, published or not, the oldest first, with its
    listing; in one statement."""
    firsts = (
        select(Lot.id)
        .join(Lot.listing)
        .join(Listing.organization)
        .where(among(Lot.gtin, gtins, Text), Lot.withdrawn_at.is_(None), Organization.status == "active")
        .ext(distinct_on(Lot.gtin, Lot.organization_id))
        .order_by(Lot.gtin, Lot.organization_id, Lot.id)
    )
    rows = select(Lot).where(Lot.id.in_(firsts)).options(joinedload(Lot.listing)).order_by(Lot.id)
    found: dict[str, list[Lot]] = defaultdict(list)
    for lot in await session.scalars(rows):
        found[lot.gtin or ""].append(lot)
    return found


async def gtins_of_listing(session: AsyncSession, actor: Actor, listing_id: UUID) -> Sequence[str]:
    """What the labels of a listing's visible lots carry, but for those withdrawn or recalled."""
    own = visible_lots(actor).where(Lot.listing_id == listing_id, Lot.withdrawn_at.is_(None), Lot.recalled_at.is_(None))
    rows = own.where(Lot.gtin.is_not(None)).with_only_columns(Lot.gtin).distinct().order_by(Lot.gtin)
    return [gtin for gtin in await session.scalars(rows) if gtin is not None]


def lots_in_force(actor: Actor) -> Select[Lot]:
    """The visible lots without those of others that were recorded by mistake."""
    own = Lot.organization_id.in_(actor.organization_ids)
    return visible_lots(actor).where(or_(Lot.withdrawn_at.is_(None), own))
