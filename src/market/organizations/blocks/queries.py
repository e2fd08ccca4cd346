"""Reads of blocks: between whom nothing new begins, whichever of the two wants it so."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from market.core.db import among
from market.organizations.blocks.models import Block

Pair = frozenset[UUID]


def blocks_of(organization_id: UUID) -> Select[Block]:
    """The blocks in force that an organization has set."""
    return select(Block).where(Block.organization_id == organization_id, Block.lifted_at.is_(None))


def none_between(organization: InstrumentedAttribute[UUID], other: Any) -> ColumnElement[bool]:
    """Whether neither blocks the other.

    Args:
        organization: a column of the statement.
        other: an id or a parameter, the same for every row: who is left out is looked up once for all of them.
    """
    set_by = select(Block.blocked_id).where(Block.organization_id == other, Block.lifted_at.is_(None))
    set_on = select(Block.organization_id).where(Block.blocked_id == other, Block.lifted_at.is_(None))
    return organization.not_in(union_all(set_by, set_on))


async def blocking_pairs(session: AsyncSession, organizations: Collection[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """Who of these blocks whom of these; one statement however many, none for fewer than two."""
    ids = set(organizations)
    if len(ids) <= 1:
        return frozenset()
    rows = select(Block.organization_id, Block.blocked_id).where(
        among(Block.organization_id, ids), among(Block.blocked_id, ids), Block.lifted_at.is_(None)
    )
    return frozenset((one, other) for one, other in await session.execute(rows))


async def blocked_pairs(session: AsyncSession, organizations: Collection[UUID]) -> frozenset[Pair]:
    """The pairs of these of whom at least one blocks the other."""
    return frozenset(frozenset(pair) for pair in await blocking_pairs(session, organizations))
