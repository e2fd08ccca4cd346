"""What organizations are told of their certificates; a recall is told to more people, in `matching/alerts/`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate
from market.core.changes import Change
from market.core.language import Message
from market.notifications.kinds import Kind, OfCertificate, OfCertificateDecision
from market.notifications.news import News, news_of
from market.organizations.models import Organization
from market.reference.types import known_catalogue

NO_REASON = Message(vi="không ghi", en="none given")


async def certificate_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What a batch of the log decides on certificates, for their organizations; one statement however many.

    Told as the certificate is now: the follower that asks reads no diffs of certificates.
    """
    entries = [change for change in changes if change.entity == "certificate" and change.verb in ("verify", "suspend")]
    if not entries:
        return []
    catalogue = await known_catalogue(session)
    rows = (
        select(Certificate, Organization.name)
        .join(Organization, Organization.id == Certificate.organization_id)
        .where(Certificate.id.in_([change.entity_id for change in entries]))
    )
    certificates = {certificate.id: (certificate, name) for certificate, name in await session.execute(rows)}
    news = []
    for change in entries:
        certificate, name = certificates[change.entity_id]
        if certificate.verification == "unverified":
            continue
        scheme = catalogue.scheme(certificate.scheme).name_vi
        news.append((certificate.organization_id, _news(certificate, change, scheme=scheme, name=name)))
    return news


def _news(certificate: Certificate, change: Change, *, scheme: str, name: str) -> News:
    if certificate.verification == "suspended":
        suspended = OfCertificate(id=certificate.id, version=change.version, scheme=scheme, organization=name)
        return news_of(Kind.CERTIFICATE_SUSPENDED, suspended)
    decided = OfCertificateDecision(
        id=certificate.id,
        version=change.version,
        scheme=scheme,
        organization=name,
        reason=certificate.verification_note or NO_REASON,
    )
    verified = certificate.verification == "verified"
    return news_of(Kind.CERTIFICATE_VERIFIED if verified else Kind.CERTIFICATE_REJECTED, decided)
