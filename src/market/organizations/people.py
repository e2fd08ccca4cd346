"""Telling the people of organizations: whom news goes to, and how they want it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.notifications.kinds import Kind, Payload
from market.notifications.models import Mail, NotificationPreference
from market.notifications.news import News, Recipient, news_of
from market.notifications.notices import tell
from market.organizations.models import Organization, OrganizationMember


async def notify(session: AsyncSession, kind: Kind, *, organizations: Collection[UUID], payload: Payload) -> int:
    """Tell every person of these organizations, once, in the session's transaction; mail follows as a job.

    Returns how many notifications are new.

    Raises:
        TypeError: the payload is another kind's.
    """
    item = news_of(kind, payload)
    return await tell_organizations(session, [(organization_id, item) for organization_id in organizations])


async def recipients_in(session: AsyncSession, organizations: Collection[UUID]) -> Mapping[UUID, Sequence[Recipient]]:
    """The people of active organizations, by organization, with how they want to be told. One statement."""
    preferred = func.coalesce(NotificationPreference.mail, "instant")
    mail_wanted = type_coerce(preferred, NotificationPreference.mail.type).label("mail")
    rows = (
        select(OrganizationMember.organization_id, User.id, User.email, mail_wanted)
        .join(User, User.id == OrganizationMember.user_id)
        .join(Organization, Organization.id == OrganizationMember.organization_id)
        .outerjoin(NotificationPreference, NotificationPreference.user_id == User.id)
        .where(
            OrganizationMember.organization_id.in_(organizations),
            OrganizationMember.left_at.is_(None),
            User.deactivated_at.is_(None),
            Organization.status == "active",
        )
    )
    people: dict[UUID, list[Recipient]] = defaultdict(list)
    for organization_id, user_id, email, mail in await session.execute(rows):
        wanted: Mail = mail if email else "off"
        people[organization_id].append(Recipient(user_id=user_id, organization_id=organization_id, mail=wanted))
    return people


async def addressed(session: AsyncSession, news: Iterable[tuple[UUID, News]]) -> list[tuple[Recipient, News]]:
    """What organizations are to be told, for every person of theirs."""
    items = list(news)
    if not items:
        return []
    people = await recipients_in(session, {organization_id for organization_id, _ in items})
    return [(person, item) for owner, item in items for person in people.get(owner, ())]


async def tell_organizations(session: AsyncSession, news: Iterable[tuple[UUID, News]]) -> int:
    """Tell every person of those organizations. Returns how many notifications are new."""
    return await tell(session, await addressed(session, news))
