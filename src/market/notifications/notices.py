"""Telling people: each thing once to each of them, in the transaction of its cause; mail and ringing follow as jobs.

Whom an organization's news goes to is known a floor above, in `organizations/people.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core import clock
from market.core.ids import new_id
from market.core.job_queue import enqueue, enqueue_many
from market.notifications.kinds import Kind
from market.notifications.models import Notification, NotificationPreference, PushSubscription
from market.notifications.news import News, Recipient

MAIL_JOB = "notification_mail"
TEXT_JOB = "notification_text"
TEXTED = frozenset(
    {
        *(Kind.REGISTRATION_RECEIVED, Kind.REGISTRATION_ACCEPTED, Kind.REGISTRATION_DECLINED),
        *(Kind.TIMETABLE_SET, Kind.TIMETABLE_CHANGED),
        *(Kind.EVENT_SOON, Kind.EVENT_CHANGED, Kind.EVENT_CANCELLED, Kind.FOLLOW_UP_DUE),
    }
)
"""What somebody must know on a certain day, wherever they are: sent as a text message to whom no mail reaches."""
RING_JOB = "ring"
GATHERED = timedelta(minutes=10)
"""Who writes again and again in a thread causes a mail at once, then one for all of so long."""


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
        .returning(Notification.user_id, Notification.id, Notification.mail, Notification.kind, Notification.entity_id)
    )
    new = (await session.execute(kept, rows)).all()
    written = {(row.user_id, row.entity_id) for row in new if row.mail == "instant" and row.kind == Kind.MESSAGE}
    waiting = await _mailed_lately(session, written, besides=[row.id for row in new])
    at_once: dict[UUID, list[UUID]] = defaultdict(list)
    for row in new:
        later = row.kind == Kind.MESSAGE and (row.user_id, row.entity_id) in waiting
        if row.mail == "instant" and not later:
            at_once[row.user_id].append(row.id)
    await queue_mail(session, at_once)
    await _queue_texts(session, [(row.user_id, row.id) for row in new if row.kind in TEXTED])
    await _gather(session, waiting)
    ringing: dict[UUID, list[UUID]] = defaultdict(list)
    for row in new:
        ringing[row.user_id].append(row.id)
    await queue_rings(session, ringing)
    return len(new)


Correspondence = tuple[UUID, UUID]
"""A person, and the thread that somebody writes to them in."""


async def _mailed_lately(
    session: AsyncSession, threads: set[Correspondence], *, besides: Sequence[UUID]
) -> set[Correspondence]:
    """Those of the threads of which their person had a mail, or has one coming, within `GATHERED`."""
    if not threads:
        return set()
    rows = (
        select(Notification.user_id, Notification.entity_id)
        .where(
            Notification.user_id.in_({user_id for user_id, _ in threads}),
            Notification.entity_id.in_({thread_id for _, thread_id in threads}),
            Notification.kind == Kind.MESSAGE,
            Notification.mail == "instant",
            Notification.created_at > clock.now() - GATHERED,
            Notification.id.not_in(besides),
        )
        .distinct()
    )
    return {(row.user_id, row.entity_id) for row in await session.execute(rows)} & threads


async def _gather(session: AsyncSession, threads: set[Correspondence]) -> None:
    """Have what is written in a thread meanwhile sent in one mail, unless it was read by then."""
    for user_id, thread_id in sorted(threads):
        payload = {"user": user_id, "notifications": [], "thread": thread_id}
        key = f"{MAIL_JOB}:{user_id}:{thread_id}"
        await enqueue(session, MAIL_JOB, payload, after=GATHERED, dedupe_key=key)


async def queue_mail(session: AsyncSession, notifications: Mapping[UUID, Sequence[UUID]]) -> None:
    """Have one mail sent to each person about those notifications."""
    payloads = [{"user": user_id, "notifications": sorted(ids)} for user_id, ids in notifications.items()]
    if payloads:
        await enqueue_many(session, MAIL_JOB, payloads)


async def _queue_texts(session: AsyncSession, notifications: Sequence[tuple[UUID, UUID]]) -> None:
    """Have those told by text message who have proved a telephone and no address for mail."""
    if not notifications:
        return
    reached = select(User.id).where(
        User.id.in_({user_id for user_id, _ in notifications}),
        User.phone_proved_at.is_not(None),
        User.email_proved_at.is_(None),
        User.deactivated_at.is_(None),
    )
    people = set(await session.scalars(reached))
    payloads = [{"user": user_id, "notification": id_} for user_id, id_ in notifications if user_id in people]
    if payloads:
        await enqueue_many(session, TEXT_JOB, payloads)


async def queue_rings(session: AsyncSession, notifications: Mapping[UUID, Sequence[UUID]]) -> None:
    """Have those who want it rung about these notifications, by person."""
    if not notifications:
        return
    browsers = select(PushSubscription.user_id)
    phones = select(NotificationPreference.user_id).where(NotificationPreference.messenger)
    wanting = await session.scalars(
        select(User.id).where(User.id.in_(list(notifications)), or_(User.id.in_(browsers), User.id.in_(phones)))
    )
    payloads = [{"user": id_, "notifications": sorted(notifications[id_])} for id_ in sorted(wanting)]
    if payloads:
        await enqueue_many(session, RING_JOB, payloads)


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
