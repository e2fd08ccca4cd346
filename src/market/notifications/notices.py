"""Telling people: each thing once to each of them, in the transaction of its cause; mail follows as jobs.

Whom an organization's news goes to is known a floor above, in `organizations/people.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.ids import new_id
from market.core.job_queue import enqueue_many
from market.notifications.models import Notification
from market.notifications.news import News, Recipient

MAIL_JOB = "notification_mail"


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
        "caused_by": item.caused_by,
        "created_at": clock.now(),
    }
