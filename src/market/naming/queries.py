"""Reads of the queue of names: officers see all of it, nobody else any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Select, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.errors import NotFound
from market.listings.models import Listing
from market.organizations.models import Organization
from market.reference.models import GoodsDecision, GoodsName

MOST_SELLERS, MOST_TITLES, MOST_READ = 5, 3, 50


@dataclass(slots=True)
class Use:
    """How a name is used."""

    listings: int = 0
    organizations: dict[UUID, str] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)


def visible_names(actor: Actor) -> Select[GoodsName]:
    """The names that an actor may see."""
    rows = select(GoodsName)
    return rows if actor.is_officer or actor.is_system else rows.where(false())


async def get_name(session: AsyncSession, actor: Actor, name_id: UUID) -> GoodsName:
    """A name, locked until the end of the transaction: two officers decide it one after the other.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    name = await session.scalar(visible_names(actor).where(GoodsName.id == name_id).with_for_update())
    if name is None:
        raise NotFound
    return name


async def uses_of(session: AsyncSession, keys: Collection[str]) -> Mapping[str, Use]:
    """How names are used in listings that are no drafts: one statement for any number of names."""
    number = func.row_number().over(partition_by=Listing.name_key, order_by=Listing.id)
    total = func.count().over(partition_by=Listing.name_key)
    rows = (
        select(
            Listing.name_key,
            Listing.title,
            Organization.id.label("organization_id"),
            Organization.name.label("organization"),
            number.label("place"),
            total.label("total"),
        )
        .join(Organization, Organization.id == Listing.organization_id)
        .where(Listing.name_key.in_(keys), Listing.status.in_(("published", "paused")))
        .subquery()
    )
    found: dict[str, Use] = defaultdict(Use)
    for row in await session.execute(select(rows).where(rows.c.place <= MOST_READ)):
        use = found[row.name_key]
        use.listings = row.total
        if len(use.organizations) < MOST_SELLERS:
            use.organizations[row.organization_id] = row.organization
        if row.place <= MOST_TITLES:
            use.titles.append(row.title)
    return found


async def decisions_of(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Sequence[GoodsDecision]]:
    """The decisions about names, newest first."""
    rows = select(GoodsDecision).where(GoodsDecision.name_id.in_(ids)).order_by(GoodsDecision.id.desc())
    found: dict[UUID, list[GoodsDecision]] = defaultdict(list)
    for decision in await session.scalars(rows):
        found[decision.name_id].append(decision)
    return found
