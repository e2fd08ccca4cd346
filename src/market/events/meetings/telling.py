"""What organizations are told when meetings of theirs are set, moved or cancelled."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.events.models import Event
from market.notifications.kinds import Kind, OfTimetable
from market.notifications.news import news_of
from market.organizations.people import tell_organizations


async def tell_of_meetings(session: AsyncSession, event: Event, concerned: Collection[UUID], *, first: bool) -> None:
    """Tell these organizations, and nobody else, that their meetings stand or have changed."""
    kind = Kind.TIMETABLE_SET if first else Kind.TIMETABLE_CHANGED
    at = clock.now().isoformat()
    news = [
        (
            organization_id,
            news_of(
                kind,
                OfTimetable(
                    id=event.id,
                    version=event.version,
                    key=f"timetable:{event.id}:{organization_id}:{at}",
                    event=event.name,
                ),
            ),
        )
        for organization_id in sorted(concerned)
    ]
    await tell_organizations(session, news)
