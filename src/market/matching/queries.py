"""Offers and demands from the database: one statement for any number of either."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Date,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate, Verification
from market.core import clock
from market.core.access import Actor
from market.core.db import among
from market.core.errors import NotFound
from market.listings.facts import EMPTY, as_list, listed_reservations, listed_windows
from market.listings.models import Listing, listing_certificate
from market.listings.queries import visible_listings
from market.matching.facts import Demand, Offer
from market.matching.models import FulfilmentRecord
from market.needs.models import Need, NeedLine
from market.needs.queries import visible_needs
from market.organizations.blocks.queries import none_between
from market.organizations.models import Organization


def _certificates(*verification: Verification) -> Any:
    row, held = Certificate, listing_certificate.c
    facts = as_list(row.scheme, row.level, row.issued_on, row.expires_on, row.scope_concepts, row.scope_area)
    certificates = (
        select(func.json_agg(facts))
        .join(listing_certificate, held.certificate_id == row.id)
        .where(held.listing_id == Listing.id, row.verification.in_(verification), row.recalled_at.is_(None))
    )
    return func.coalesce(certificates.correlate(Listing).scalar_subquery(), EMPTY)


OFFER = as_list(
    Listing.id,
    Listing.organization_id,
    Organization.status == "active",
    func.coalesce(Listing.concept_id, ""),
    Listing.unit,
    Listing.price_vnd,
    Listing.moq,
    as_list(Listing.province_code, Listing.province_version),
    listed_windows(),
    _certificates("verified"),
    Listing.updated_at,
    Listing.growing_area,
    func.coalesce(FulfilmentRecord.lines_met, 0),
    func.coalesce(FulfilmentRecord.lines_due, 0),
    listed_reservations(),
    Listing.price_tiers,
    Listing.title,
    Listing.category_id,
    Listing.variety,
    Listing.may_be,
    as_list(Listing.commune_code, Listing.commune_version),
    _certificates("unverified", "suspended"),
    Listing.price_until,
    Listing.kg_each,
    Listing.grade,
    Listing.size,
    Listing.packaging,
)
"""A listing as `Offer` has it, field by field, in a statement that joins its organization and that one's record."""

DEMAND = as_list(
    Need.id,
    NeedLine.id,
    Need.organization_id,
    Organization.status == "active",
    func.coalesce(NeedLine.concept_id, ""),
    NeedLine.unit,
    NeedLine.quantity,
    NeedLine.per,
    NeedLine.weekdays,
    NeedLine.starts_on,
    NeedLine.ends_on,
    NeedLine.required_certificates,
    NeedLine.preferred_certificates,
    NeedLine.price_ceiling_vnd,
    as_list(Need.province_code, Need.province_version),
    NeedLine.accepted,
    NeedLine.name,
    NeedLine.category_id,
    NeedLine.kg_each,
    NeedLine.grade,
    NeedLine.size,
    NeedLine.packaging,
)
"""A line as `Demand` has it, field by field, in a statement that joins its need and the need's organization."""

_decode_offer = msgspec.json.Decoder(Offer).decode
_decode_offers = msgspec.json.Decoder(list[Offer]).decode
_decode_demands = msgspec.json.Decoder(list[Demand]).decode


def _together(facts: Any) -> Any:
    # All in one text: taking rows apart, column by column, costs several times what reading the text does.
    return cast(func.json_agg(facts), Text)


_ITS_RECORD = FulfilmentRecord.organization_id == Listing.organization_id


def _offers() -> Select[str | None]:
    return (
        select(_together(OFFER))
        .select_from(Listing)
        .join(Organization, Organization.id == Listing.organization_id)
        .outerjoin(FulfilmentRecord, _ITS_RECORD)
    )


async def _read_offers(session: AsyncSession, rows: Select[str | None], **parameters: Any) -> list[Offer]:
    return _decode_offers(await session.scalar(rows, parameters) or "[]")


async def _read_demands(session: AsyncSession, rows: Select[str | None], **parameters: Any) -> list[Demand]:
    return _decode_demands(await session.scalar(rows, parameters) or "[]")


_IDS = bindparam("ids", type_=ARRAY(Uuid))
_PUBLISHED_OFFERS = _offers().where(Listing.id == any_(_IDS), Listing.status == "published")
"""Built once: building it takes as long as the database takes to answer it."""
_WITH = bindparam("with_", type_=Uuid)
_OFFERS_TO = _PUBLISHED_OFFERS.where(none_between(Listing.organization_id, _WITH))
_OFFERS_QUOTED = _offers().where(Listing.id == any_(_IDS))


async def offers_by_id(session: AsyncSession, ids: Collection[UUID | str]) -> list[Offer]:
    """The published offers among these listings."""
    return await _read_offers(session, _PUBLISHED_OFFERS, ids=list(ids))


async def offers_to(session: AsyncSession, buyer: UUID, ids: Collection[UUID | str]) -> list[Offer]:
    """The published offers among these listings that a buyer may be shown: neither side blocks the other."""
    return await _read_offers(session, _OFFERS_TO, ids=list(ids), with_=buyer)


async def offers_quoted(session: AsyncSession, ids: Collection[UUID]) -> list[Offer]:
    """These listings as offers, whatever their status: what was quoted is judged even while its listing is paused."""
    return await _read_offers(session, _OFFERS_QUOTED, ids=list(ids))


async def offer_of(session: AsyncSession, listing_id: UUID) -> Offer | None:
    """A listing as an offer, whatever its status; None when there is none."""
    return next(iter(await offers_quoted(session, [listing_id])), None)


