"""Whether an organization offers something already: what two equal listings have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.duplicates import Likeness, spelled
from market.listings.models import Listing

SAME = ("title", "unit", "price_vnd", "province", "variety", "grade", "packaging", "growing_area")
"""What two equal listings agree in; when there is how much of it is no difference."""
WORDS = ("title", "variety", "grade", "packaging", "growing_area")
COLUMNS = (*WORDS, "unit", "price_vnd", "province_code", "province_version")


def _key(columns: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(spelled(columns[name]) if name in WORDS else columns[name] for name in COLUMNS)


async def listings_like(
    session: AsyncSession, organization_id: UUID, new: Sequence[Mapping[str, Any]], *, another: Sequence[bool]
) -> list[Likeness | None]:
    """For each new listing the one that is there already, or comes before it in the same batch; one statement.

    Args:
        new: columns of the rows, with their ids.
        another: for each, whether its sender insists that it is another one.
    """
    titles = {spelled(columns["title"]) for columns, insists in zip(new, another, strict=True) if not insists}
    rows = select(Listing.id, *(getattr(Listing, name) for name in COLUMNS)).where(
        Listing.organization_id == organization_id,
        Listing.status != "archived",
        func.btrim(func.market_searchable(Listing.title)).in_(titles),
    )
    there: dict[tuple[Any, ...], tuple[UUID, str]] = {}
    if titles:
        for row in (await session.execute(rows.order_by(Listing.id.desc()))).mappings():
            there[_key(row)] = (row["id"], row["title"])
    found: list[Likeness | None] = []
    for columns, insists in zip(new, another, strict=True):
        other = None if insists else there.get(_key(columns))
        found.append(Likeness(*other, SAME) if other else None)
        if other is None:
            there.setdefault(_key(columns), (columns["id"], columns["title"]))
    return found
