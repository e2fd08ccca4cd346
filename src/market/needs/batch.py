"""Many needs in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.batches import BatchAnswer, ReadItems
from market.core.duplicates import Likeness
from market.core.language import preferred_language
from market.needs.schemas import NeedCreate
from market.needs.service import create_needs
from market.organizations.queries import get_acting_organization


async def create_batch(
    session: AsyncSession, actor: Actor, items: Sequence[Mapping[str, Any]], *, accept_language: str | None
) -> BatchAnswer:
    """Create every item that can be; say of each other one what is wrong."""
    organization = await get_acting_organization(session, actor)
    read = ReadItems(NeedCreate, items)
    indexes = list(read.good)
    results = await create_needs(session, actor, list(read.good.values()), organization=organization)
    ids = {}
    for index, result in zip(indexes, results, strict=True):
        if isinstance(result, Likeness):
            read.doubt(index, result)
        else:
            ids[index] = result
    return read.answer(ids, language=preferred_language(accept_language))
