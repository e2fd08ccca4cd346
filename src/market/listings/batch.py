"""Many listings in one request."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.batches import BatchAnswer, ReadItems
from market.core.language import preferred_language
from market.listings.schemas import ListingCreate
from market.listings.service import NewListing, Refused, keep_listings, new_listing
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue

READ_AT_A_TIME = 16
"""Titles that are read before others get their turn: a thousand take a process the better part of a second."""


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
    new: list[NewListing] = []
    for place, item in enumerate(read.good.values(), start=1):
        new.append(new_listing(item, catalogue))
        if place % READ_AT_A_TIME == 0:
            await asyncio.sleep(0)
    results = await keep_listings(session, actor, new, organization=organization, catalogue=catalogue)
    ids = {}
    for index, result in zip(indexes, results, strict=True):
        if isinstance(result, Refused) and result.duplicate is not None:
            read.doubt(index, result.duplicate)
        elif isinstance(result, Refused):
            read.refuse(index, result.errors)
        else:
            ids[index] = result
    return read.answer(ids, language=preferred_language(accept_language))
