"""Whether an organization offers something already: what two equal listings have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.duplicates import Likeness, spelled
from market.listings.facts import listed_windows
from market.listings.models import Listing, listing_certificate

SAME = (
    "title",
    "concept",
    "unit",
    "price_vnd",
    "moq",
    "province",
    "commune",
    "variety",
    "grade",
    "packaging",
    "capacity",
    "certificates",
)
"""What two equal listings agree in, as the API names it."""
WORDS = ("title", "variety", "grade", "packaging", "growing_area")
PLACE = ("province_code", "province_version", "commune_code", "commune_version")
COLUMNS = (*WORDS, "concept_id", "category_id", "unit", "price_vnd", "moq", *PLACE)

Key = tuple[Any, ...]


def _key(columns: Mapping[str, Any], windows: Sequence[Sequence[Any]], certificates: Sequence[Any]) -> Key:
    plain = (spelled(columns[name]) if name in WORDS else columns[name] for name in COLUMNS)
    spans = sorted((str(start), str(end), Decimal(str(quantity)), per) for start, end, quantity, per in windows)
    return (*plain, tuple(spans), frozenset(map(str, certificates)))


def key_of(columns: Mapping[str, Any], windows: Sequence[Mapping[str, Any]], certificates: Sequence[UUID]) -> Key:
    """What is compared of a new listing, given its columns and those of its windows."""
    names = ("starts_on", "ends_on", "quantity", "per")
    return _key(columns, [[window[name] for name in names] for window in windows], certificates)


async def listings_like(
    session: AsyncSession,
    organization_id: UUID,
    new: Sequence[tuple[Mapping[str, Any], Key]],
    *,
    another: Sequence[bool],
) -> list[Likeness | None]:
    """For each new listing the one that is there already, or comes before it in the same batch; one statement.

    Args:
        new: columns of the rows, with their ids, and what is compared of each.
        another: for each, whether its sender insists that it is another one.
    """
    titles = {spelled(columns["title"]) for (columns, _), insists in zip(new, another, strict=True) if not insists}
    there = await _there(session, organization_id, titles) if titles else {}
    found: list[Likeness | None] = []
    for (columns, key), insists in zip(new, another, strict=True):
        other = None if insists else there.get(key)
        found.append(Likeness(*other, SAME) if other else None)
        if other is None:
            there.setdefault(key, (columns["id"], columns["title"]))
    return found


async def _there(session: AsyncSession, organization_id: UUID, titles: set[str]) -> dict[Key, tuple[UUID, str]]:
    """The organization's listings of these titles by what is compared of them, the oldest of equal ones."""
    attached = select(func.array_agg(listing_certificate.c.certificate_id)).where(
        listing_certificate.c.listing_id == Listing.id
    )
    columns: list[Any] = [Listing.id, *(getattr(Listing, name) for name in COLUMNS)]
    columns += [listed_windows().label("windows"), attached.correlate(Listing).scalar_subquery().label("certificates")]
    rows = select(*columns).where(
        Listing.organization_id == organization_id,
        Listing.status != "archived",
        func.btrim(func.market_searchable(Listing.title)).in_(titles),
    )
    found = (await session.execute(rows.order_by(Listing.id.desc()))).mappings()
    return {_key(dict(row), row["windows"], row["certificates"] or ()): (row["id"], row["title"]) for row in found}
