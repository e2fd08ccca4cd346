"""What can be imported: how a row is checked and how many rows of one organization are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import SYSTEM
from market.core.duplicates import Likeness
from market.core.errors import FieldError
from market.imports.columns import LISTING_COLUMNS, NEED_COLUMNS, Columns
from market.listings.schemas import ListingCreate
from market.listings.service import NewListing, Refused, keep_listings, new_listing
from market.needs.schemas import NeedCreate
from market.needs.service import create_needs
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue
from market.reference.types import known_catalogue

Outcomes = list[Sequence[FieldError]]
"""For each row, why it was not kept; nothing when it was."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rows."""

    name: str
    model: type[BaseModel]
    columns: Columns
    prepare: Callable[[Any, Catalogue], Any]
    """What can be made of a checked row without the database: done ahead, while rows before it are written."""
    keep: Callable[[AsyncSession, Sequence[Any], Organization], Awaitable[Outcomes]]


async def _keep_listings(session: AsyncSession, rows: Sequence[NewListing], organization: Organization) -> Outcomes:
    catalogue = await known_catalogue(session)
    kept = await keep_listings(session, SYSTEM, rows, organization=organization, catalogue=catalogue)
    return [outcome.errors if isinstance(outcome, Refused) else () for outcome in kept]


def _as_it_is(need_in: NeedCreate, _catalogue: Catalogue) -> NeedCreate:
    return need_in


async def _keep_needs(session: AsyncSession, rows: Sequence[NeedCreate], organization: Organization) -> Outcomes:
    kept = await create_needs(session, SYSTEM, rows, organization=organization)
    return [[outcome.error] if isinstance(outcome, Likeness) else () for outcome in kept]


KINDS: Mapping[str, Kind] = {
    "listings": Kind("listings", ListingCreate, LISTING_COLUMNS, new_listing, _keep_listings),
    "needs": Kind("needs", NeedCreate, NEED_COLUMNS, _as_it_is, _keep_needs),
}
