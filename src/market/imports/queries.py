"""Reads of imports; who may see which stands here, once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.errors import NotFound
from market.imports.models import ImportedRow, ImportTask


def visible_imports(actor: Actor) -> Select[ImportTask]:
    """What somebody brought is for them and their organization; a file may hold anything, so not for officers."""
    own = ImportTask.organization_id.in_(actor.organization_ids)
    return select(ImportTask).where(or_(own, ImportTask.user_id == actor.user_id))


async def get_import(session: AsyncSession, actor: Actor, import_id: UUID, *, lock: bool = False) -> ImportTask:
    """One visible import.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = visible_imports(actor).where(ImportTask.id == import_id)
    task = await session.scalar(rows.with_for_update() if lock else rows)
    if task is None:
        raise NotFound
    return task


async def rows_of(session: AsyncSession, import_id: UUID) -> Sequence[ImportedRow]:
    """What became of the rows, in their order."""
    rows = select(ImportedRow).where(ImportedRow.import_id == import_id).order_by(ImportedRow.line)
    return (await session.scalars(rows)).all()
