"""A published listing as plain values: what search documents and alerts are made of, read by the thousand.

The same names as the row and what belongs to it, so that whoever makes a document takes either. The database sends all
of them in one text: rows made into objects cost several times what reading the text does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Protocol
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, Text, Uuid, and_, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.facts import HELD, HeldCertificate
from market.certificates.models import Certificate
from market.core import clock
from market.core.access import Actor
from market.core.errors import NotFound
from market.core.kept_statements import KeptStatement, Reader, WithinTransaction
from market.listings.models import CapacityReservation, ConceptSource, Listing, ListingCapacity, listing_certificate
from market.listings.queries import published_listings, visible_rows
from market.organizations.facts import NAMED, NamedOrganization
from market.organizations.models import Organization
from market.organizations.publication import Status
from market.reference.cadence import Cadence, Per
from market.reference.records import Certainty, CommuneVersion, Version


class Window(msgspec.Struct, frozen=True, array_like=True):
    """How much there is from a day through another."""

    starts_on: date
    ends_on: date
    quantity: Decimal
    per: Per


def weekly_capacity(windows: Iterable[Window | ListingCapacity]) -> Mapping[int, Decimal]:
    """What can be had in each ISO week, in the listing's unit; overlapping windows add up."""
    spreads = [
        Cadence.of(window.quantity, window.per, start=window.starts_on, end=window.ends_on).weekly()
        for window in windows
    ]
    if len(spreads) == 1:
        return spreads[0]
    weeks: dict[int, Decimal] = {}
    for spread in spreads:
        for week, quantity in spread.items():
            weeks[week] = weeks.get(week, Decimal(0)) + quantity
    return weeks


def free_capacity(capacity: Mapping[int, Decimal], promised: Mapping[int, Decimal]) -> Mapping[int, Decimal]:
    """What is not promised yet in each ISO week; weeks without any are left out."""
    if not promised:
        return capacity
    free = {week: quantity - promised.get(week, Decimal(0)) for week, quantity in capacity.items()}
    return {week: quantity for week, quantity in free.items() if quantity > 0}


class ListingFacts(msgspec.Struct, frozen=True, array_like=True):
    """A published listing with what belongs to it."""

    id: UUID
    version: int
    organization_id: UUID
    title: str
    description: str | None
    variety: str | None
    growing_area: str | None
    concept_id: str | None
    category_id: str
    certainty: Certainty
    evidence: tuple[str, ...]
    may_be: tuple[str, ...]
    province_code: str
    province_version: Version
    commune_code: str | None
    commune_version: CommuneVersion | None
    unit: str
    price_vnd: int | None
    price_until: date | None
    moq: Decimal | None
    kg_each: Decimal | None
    grade: str | None
    size: str | None
    packaging: str | None
    cold_chain: bool
    published_at: datetime | None
    updated_at: datetime
    photo: dict[str, str] | None
    organization: NamedOrganization
    capacity: tuple[Window, ...]
    """By first day."""
    certificates: tuple[HeldCertificate, ...]
    reserved: Mapping[int, Decimal]
    """What of each ISO week is promised, in the listing's unit."""


class WholeListing(ListingFacts, frozen=True, array_like=True):
    """A listing with all that its answer says, whoever may see it."""

    external_id: str | None
    concept_source: ConceptSource
    confidence: float | None
    price_tiers: list[dict[str, Any]]
    shelf_life_days: int | None
    status: Status
    created_at: datetime
    is_public: bool


AnyListing = Listing | ListingFacts


class Priced(Protocol):
    """Anything that has a price with a last day."""

    @property
    def price_vnd(self) -> int | None: ...

    @property
    def price_until(self) -> date | None: ...


def known_price(listing: Priced) -> int | None:
    """The price of one unit today, in đồng; None where it must be asked for: none given, 0, or past its last day."""
    over = listing.price_until is not None and listing.price_until < clock.today()
    return None if over else listing.price_vnd or None


EMPTY: ColumnElement[Any] = literal_column("'[]'::json")


def as_list(*fields: Any) -> Any:
    """Columns as one JSON list."""
    return func.json_build_array(*fields)


