"""Which agreements are published as contracting data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.agreements.ledger.standings import Standing, standings
from market.agreements.models import Agreement
from market.agreements.queries import visible_agreements, whole
from market.core.access import ANONYMOUS, Actor
from market.integrations.ocds import Version, dated


def published_agreements() -> Select[Agreement]:
    """Signed papers of trade, whoever asks: drafts and what is no trade are no contracting."""
    return whole(visible_agreements(ANONYMOUS).where(Agreement.domain == "trade"))


async def versions_of(session: AsyncSession, firsts: Sequence[Agreement]) -> list[list[Agreement]]:
    """Each agreement with its published amendments, oldest first; a statement for each generation."""
    chains = {first.id: [first] for first in firsts}
    newest = {first.id: first.id for first in firsts}
    while newest:
        rows = await session.scalars(published_agreements().where(Agreement.amends_id.in_(list(newest))))
        following: dict[UUID, UUID] = {}
        for amendment in rows:
            first = newest[amendment.amends_id] if amendment.amends_id else amendment.id
            chains[first].append(amendment)
            following[amendment.id] = first
        newest = following
    return [chains[first.id] for first in firsts]


async def dates_of(session: AsyncSession, agreements: Sequence[Agreement]) -> dict[UUID, datetime]:
    """When what is told of each agreement happened, in one statement however often it was amended."""
    version = aliased(Agreement)
    reached = select(Agreement.id, Agreement.amends_id).where(Agreement.id.in_([one.id for one in agreements]))
    chain = reached.cte("chain", recursive=True)
    chain = chain.union(select(version.id, version.amends_id).join(chain, version.id == chain.c.amends_id))
    columns = [getattr(Agreement, field.name) for field in fields(Version)]
    rows = select(*columns).where(Agreement.id.in_(select(chain.c.id)), Agreement.signed_on.is_not(None))
    return dated(Version(*row) for row in await session.execute(rows))


async def standings_for(
    session: AsyncSession, actor: Actor, agreements: Sequence[Agreement]
) -> dict[UUID, Standing] | None:
    """Where every line stands, for officers; None for others."""
    if not actor.is_officer:
        return None
    lines = [line for agreement in agreements for line in agreement.lines]
    return {standing.line.id: standing for standing in await standings(session, lines)}
