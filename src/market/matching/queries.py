"""Offers and demands from the database: one statement for any number of either."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, String, Uuid, and_, any_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate
from market.core import clock
from market.listings.models import CapacityReservation, Listing, ListingCapacity, listing_certificate
from market.matching.facts import CertificateFacts, Demand, Offer, Window
from market.matching.models import FulfilmentRecord
from market.needs.models import Need, NeedLine
from market.organizations.models import Organization


def _windows() -> Any:
    quantity = cast(ListingCapacity.quantity, String)
    window = func.json_build_array(ListingCapacity.starts_on, ListingCapacity.ends_on, quantity, ListingCapacity.per)
    return (
        select(func.json_agg(window))
        .where(ListingCapacity.listing_id == Listing.id)
        .correlate(Listing)
        .scalar_subquery()
    )


def _certificates() -> Any:
    facts = func.json_build_array(
        Certificate.scheme,
        Certificate.level,
        Certificate.issued_on,
        Certificate.expires_on,
        Certificate.scope_concepts,
        Certificate.scope_area,
    )
    return (
        select(func.json_agg(facts))
        .join(listing_certificate, listing_certificate.c.certificate_id == Certificate.id)
        .where(
            listing_certificate.c.listing_id == Listing.id,
            Certificate.verification == "verified",
            Certificate.recalled_at.is_(None),
        )
        .correlate(Listing)
        .scalar_subquery()
    )


def _reserved() -> Any:
    row = CapacityReservation
    return (
        select(func.json_agg(func.json_build_array(row.week, cast(row.quantity, String))))
        .where(row.listing_id == Listing.id, row.released_at.is_(None))
        .correlate(Listing)
        .scalar_subquery()
    )


def _offers() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Listing.id,
        Listing.organization_id,
        (Organization.status == "active").label("active"),
        Listing.concept_id,
        Listing.unit,
        Listing.price_vnd,
        Listing.price_tiers,
        Listing.moq,
        Listing.province_code,
        Listing.province_version,
        Listing.updated_at,
        Listing.growing_area,
        func.coalesce(FulfilmentRecord.lines_met, 0).label("lines_met"),
        func.coalesce(FulfilmentRecord.lines_due, 0).label("lines_due"),
        _windows().label("windows"),
        _certificates().label("certificates"),
        _reserved().label("reserved"),
    )
    return (
        select(*columns)
        .join(Organization, Organization.id == Listing.organization_id)
        .outerjoin(FulfilmentRecord, FulfilmentRecord.organization_id == Listing.organization_id)
        .where(Listing.concept_id.is_not(None))
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _offer(row: Row[Any]) -> Offer:
    return Offer(
        listing_id=row.id,
        organization_id=row.organization_id,
        organization_active=row.active,
        concept=row.concept_id,
        unit=row.unit,
        price_vnd=row.price_vnd,
        moq=row.moq,
        province=(row.province_code, row.province_version),
        windows=tuple(
            Window(date.fromisoformat(start), date.fromisoformat(end), Decimal(quantity), per)
            for start, end, quantity, per in row.windows or ()
        ),
        certificates=tuple(
            CertificateFacts(scheme, level, date.fromisoformat(issued), _date(expires), tuple(goods), area)
            for scheme, level, issued, expires, goods, area in row.certificates or ()
        ),
        updated_at=row.updated_at,
        growing_area=row.growing_area,
        lines_met=row.lines_met,
        lines_due=row.lines_due,
        reserved=_sums(row.reserved or ()),
        price_tiers=tuple((Decimal(tier["min_quantity"]), tier["price_vnd"]) for tier in row.price_tiers),
    )


def _sums(reserved: Iterable[tuple[int, str]]) -> dict[int, Decimal]:
    weeks: dict[int, Decimal] = {}
    for week, quantity in reserved:
        weeks[week] = weeks.get(week, Decimal(0)) + Decimal(quantity)
    return weeks


_IDS = bindparam("ids", type_=ARRAY(Uuid))
_PUBLISHED_OFFERS = _offers().where(Listing.id == any_(_IDS), Listing.status == "published")
"""Built once: building it takes as long as the database takes to answer it."""


async def offers_by_id(session: AsyncSession, ids: Collection[UUID]) -> list[Offer]:
    """The published offers among these listings."""
    return [_offer(row) for row in await session.execute(_PUBLISHED_OFFERS, {"ids": list(ids)})]


async def offers_quoted(session: AsyncSession, ids: Collection[UUID]) -> list[Offer]:
    """These listings as offers, whatever their status: what was quoted is judged even while its listing is paused."""
    return [_offer(row) for row in await session.execute(_offers().where(Listing.id.in_(ids)))]


async def offer_of(session: AsyncSession, listing_id: UUID) -> Offer | None:
    """A listing as an offer, whatever its status; None while it has no concept."""
    row = (await session.execute(_offers().where(Listing.id == listing_id))).one_or_none()
    return _offer(row) if row else None


def demands_of(need: Need, *, active: bool) -> list[Demand]:
    """The lines of a need whose lines are loaded."""
    return [_demand(line, need, active=active) for line in need.lines]


def _demand(line: NeedLine, need: Any, *, active: bool) -> Demand:
    return Demand(
        need_id=need.id,
        line_id=line.id,
        organization_id=need.organization_id,
        organization_active=active,
        concept=line.concept_id,
        unit=line.unit,
        quantity=line.quantity,
        per=line.per,
        weekdays=tuple(line.weekdays),
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        required=tuple(line.required_certificates),
        preferred=tuple(line.preferred_certificates),
        price_ceiling_vnd=line.price_ceiling_vnd,
        province=(need.province_code, need.province_version),
    )


def _open_demands(concepts: Iterable[str]) -> Select[Any]:
    still_open = or_(Need.deadline.is_(None), Need.deadline >= clock.today())
    columns: tuple[Any, ...] = (NeedLine, Need, (Organization.status == "active").label("active"))
    return (
        select(*columns)
        .join(Need, Need.id == NeedLine.need_id)
        .join(Organization, Organization.id == Need.organization_id)
        .where(NeedLine.concept_id.in_(set(concepts)), Need.status == "published", still_open)
    )


async def demands_for(session: AsyncSession, ids: Collection[UUID], concepts: Iterable[str]) -> list[Demand]:
    """Lines of these needs that ask for one of these goods, where the need is published and still open."""
    rows = await session.execute(_open_demands(concepts).where(Need.id.in_(ids)))
    return [_demand(row.NeedLine, row.Need, active=row.active) for row in rows]


async def open_demands(session: AsyncSession, concepts: Iterable[str]) -> list[Demand]:
    """All lines that ask for one of these goods and are not over, of published needs that are still open."""
    rows = await session.execute(_open_demands(concepts).where(NeedLine.ends_on >= clock.today()))
    return [_demand(row.NeedLine, row.Need, active=row.active) for row in rows]


async def open_offers(session: AsyncSession, concepts: Iterable[str]) -> list[Offer]:
    """All published offers of these goods."""
    rows = _offers().where(Listing.concept_id.in_(set(concepts)), Listing.status == "published")
    return [_offer(row) for row in await session.execute(rows)]


async def recent_listings_of(session: AsyncSession, concepts: Collection[str], *, limit: int) -> list[UUID]:
    """Candidates without the engine: published listings of these goods, newest first."""
    rows = (
        select(Listing.id)
        .where(and_(Listing.status == "published", Listing.concept_id.in_(concepts)))
        .order_by(Listing.published_at.desc())
        .limit(limit)
    )
    return list(await session.scalars(rows))


async def recent_needs_of(session: AsyncSession, concepts: Collection[str], *, limit: int) -> list[UUID]:
    """Candidates without the engine: published needs with a line for one of these goods, newest first."""
    asks = NeedLine.concept_id.in_(concepts)
    rows = (
        select(Need.id)
        .where(Need.status == "published", Need.id.in_(select(NeedLine.need_id).where(asks)))
        .order_by(Need.published_at.desc())
        .limit(limit)
    )
    return list(await session.scalars(rows))
