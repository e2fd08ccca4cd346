"""What is told by the clock: an event that is near, and what was agreed to follow on a meeting.

Who was told is known by the key of the news, so that a round that comes twice tells nobody twice.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.core import clock
from market.core.jobs import Schedule
from market.events.meetings.models import Meeting
from market.events.models import Event, Registration
from market.events.news import event_payload
from market.notifications.kinds import Kind, OfFollowUp
from market.notifications.news import News, news_of
from market.organizations.people import tell_organizations

DAYS_BEFORE = (3, 1)
LATE = timedelta(days=7)
"""What was due before that is not told of any more: the worker was down for long, or the date was set into the past."""


async def remind_of_events(session: AsyncSession) -> None:
    """Tell whoever is accepted that an event begins in three days, and again the day before."""
    days = {clock.today() + timedelta(days=days): days for days in DAYS_BEFORE}
    rows = (
        select(Event, Registration.organization_id)
        .join(Registration, Registration.event_id == Event.id)
        .where(Event.status == "published", Event.starts_on.in_(days), Registration.status == "accepted")
    )
    news = [
        (organization_id, news_of(Kind.EVENT_SOON, event_payload(event, key=_key(event, days[event.starts_on]))))
        for event, organization_id in await session.execute(rows)
    ]
    await tell_organizations(session, news)


def _key(event: Event, days: int) -> str:
    return f"{Kind.EVENT_SOON}:{event.id}:{event.starts_on}:{days}"


async def remind_of_follow_ups(session: AsyncSession) -> None:
    """Tell both sides of a meeting on the day on which something is to follow."""
    today = clock.today()
    rows = (
        select(Meeting, Event.name)
        .join(Event, Event.id == Meeting.event_id)
        .where(Meeting.follow_up_on.between(today - LATE, today), Meeting.follow_up_done_at.is_(None))
        .where(Meeting.status != "cancelled")
        .options(joinedload(Meeting.seller, innerjoin=True), joinedload(Meeting.buyer, innerjoin=True))
    )
    news: list[tuple[UUID, News]] = []
    for meeting, event in await session.execute(rows):
        for own, other in ((meeting.seller, meeting.buyer), (meeting.buyer, meeting.seller)):
            payload = OfFollowUp(
                id=meeting.id,
                version=meeting.version,
                key=f"{Kind.FOLLOW_UP_DUE}:{meeting.id}:{meeting.follow_up_on}",
                event=event,
                partner=other.name,
                day=f"{meeting.follow_up_on:%d/%m/%Y}",
            )
            news.append((own.id, news_of(Kind.FOLLOW_UP_DUE, payload)))
    await tell_organizations(session, news)


REMINDERS = (
    Schedule("remind_of_events", "5 1 * * *", remind_of_events),
    Schedule("remind_of_follow_ups", "35 0 * * *", remind_of_follow_ups),
)
"""Crontabs are in UTC: 08:05 and 07:35 in Vietnam."""
