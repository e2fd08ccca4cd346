"""Telling people: each thing once to each of them, in the transaction of its cause; mail follows as jobs.

Rooms above tell of their own things with `tell_organizations` (or `tell`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select, type_coerce
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core import clock
from market.core.ids import new_id
from market.core.job_queue import enqueue_many
from market.matching.alerts.models import Mail, Notification, NotificationPreference
from market.matching.alerts.news import News, Recipient
from market.organizations.models import Organization, OrganizationMember

MAIL_JOB = "notification_mail"


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


async def tell(session: AsyncSession, news: Sequence[tuple[Recipient, News]]) -> int:
    """Keep each notification unless that person has it already, and queue the mail of the new ones.

    One mail a person, however many things there are to tell. Returns how many notifications are new.
    """
    rows = list({(person.user_id, item.key): _row(person, item) for person, item in news}.values())
    if not rows:
        return 0
    kept = (
        insert(Notification)
        .on_conflict_do_nothing(index_elements=["user_id", "dedupe_key"])
        .returning(Notification.user_id, Notification.id, Notification.mail)
    )
    new = (await session.execute(kept, rows)).all()
    at_once: dict[UUID, list[UUID]] = defaultdict(list)
    for user_id, id_, mail in new:
        if mail == "instant":
            at_once[user_id].append(id_)
    await queue_mail(session, at_once)
    return len(new)


async def queue_mail(session: AsyncSession, notifications: Mapping[UUID, Sequence[UUID]]) -> None:
    """Have one mail sent to each person about those notifications."""
    payloads = [{"user": user_id, "notifications": sorted(ids)} for user_id, ids in notifications.items()]
    if payloads:
        await enqueue_many(session, MAIL_JOB, payloads)


def _row(person: Recipient, item: News) -> dict[str, object]:
    return {
        "id": new_id(),
        "user_id": person.user_id,
        "organization_id": person.organization_id,
        "kind": item.kind,
        "entity": item.entity,
        "entity_id": item.entity_id,
        "entity_version": item.entity_version,
        "watch_entity": item.watch_entity,
        "watch_id": item.watch_id,
        "text_vi": item.text.vi,
        "text_en": item.text.en,
        "dedupe_key": item.key,
        "mail": person.mail,
        "created_at": clock.now(),
    }