_ID = bindparam("id", type_=Uuid)


@lru_cache(maxsize=256)
def _offer_seen_by(actor: Actor) -> Select[str]:
    rows = visible_listings(actor).outerjoin(FulfilmentRecord, _ITS_RECORD).where(Listing.id == _ID)
    return rows.with_only_columns(cast(OFFER, Text))


@lru_cache(maxsize=256)
def _demands_seen_by(actor: Actor) -> Select[str | None]:
    rows = visible_needs(actor).join(NeedLine, NeedLine.need_id == Need.id).where(Need.id == _ID)
    return rows.with_only_columns(_together(DEMAND))


def _any_request_of(actor: Actor) -> Actor:
    """The actor without what differs from request to request, so that statements made for it are found again."""
    return replace(actor, request_id=None, credential_id=None)


async def visible_offer(session: AsyncSession, actor: Actor, listing_id: UUID) -> Offer:
    """A listing that the actor may see as an offer.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    facts = await session.scalar(_offer_seen_by(_any_request_of(actor)), {"id": listing_id})
    if facts is None:
        raise NotFound
    return _decode_offer(facts)


async def visible_demands(session: AsyncSession, actor: Actor, need_id: UUID) -> list[Demand]:
    """The lines of a need that the actor may see.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    facts = await session.scalar(_demands_seen_by(_any_request_of(actor)), {"id": need_id})
    if facts is None:
        raise NotFound
    return _decode_demands(facts)


def demands_of(need: Need, *, active: bool) -> list[Demand]:
    """The lines of a need whose lines are loaded."""
    return [_demand(line, need, active=active) for line in need.lines]


def _demand(line: NeedLine, need: Need, *, active: bool) -> Demand:
    return Demand(
        need_id=need.id,
        line_id=line.id,
        organization_id=need.organization_id,
        organization_active=active,
        concept=line.concept_id or "",
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
        accepted=tuple(line.accepted),
        name=line.name,
        category=line.category_id,
    )


_CONCEPTS = bindparam("concepts", type_=ARRAY(Text))
_OPEN_DEMANDS = (
    select(_together(DEMAND))
    .select_from(NeedLine)
    .join(Need, Need.id == NeedLine.need_id)
    .join(Organization, Organization.id == Need.organization_id)
    .where(
        NeedLine.accepted.overlap(_CONCEPTS),
        Need.status == "published",
        or_(Need.deadline.is_(None), Need.deadline >= bindparam("today", type_=Date)),
    )
)
_OPEN_DEMANDS_OF = _OPEN_DEMANDS.where(Need.id == any_(_IDS))
_OPEN_DEMANDS_TO = _OPEN_DEMANDS_OF.where(none_between(Need.organization_id, _WITH))
_DEMANDS_NOT_OVER = _OPEN_DEMANDS.where(NeedLine.ends_on >= bindparam("today", type_=Date))


async def demands_for(session: AsyncSession, ids: Collection[UUID | str], concepts: Iterable[str]) -> list[Demand]:
    """Lines of these needs that ask for one of these goods, where the need is published and still open."""
    asked = {"ids": list(ids), "concepts": list(concepts), "today": clock.today()}
    return await _read_demands(session, _OPEN_DEMANDS_OF, **asked)


async def demands_to(
    session: AsyncSession, seller: UUID, ids: Collection[UUID | str], concepts: Iterable[str]
) -> list[Demand]:
    """As `demands_for`, those that a seller may be shown: neither side blocks the other."""
    asked = {"ids": list(ids), "concepts": list(concepts), "today": clock.today(), "with_": seller}
    return await _read_demands(session, _OPEN_DEMANDS_TO, **asked)


async def open_demands(session: AsyncSession, concepts: Iterable[str]) -> list[Demand]:
    """All lines that ask for one of these goods and are not over, of published needs that are still open."""
    return await _read_demands(session, _DEMANDS_NOT_OVER, concepts=list(concepts), today=clock.today())


async def open_offers(session: AsyncSession, concepts: Iterable[str]) -> list[Offer]:
    """All published offers of these goods."""
    rows = _offers().where(Listing.concept_id.in_(set(concepts)), Listing.status == "published")
    return await _read_offers(session, rows)


async def offers_of(session: AsyncSession, organizations: Collection[UUID]) -> list[Offer]:
    """All published offers of these organizations."""
    rows = _offers().where(among(Listing.organization_id, organizations), Listing.status == "published")
    return await _read_offers(session, rows)


_DEMANDS_OF_ANYBODY = (
    select(_together(DEMAND))
    .select_from(NeedLine)
    .join(Need, Need.id == NeedLine.need_id)
    .join(Organization, Organization.id == Need.organization_id)
)


async def demands_of_organizations(session: AsyncSession, organizations: Collection[UUID]) -> list[Demand]:
    """All lines that are not over, of the published needs of these organizations."""
    rows = _DEMANDS_OF_ANYBODY.where(
        among(Need.organization_id, organizations), Need.status == "published", NeedLine.ends_on >= clock.today()
    )
    return await _read_demands(session, rows)


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
    asks = NeedLine.accepted.overlap(list(concepts))
    rows = (
        select(Need.id)
        .where(Need.status == "published", Need.id.in_(select(NeedLine.need_id).where(asks)))
        .order_by(Need.published_at.desc())
        .limit(limit)
    )
    return list(await session.scalars(rows))
