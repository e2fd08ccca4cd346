"""Reads of needs; who may see which rows stands here, once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, and_, any_, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from market.core.access import Actor
from market.core.db import among
from market.core.errors import NotFound
from market.core.kept_statements import KeptStatement
from market.core.stored_answers import row_mark
from market.needs.models import Need, NeedLine
from market.organizations.models import Organization

WHOLE: tuple[ExecutableOption, ...] = (joinedload(Need.organization), selectinload(Need.lines))
"""What an answer or a search document needs beside the row: one more statement, however many rows."""


def published_needs() -> Select[Need]:
    """What everybody may see: published, of an active organization."""
    return (
        select(Need)
        .join(Organization, Organization.id == Need.organization_id)
        .where(Need.status == "published", Organization.status == "active")
    )


def visible_needs(actor: Actor) -> Select[Need]:
    """Published needs are public; drafts, paused and archived ones are for their organization and officers."""
    rows = select(Need).join(Organization, Organization.id == Need.organization_id)
    if actor.is_officer:
        return rows
    public = and_(Need.status == "published", Organization.status == "active")
    return rows.where(or_(public, Need.organization_id.in_(actor.organization_ids)))


@cache
def need_proof(*, is_officer: bool) -> KeptStatement:
    """Which versions of its rows the answer to one need (`id`) follows from, to organizations (`own`)."""
    rows = select(Need).join(Organization, Organization.id == Need.organization_id)
    if not is_officer:
        public = and_(Need.status == "published", Organization.status == "active")
        rows = rows.where(or_(public, Need.organization_id == any_(bindparam("own", type_=ARRAY(Uuid)))))
    marks = func.string_agg(row_mark("need_line"), aggregate_order_by(literal_column("' '"), NeedLine.id))
    lines = select(marks).where(NeedLine.need_id == Need.id).correlate(Need).scalar_subquery()
    mark = func.concat_ws(" ", cast(Need.id, Text), row_mark("need"), row_mark("organization"), lines)
    return KeptStatement(rows.where(Need.id == bindparam("id")).with_only_columns(mark, maintain_column_froms=True))


async def get_need(session: AsyncSession, actor: Actor, need_id: UUID, *, lock: bool = False) -> Need:
    """One visible need with its lines.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = visible_needs(actor).where(Need.id == need_id).options(*WHOLE)
    need = await session.scalar(rows.with_for_update(of=Need) if lock else rows)
    if need is None:
        raise NotFound
    return need


async def needs_by_id(session: AsyncSession, rows: Select[Any], ids: Sequence[UUID]) -> list[Need]:
    """Those of `rows` with these ids, with their lines, in the order of the ids."""
    found = await session.scalars(rows.where(among(Need.id, ids)).options(*WHOLE))
    by_id = {need.id: need for need in found}
    return [by_id[need_id] for need_id in ids if need_id in by_id]


def own_needs(actor: Actor, *, status: str, organization_id: UUID | None) -> Select[Need]:
    """The needs of the actor's organizations (for an officer: of all) in a state, or in `any`."""
    rows = visible_needs(actor)
    if not actor.is_officer:
        rows = rows.where(Need.organization_id.in_(actor.organization_ids))
    if status != "any":
        rows = rows.where(Need.status == status)
    return rows if organization_id is None else rows.where(Need.organization_id == organization_id)
