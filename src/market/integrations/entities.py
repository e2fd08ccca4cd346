"""What the feed of changes tells of: for each kind of thing, how it is read for an actor and when it became public."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from market.agreements.answers import agreement_out
from market.agreements.consent.counted import ever_counted
from market.agreements.models import Agreement
from market.agreements.queries import visible_agreements, whole
from market.agreements.schemas import AgreementOut
from market.certificates.answers import certificate_out
from market.certificates.models import Certificate
from market.certificates.queries import visible_certificates
from market.certificates.schemas import CertificateOut
from market.core.access import Actor
from market.core.changes import Change
from market.core.language import Language
from market.events.answers import event_out
from market.events.models import Event
from market.events.queries import Attendance, attendance, visible_events
from market.events.schemas import EventOut
from market.listings.answers import listing_out
from market.listings.models import Listing
from market.listings.queries import listings_by_id, visible_listings
from market.listings.schemas import ListingOut
from market.lots.answers import lot_out
from market.lots.models import Lot
from market.lots.queries import lots_in_force, public_lots
from market.lots.schemas import LotOut
from market.needs.answers import need_out
from market.needs.models import Need
from market.needs.queries import needs_by_id, visible_needs
from market.needs.schemas import NeedOut
from market.organizations.answers import organization_out
from market.organizations.models import Organization
from market.organizations.queries import visible_organizations
from market.organizations.schemas import OrganizationOut
from market.quotes.answers import quote_out
from market.quotes.queries import quotes_by_id
from market.quotes.schemas import QuoteOut
from market.reference.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the feed is read."""

    session: AsyncSession
    actor: Actor
    catalogue: Catalogue
    language: Language
    era: int = 1
    """Of the log, for which cursors are made."""
    reached_at: str = ""
    """The market's own address, for what says where pages are."""


Read = Callable[[Reader, Sequence[UUID]], Awaitable[Mapping[UUID, BaseModel]]]


@dataclass(frozen=True, slots=True)
class FeedEntity:
    """One kind of thing in the feed."""

    name: str
    """As the log calls it."""
    read: Read
    """The things with these ids that the actor may see now, as the API answers them."""
    model: type[BaseModel]
    """What it is answered as."""
    became_public: ColumnElement[bool]
    """Which entry of the log showed it to everybody: only what was once shown is said to be gone."""
    of_organization: tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[UUID]] | None = None
    """Its id and its organization, when it comes and goes with the organization and carries its name."""
    of_listing: tuple[InstrumentedAttribute[UUID], InstrumentedAttribute[UUID]] | None = None
    """Its id and its listing, when it becomes public with the listing and carries its title."""


async def _organizations(reader: Reader, ids: Sequence[UUID]) -> Mapping[UUID, BaseModel]:
    rows = visible_organizations(reader.actor).where(Organization.id.in_(ids))
    found = (await reader.session.scalars(rows)).all()
    return {row.id: organization_out(row, actor=reader.actor, catalogue=reader.catalogue) for row in found}


async def _certificates(reader: Reader, ids: Sequence[UUID]) -> Mapping[UUID, BaseModel]:
    found = (await reader.session.scalars(visible_certificates(reader.actor).where(Certificate.id.in_(ids)))).all()
    return {row.id: certificate_out(row, catalogue=reader.catalogue, language=reader.language) for row in found}


async def _listings(reader: Reader, ids: Sequence[UUID]) -> Mapping[UUID, BaseModel]:
    found = await listings_by_id(reader.session, visible_listings(reader.actor), ids)
    return {row.id: listing_out(row, catalogue=reader.catalogue) for row in found}


async def _lots(reader: Reader, ids: Sequence[UUID]) -> Mapping[UUID, BaseModel]:
    found = (await reader.session.scalars(lots_in_force(reader.actor).where(Lot.id.in_(ids)))).all()
    return {row.id: lot_out(row, reached_at=reader.reached_at) for row in found}


async def _needs(reader: Reader, ids: Sequence[UUID]) -> Mapping[UUID, BaseModel]:
    found = await needs_by_id(reader.session, visible_needs(reader.actor), ids)
    return {row.id: need_out(row, catalogue=reader.catalogue) for row in found}


async def _quotes(reader: Reader, ids: Sequence[UUID]) -> Mapping[UUID, BaseModel]:
    found = await quotes_by_id(reader.session, reader.actor, ids)
    return {row.id: quote_out(row, actor=reader.actor) for row in found.values()}


async def _events(reader: Reader, ids: Sequence[UUID]) -> Mapping[UUID, BaseModel]:
    found = (await reader.session.scalars(visible_events(reader.actor).where(Event.id.in_(ids)))).all()
    counted = await attendance(reader.session, found)
    return {
        row.id: event_out(row, attendance=counted.get(row.id, Attendance()), catalogue=reader.catalogue)
        for row in found
    }


async def _agreements(reader: Reader, ids: Sequence[UUID]) -> Mapping[UUID, BaseModel]:
    rows = whole(visible_agreements(reader.actor).where(Agreement.id.in_(ids)))
    found = (await reader.session.scalars(rows)).all()
    return {row.id: agreement_out(row, actor=reader.actor, catalogue=reader.catalogue) for row in found}


def _after(column: str) -> ColumnElement[str]:
    """What an entry of the log says a column became."""
    after: ColumnElement[str] = Change.diff[column][1].astext
    return after


ENTITIES = (
    FeedEntity("organization", _organizations, OrganizationOut, became_public=true()),
    FeedEntity("certificate", _certificates, CertificateOut, _after("verification") == "verified"),
    FeedEntity(
        "listing", _listings, ListingOut, _after("status") == "published", (Listing.id, Listing.organization_id)
    ),
    FeedEntity(
        "lot",
        _lots,
        LotOut,
        Change.entity_id.in_(public_lots().with_only_columns(Lot.id)),
        (Lot.id, Lot.organization_id),
        (Lot.id, Lot.listing_id),
    ),
    FeedEntity("need", _needs, NeedOut, _after("status") == "published", (Need.id, Need.organization_id)),
    FeedEntity("quote", _quotes, QuoteOut, became_public=false()),
    FeedEntity("event", _events, EventOut, _after("status") == "published"),
    FeedEntity(
        "agreement",
        _agreements,
        AgreementOut,
        Change.entity_id.in_(select(Agreement.id).where(ever_counted())),
    ),
)
