"""The job that rings: what is new, outside of quiet hours, to every browser of a person and to their phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import SignIn, User
from market.core import clock
from market.core.job_queue import enqueue
from market.core.jobs import Job
from market.core.sms import SendSms
from market.notifications import texts
from market.notifications.models import Notification, NotificationPreference, PushSubscription
from market.notifications.news import link_of
from market.notifications.notices import RING_JOB
from market.notifications.push.channels import Browser, Channel, Messenger, Ring, Taken
from market.notifications.push.service import held_by

AGAIN = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""When what was not taken is tried again; after that it stays in the application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingSettings:
    """What ringing needs beside its words."""

    secret: str
    public_url: str
    contact: str
    gateway: SendSms | None
    loopback: bool = False


def quiet_for(preference: NotificationPreference | None, at: datetime) -> timedelta | None:
    """How long nothing may ring for a person yet; None when it may now."""
    if preference is None or preference.quiet_from is None or preference.quiet_until is None:
        return None
    here = at.astimezone(clock.VIETNAM)
    since, until = preference.quiet_from, preference.quiet_until
    now = here.time()
    quiet = since <= now < until if since <= until else now >= since or now < until
    if not quiet:
        return None
    end = here.replace(hour=until.hour, minute=until.minute, second=until.second, microsecond=0)
    return (end if end > here else end + timedelta(days=1)) - here


def ring_job(settings: RingSettings) -> Job:
    """The job that rings `{user, notifications}`."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        await _ring(session, settings, payload)

    return Job(RING_JOB, run)


async def _ring(session: AsyncSession, settings: RingSettings, payload: Mapping[str, Any]) -> None:
    user_id = UUID(payload["user"])
    person = await session.get(User, user_id)
    if person is None or person.deactivated_at is not None:
        return
    preference = await session.scalar(select(NotificationPreference).where(NotificationPreference.user_id == user_id))
    if (wait := quiet_for(preference, clock.now())) is not None:
        await enqueue(session, RING_JOB, dict(payload), after=wait)
        return
    ring = _said(await _unread(session, user_id, payload, preference), preference, settings)
    if ring is None:
        return
    wanted = payload.get("to")
    channels = {
        name: channel
        for name, channel in (await _channels(session, settings, person, preference)).items()
        if wanted is None or name in wanted
    }
    # Nothing was written yet: a transaction that waits for others must not hold the followers back.
    taken = {name: await channel.send(ring) for name, channel in channels.items()}
    gone = [UUID(name) for name, outcome in taken.items() if outcome is Taken.GONE and name != "phone"]
    if gone:
        await session.execute(delete(PushSubscription).where(PushSubscription.id.in_(gone)))
    await _again(session, payload, [name for name, outcome in taken.items() if outcome is Taken.LATER])


async def _again(session: AsyncSession, payload: Mapping[str, Any], names: list[str]) -> None:
    tries = int(payload.get("tries", 0))
    if names and tries < len(AGAIN):
        again = {**payload, "to": names, "tries": tries + 1}
        await enqueue(session, RING_JOB, again, after=AGAIN[tries])


async def _unread(
    session: AsyncSession, user_id: UUID, payload: Mapping[str, Any], preference: NotificationPreference | None
) -> list[Notification]:
    """Those of the notifications that are still news, and not of a kind that stays in the application."""
    ids = [UUID(id_) for id_ in payload["notifications"]]
    rows = select(Notification).where(
        Notification.user_id == user_id,
        Notification.id.in_(ids),
        Notification.read_at.is_(None),
        Notification.kind.not_in(preference.quiet_kinds if preference else []),
    )
    return list(await session.scalars(rows.order_by(Notification.id)))


def _said(
    news: Sequence[Notification], preference: NotificationPreference | None, settings: RingSettings
) -> Ring | None:
    if not news:
        return None
    language, base, last = preference.language if preference else "vi", settings.public_url.rstrip("/"), news[-1]
    text = texts.said(language, vi=last.text_vi, en=last.text_en)
    if len(news) > 1:
        text = texts.MAIL_SUBJECT_MANY.text(language, count=len(news)) + ": " + text
    return Ring(text=text, link=f"{base}{link_of(last.entity, last.entity_id)}", key=f"{last.entity}-{last.entity_id}")


async def _channels(
    session: AsyncSession, settings: RingSettings, person: User, preference: NotificationPreference | None
) -> dict[str, Channel]:
    """By the id of a subscription, or `phone`."""
    rows = (
        select(PushSubscription)
        .join(SignIn, SignIn.id == PushSubscription.sign_in_id)
        .where(PushSubscription.user_id == person.id, SignIn.revoked_at.is_(None), SignIn.expires_at > clock.now())
    )
    channels: dict[str, Channel] = {}
    for row in await session.scalars(rows):
        if (held := held_by(row, key=settings.secret)) is not None:
            channels[str(row.id)] = Browser(
                held=held, secret=settings.secret, contact=settings.contact, loopback=settings.loopback
            )
    proved = person.phone is not None and person.phone_proved_at is not None
    if settings.gateway is not None and preference is not None and preference.messenger and proved:
        channels["phone"] = Messenger(phone=str(person.phone), gateway=settings.gateway)
    return channels
