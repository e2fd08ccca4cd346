"""Whether an organization offers something already: what two equal listings have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.duplicates import Entered, Likeness, spelled
from market.core.kept_statements import KeptStatement, WithinTransaction
from market.listings.facts import listed_windows
from market.listings.models import Listing, listing_certificate

SAME = (
    "title",
    "concept",
    "unit",
    "price_vnd",
    "moq",
    "kg_each",
    "province",
    "commune",
    "variety",
    "grade",
    "size",
    "packaging",
    "capacity",
    "certificates",
)
"""What two equal listings agree in, as the API names it."""
WORDS = ("title", "variety", "grade", "size", "packaging", "growing_area")
PLACE = ("province_code", "province_version", "commune_code", "commune_version")
COLUMNS = (*WORDS, "concept_id", "category_id", "unit", "price_vnd", "moq", "kg_each", *PLACE)

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
    there = await _there(session, organization_id, titles) if titles else Entered()
    found: list[Likeness | None] = []
    for (columns, key), insists in zip(new, another, strict=True):
        external_id = columns["external_id"]
        other = None if insists else there.like(key, external_id=external_id, same=SAME)
        found.append(other)
        if other is None:
            there.add(key, id_=columns["id"], name=columns["title"], external_id=external_id)
    return found


def _statement() -> KeptStatement:
    """An organization's (`organization`) listings of some titles (`titles`), with what is compared of each."""
    attached = select(func.array_agg(listing_certificate.c.certificate_id)).where(
        listing_certificate.c.listing_id == Listing.id
    )
    columns: list[Any] = [Listing.id, Listing.external_id, *(getattr(Listing, name) for name in COLUMNS)]
    columns += [listed_windows().label("windows"), attached.correlate(Listing).scalar_subquery().label("certificates")]
    spelled_so = func.btrim(func.market_searchable(Listing.title), type_=Text)
    rows = select(*columns).where(
        Listing.organization_id == bindparam("organization", type_=Uuid),
        Listing.status != "archived",
        spelled_so == any_(bindparam("titles", type_=ARRAY(Text))),
    )
    return KeptStatement(rows.order_by(Listing.id))


_OF_THESE_TITLES = _statement()
"""Built once: every create asks it, and building it took longer than the database to answer it."""


async def _there(session: AsyncSession, organization_id: UUID, titles: set[str]) -> Entered:
    """The organization's listings of these titles by what is compared of them."""
    there = Entered()
    kept = WithinTransaction(session)
    for row in await kept.rows(_OF_THESE_TITLES, organization=organization_id, titles=sorted(titles)):
        key = _key(row, row["windows"], row["certificates"] or ())
        there.add(key, id_=row["id"], name=row["title"], external_id=row["external_id"])
    return there
