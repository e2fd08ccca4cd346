"""How news of papers and deliveries name things: who did it, and what is told only on the page of the paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.language import Message
from market.notifications.kinds import Spoken
from market.organizations.models import Organization

AN_OFFICER = Message(vi="Cán bộ", en="An officer")
THE_MARKET = Message(vi="Hệ thống", en="The market")
SEE_THERE = Message(vi="xem trong văn bản", en="see the agreement")
"""Words that one party wrote to another are read where they stand, not in mail."""


async def names_of(session: AsyncSession, changes: Iterable[Any]) -> Mapping[UUID, str]:
    """The organizations whose deeds these entries are, by id; at most one statement."""
    ids = {change.organization_id for change in changes if change.organization_id is not None}
    if not ids:
        return {}
    rows = await session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(ids)))
    return {row.id: row.name for row in rows}


def doer(change: Any, names: Mapping[UUID, str]) -> Spoken:
    """Who did what an entry tells of."""
    named = names.get(change.organization_id) if change.organization_id is not None else None
    return named or (THE_MARKET if change.actor_kind == "system" else AN_OFFICER)
