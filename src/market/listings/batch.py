"""Many listings in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.batches import BatchAnswer, ReadItems
from market.core.language import preferred_language
from market.listings.schemas import ListingCreate
from market.listings.service import Refused, create_listings
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue


async def create_batch(
    session: AsyncSession,
    actor: Actor,
    items: Sequence[Mapping[str, Any]],
    *,
    organization: Organization,
    catalogue: Catalogue,
    accept_language: str | None,
) -> BatchAnswer:
    """Create every item that can be; say of each other one what is wrong."""
    read = ReadItems(ListingCreate, items)
    indexes = list(read.good)
    results = await create_listings(
        session, actor, list(read.good.values()), organization=organization, catalogue=catalogue
    )
    ids = {}
    for index, result in zip(indexes, results, strict=True):
        if isinstance(result, Refused) and result.duplicate is not None:
            read.doubt(index, result.duplicate)
        elif isinstance(result, Refused):
            read.refuse(index, result.errors)
        else:
            ids[index] = result
    return read.answer(ids, language=preferred_language(accept_language))
