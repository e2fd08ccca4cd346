"""A recalled certificate: whoever relied on it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate
from market.core import clock
from market.core.changes import Change
from market.core.language import Message
from market.listings.models import Listing, listing_certificate
from market.matching.alerts import texts
from market.matching.alerts.matches import demands_within_reach, fitting_pairs
from market.matching.alerts.news import News
from market.matching.facts import CertificateFacts, Offer
from market.matching.queries import offers_by_id
from market.needs.models import Need
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """That an organization relies on a listing: by an open need, a quote, an agreement."""

    listing_id: UUID
    organization_id: UUID
    entity: str
    entity_id: UUID
    title: str
    text: Message = texts.RECALLED_OF_MATCH
    """With places for the scheme, its organization, the listing's title and this title (`watch`)."""


InterestedIn = Callable[[AsyncSession, Collection[UUID]], Awaitable[Sequence[Interest]]]
"""Who relies on these listings; rooms above this one give theirs to `alerts_follower`."""


async def recall_news(
    session: AsyncSession, changes: Sequence[Change], *, interested: Sequence[InterestedIn], catalogue: Catalogue
) -> list[tuple[UUID, News]]:
    """What to tell of the certificates that a batch of the log recalls: to their owners and to whoever relied on them.

    A certificate that nobody had verified never counted, so nobody relied on it.
    """
    recalled = [change.entity_id for change in changes if change.entity == "certificate" and change.verb == "recall"]
    news: list[tuple[UUID, News]] = []
    for certificate_id in dict.fromkeys(recalled):
        certificate = await session.get_one(Certificate, certificate_id)
        owner = await session.get_one(Organization, certificate.organization_id)
        scheme = catalogue.scheme(certificate.scheme)
        named = {"scheme": scheme.name_vi, "organization": owner.name}
        news.append((owner.id, _told(certificate, texts.filled(texts.RECALLED_OF_OWN, **named))))
        if certificate.verification != "verified":
            continue
        listings = await _listings_with(session, certificate)
        interests = await _needs_that_fitted(session, certificate, listings, catalogue=catalogue)
        for find in interested:
            interests += await find(session, listings)
        for interest in interests:
            said = texts.filled(
                interest.text, title=listings.get(interest.listing_id, ""), watch=interest.title, **named
            )
            news.append((interest.organization_id, _told(certificate, said, interest)))
    return news


async def _listings_with(session: AsyncSession, certificate: Certificate) -> dict[UUID, str]:
    """Titles of the listings that carry the certificate, by id."""
    rows = (
        select(Listing.id, Listing.title)
        .join(listing_certificate, listing_certificate.c.listing_id == Listing.id)
        .where(listing_certificate.c.certificate_id == certificate.id)
    )
    return {row.id: row.title for row in await session.execute(rows)}


async def _needs_that_fitted(
    session: AsyncSession, certificate: Certificate, listings: Collection[UUID], *, catalogue: Catalogue
) -> list[Interest]:
    """Open needs that these listings fitted while the certificate counted."""
    offers = [_as_before(offer, certificate) for offer in await offers_by_id(session, listings)]
    demands = await demands_within_reach(session, offers, catalogue=catalogue)
    pairs = await fitting_pairs(offers, demands, catalogue=catalogue, today=clock.today())
    needs = {demand.need_id for _, demand in pairs}
    titles = {row.id: row.title for row in await session.execute(select(Need.id, Need.title).where(Need.id.in_(needs)))}
    return [
        Interest(
            listing_id=offer.listing_id,
            organization_id=demand.organization_id,
            entity="need",
            entity_id=demand.need_id,
            title=titles[demand.need_id],
        )
        for offer, demand in pairs
    ]


def _as_before(offer: Offer, certificate: Certificate) -> Offer:
    facts = CertificateFacts(
        certificate.scheme,
        certificate.level,
        certificate.issued_on,
        certificate.expires_on,
        tuple(certificate.scope_concepts),
        certificate.scope_area,
    )
    return structs.replace(offer, certificates=(*offer.certificates, facts))


def _told(certificate: Certificate, text: Message, interest: Interest | None = None) -> News:
    """Once for each certificate and person, whatever they relied on it for."""
    return News(
        kind="certificate_recalled",
        entity="certificate",
        entity_id=certificate.id,
        entity_version=certificate.version,
        text=text,
        key=f"certificate:{certificate.id}:recalled",
        watch_entity=interest.entity if interest else None,
        watch_id=interest.entity_id if interest else None,
    )
