"""The codes by which people know things in their own files: a row with a code that is known updates, never adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.db import insert_rows
from market.imports.models import ExternalId


async def known_ids(session: AsyncSession, organization_id: UUID, kind: str, codes: Iterable[str]) -> dict[str, UUID]:
    """What an organization's codes stand for, those that are known."""
    wanted = set(codes)
    if not wanted:
        return {}
    row = ExternalId
    rows = select(row.code, row.entity_id).where(
        row.organization_id == organization_id, row.kind == kind, row.code.in_(wanted)
    )
    return {row.code: row.entity_id for row in await session.execute(rows)}


async def remember_ids(session: AsyncSession, organization_id: UUID, kind: str, ids: Mapping[str, UUID]) -> None:
    """Note what codes stand for from now on."""
    if not ids:
        return
    row = ExternalId
    same = (row.organization_id == organization_id, row.kind == kind, row.code.in_(ids))
    await session.execute(delete(row).where(*same))
    noted = [
        {"organization_id": organization_id, "kind": kind, "code": code, "entity_id": entity_id}
        for code, entity_id in ids.items()
    ]
    await insert_rows(session, row.__table__, noted)


async def codes_of(session: AsyncSession, kind: str, entity_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The codes of things, for what is written out again."""
    wanted = list(entity_ids)
    rows = select(ExternalId.entity_id, ExternalId.code).where(
        ExternalId.kind == kind, ExternalId.entity_id.in_(wanted)
    )
    return {row.entity_id: row.code for row in await session.execute(rows)}
