"""What alerts do by the clock: morning digests, certificates about to expire, saved searches read again."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate
from market.core import clock
from market.core.jobs import Schedule
from market.matching.alerts import texts
from market.matching.alerts.models import Notification
from market.matching.alerts.news import News
from market.matching.alerts.notices import queue_mail, tell_organizations
from market.matching.alerts.service import read_saved_searches
from market.organizations.models import Organization
from market.reference.types import known_catalogue

WARN_BEFORE = timedelta(days=30)
FORGOTTEN_AFTER = timedelta(days=7)
"""What could not be sent for so long is not sent any more."""


async def send_digests(session: AsyncSession) -> None:
    """Queue one mail for each person who wants what is new once a day."""
    rows = select(Notification.user_id, Notification.id).where(
        Notification.mail == "daily",
        Notification.emailed_at.is_(None),
        Notification.created_at > clock.now() - FORGOTTEN_AFTER,
    )
    waiting: dict[UUID, list[UUID]] = defaultdict(list)
    for user_id, id_ in await session.execute(rows):
        waiting[user_id].append(id_)
    await queue_mail(session, waiting)


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
        said = texts.filled(
            texts.EXPIRING,
            scheme=catalogue.scheme(certificate.scheme).name_vi,
            organization=organization,
            day=f"{day:%d/%m/%Y}",
        )
        item = News(
            kind="certificate_expiring",
            entity="certificate",
            entity_id=certificate.id,
            entity_version=certificate.version,
            text=said,
            key=f"certificate:{certificate.id}:expires:{day.isoformat()}",
        )
        news.append((certificate.organization_id, item))
    await tell_organizations(session, news)


async def read_again(session: AsyncSession) -> None:
    """Read saved searches with the names and feasts of today."""
    await read_saved_searches(session, catalogue=await known_catalogue(session))


ALERT_SCHEDULES = (
    Schedule("read_saved_searches", "41 18 * * *", read_again),
    Schedule("warn_of_expiry", "23 23 * * *", warn_of_expiry),
    Schedule("send_digests", "0 0 * * *", send_digests),
)
"""Crontabs are in UTC: digests leave at 07:00 in Vietnam, after the warnings."""
