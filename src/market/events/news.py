"""What organizations are told of their registrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.core.language import Message
from market.events.models import Event, Registration
from market.notifications.kinds import Kind, OfRegistration
from market.notifications.news import News, news_of
from market.organizations.models import Organization

TOLD: Mapping[str, Kind] = {"accept": Kind.REGISTRATION_ACCEPTED, "decline": Kind.REGISTRATION_DECLINED}
"""By verb of the log."""
NO_REASON = Message(vi="không ghi", en="none given")


async def registration_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What a batch of the log decides on registrations, for who registered; one statement however many."""
    entries = [change for change in changes if change.entity == "event_registration" and change.verb in TOLD]
    if not entries:
        return []
    rows = (
        select(Registration, Event.id, Event.version, Event.name, Organization.name)
        .join(Event, Event.id == Registration.event_id)
        .join(Organization, Organization.id == Registration.organization_id)
        .where(Registration.id.in_([change.entity_id for change in entries]))
    )
    registrations = {row[0].id: row for row in await session.execute(rows)}
    news = []
    for change in entries:
        registration, event_id, event_version, event, organization = registrations[change.entity_id]
        payload = OfRegistration(
            id=event_id,
            version=event_version,
            key=f"registration:{registration.id}@{change.version}",
            event=event,
            organization=organization,
            reason=registration.decision_note or NO_REASON,
        )
        news.append((registration.organization_id, news_of(TOLD[change.verb], payload)))
    return news
