"""The codes by which people know things in their own files: a row with a code that is known updates, never adds."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Text, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.db import among
from market.listings.models import Listing
from market.needs.models import Need


async def known_ids(
    session: AsyncSession, organization_id: UUID, kind: type[Listing] | type[Need], codes: Iterable[str]
) -> dict[str, UUID]:
    """What an organization's codes stand for, those that are known."""
    wanted = set(codes)
    if not wanted:
        return {}
    rows = select(kind.external_id, kind.id).where(
        kind.organization_id == organization_id, among(kind.external_id, wanted, Text)
    )
    return {str(row.external_id): row.id for row in await session.execute(rows)}
