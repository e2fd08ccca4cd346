"""Notifications as text messages: one each, to a telephone that was proved, for those whom no mail reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core import clock
from market.core.jobs import Job
from market.core.sms import SendSms
from market.notifications import texts
from market.notifications.models import Notification
from market.notifications.news import link_of
from market.notifications.notices import TEXT_JOB
from market.notifications.queries import preference_of

ATTEMPTS = 6


def text_message_job(send: SendSms, *, public_url: str) -> Job:
    """The job that sends `{user, notification}`, once; whoever stopped the mail gets no text messages either."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        person = await session.get(User, UUID(payload["user"]))
        notification = await session.get(Notification, UUID(payload["notification"]))
        if person is None or notification is None or notification.texted_at is not None:
            return
        preference = await preference_of(session, person.id)
        silent = person.deactivated_at is not None or (preference is not None and preference.mail == "off")
        if silent or person.phone is None or person.phone_proved_at is None:
            return
        said = texts.said(person.language, vi=notification.text_vi, en=notification.text_en)
        link = link_of(notification.entity, notification.entity_id)
        # Nothing was written yet: a transaction that waits for a gateway must not hold the followers back.
        await send(person.phone, f"{said} {public_url.rstrip('/')}{link}")
        sent = update(Notification).where(Notification.id == notification.id).values(texted_at=clock.now())
        await session.execute(sent, execution_options={"synchronize_session": False})

    return Job(TEXT_JOB, run, attempts=ATTEMPTS)
