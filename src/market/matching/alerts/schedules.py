"""What alerts do by the clock: certificates about to expire, saved searches read again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate
from market.core import clock
from market.core.jobs import Schedule
from market.matching.alerts.memory import forget_old_matches
from market.matching.alerts.service import read_saved_searches
from market.notifications.kinds import Kind, OfExpiry
from market.notifications.news import news_of
from market.organizations.models import Organization
from market.organizations.people import tell_organizations
from market.reference.types import known_catalogue

WARN_BEFORE = timedelta(days=30)


async def warn_of_expiry(session: AsyncSession) -> None:
    """Tell organizations, once, of verified certificates that expire within a month."""
    catalogue, today = await known_catalogue(session), clock.today()
    rows = (
        select(Certificate, Organization.name)
        .join(Organization, Organization.id == Certificate.organization_id)
        .where(
            Certificate.verification == "verified",
            Certificate.recalled_at.is_(None),
            Certificate.expires_on.between(today, today + WARN_BEFORE),
        )
    )
    news = []
    for certificate, organization in await session.execute(rows):
        day = certificate.expires_on or today
        payload = OfExpiry(
            id=certificate.id,
            version=certificate.version,
            key=f"certificate:{certificate.id}:expires:{day.isoformat()}",
            scheme=catalogue.scheme(certificate.scheme).name_vi,
            organization=organization,
            day=f"{day:%d/%m/%Y}",
        )
        item = news_of(Kind.CERTIFICATE_EXPIRING, payload)
        news.append((certificate.organization_id, item))
    await tell_organizations(session, news)


async def read_again(session: AsyncSession) -> None:
    """Read saved searches with the names and feasts of today."""
    await read_saved_searches(session, catalogue=await known_catalogue(session))


ALERT_SCHEDULES = (
    Schedule("read_saved_searches", "41 18 * * *", read_again),
    Schedule("forget_old_matches", "29 18 * * *", forget_old_matches),
    Schedule("warn_of_expiry", "23 23 * * *", warn_of_expiry),
)
"""Crontabs are in UTC: warnings come before the digests of 07:00 in Vietnam."""