def listed_windows() -> Any:
    """A listing's capacity as `Window` has it, by first day."""
    row = ListingCapacity
    window = as_list(row.starts_on, row.ends_on, row.quantity, row.per)
    windows = select(func.json_agg(aggregate_order_by(window, row.starts_on))).where(row.listing_id == Listing.id)
    return func.coalesce(windows.correlate(Listing).scalar_subquery(), EMPTY)


def listed_reservations() -> Any:
    """What is promised of a listing, by ISO week."""
    row = CapacityReservation
    weeks = (
        select(row.week, func.sum(row.quantity).label("quantity"))
        .where(row.listing_id == Listing.id, row.released_at.is_(None))
        .group_by(row.week)
        .correlate(Listing)
        .subquery()
    )
    reserved = select(func.json_object_agg(weeks.c.week, weeks.c.quantity)).scalar_subquery()
    return func.coalesce(reserved, literal_column("'{}'::json"))


def _certificates() -> Any:
    held = listing_certificate.c
    certificates = (
        select(func.json_agg(aggregate_order_by(HELD, Certificate.id)))
        .join(listing_certificate, held.certificate_id == Certificate.id)
        .where(held.listing_id == Listing.id)
    )
    return func.coalesce(certificates.correlate(Listing).scalar_subquery(), EMPTY)


def _plain() -> list[Any]:
    own = [getattr(Listing, name) for name in ListingFacts.__struct_fields__[:-4]]
    return [*own, NAMED, listed_windows(), _certificates(), listed_reservations()]


def _facts() -> Any:
    return as_list(*_plain())


def _whole() -> Any:
    own = WholeListing.__struct_fields__[len(ListingFacts.__struct_fields__) : -1]
    public = and_(Listing.status == "published", Organization.status == "active")
    return as_list(*_plain(), *(getattr(Listing, name) for name in own), public)


@cache
def one_visible(*, is_officer: bool) -> KeptStatement:
    """A listing (`id`) as a `WholeListing` in JSON, to who belongs to organizations (`own`) or to officers."""
    rows = visible_rows(is_officer, bindparam("own", type_=ARRAY(Uuid))).where(Listing.id == bindparam("id"))
    return KeptStatement(rows.with_only_columns(cast(_whole(), Text), maintain_column_froms=True))


read_whole_listing = msgspec.json.Decoder(WholeListing).decode


async def whole_listing_text(reader: Reader | WithinTransaction, actor: Actor, listing_id: UUID) -> str:
    """All that the answer to one listing follows from, as the database writes it: `WholeListing` in JSON.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    own = {} if actor.is_officer else {"own": actor.organization_ids}
    text: str | None = await reader.value(one_visible(is_officer=actor.is_officer), id=listing_id, **own)
    if text is None:
        raise NotFound
    return text


async def whole_listings(session: AsyncSession, rows: Select[Listing]) -> list[WholeListing]:
    """Listings with all that belongs to them, in the order of the rows, which join the organization."""
    texts = await session.scalars(rows.with_only_columns(cast(_whole(), Text), maintain_column_froms=True))
    return [read_whole_listing(text) for text in texts]


def _statement() -> Select[str | None]:
    # Joined, not compared with a list: before the table is analyzed, as in a first import, PostgreSQL reads all of an
    # organization's listings and looks each of them up in the list.
    wanted = func.unnest(bindparam("ids", type_=ARRAY(Uuid))).table_valued("id", name="wanted").render_derived()
    rows = published_listings().join(wanted, wanted.c.id == Listing.id)
    return rows.with_only_columns(cast(func.json_agg(_facts()), Text), maintain_column_froms=True)


_PUBLISHED = _statement()
"""Built once: building it takes as long as the database takes to answer it for one."""
_decode = msgspec.json.Decoder(list[ListingFacts]).decode


async def published_facts(session: AsyncSession, ids: Sequence[UUID]) -> list[ListingFacts]:
    """Those of these listings that everybody may see, in the order of the ids."""
    found = {facts.id: facts for facts in _decode(await session.scalar(_PUBLISHED, {"ids": list(ids)}) or "[]")}
    return [found[id_] for id_ in ids if id_ in found]
