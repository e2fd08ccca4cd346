"""A recalled certificate: whoever relied on it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate
from market.core import clock
from market.core.changes import Change
from market.listings.models import Listing, listing_certificate
from market.matching.alerts.matches import demands_within_reach, fitting_pairs
from market.matching.facts import CertificateFacts, Offer
from market.matching.queries import offers_by_id
from market.needs.models import Need
from market.notifications.kinds import Kind, OfRecall
from market.notifications.news import News, news_of
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
    wording: str = "need"
    """Which words of the news of a recall say it."""


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
        own = OfRecall(
            id=certificate.id,
            version=certificate.version,
            key=f"certificate:{certificate.id}:recalled",
            scheme=scheme.name_vi,
            organization=owner.name,
        )
        news.append((owner.id, news_of(Kind.CERTIFICATE_RECALLED, own)))
        if certificate.verification != "verified":
            continue
        listings = await _listings_with(session, certificate)
        interests = await _needs_that_fitted(session, certificate, listings, catalogue=catalogue)
        for find in interested:
            interests += await find(session, listings)
        for interest in interests:
            relied = replace(
                own,
                variant=interest.wording,
                watch=(interest.entity, interest.entity_id),
                title=listings.get(interest.listing_id, ""),
                watch_title=interest.title,
            )
            # Once for each certificate and person, whatever they relied on it for.
            news.append((interest.organization_id, news_of(Kind.CERTIFICATE_RECALLED, relied)))
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
