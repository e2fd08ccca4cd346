"""What is told by the clock: morning digests."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.jobs import Schedule
from market.notifications.models import Notification
from market.notifications.notices import queue_mail

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


DIGEST_SCHEDULE = Schedule("send_digests", "0 0 * * *", send_digests)
"""Crontabs are in UTC: digests leave at 07:00 in Vietnam."""
