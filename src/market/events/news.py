"""What organizations are told of their registrations, and of the events that they are registered for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.core.language import Message
from market.events.models import Event, Registration
from market.notifications.kinds import Kind, OfEvent, OfRegistration
from market.notifications.news import News, news_of
from market.organizations.models import Organization

TOLD: Mapping[str, Kind] = {
    "create": Kind.REGISTRATION_RECEIVED,
    "request": Kind.REGISTRATION_RECEIVED,
    "accept": Kind.REGISTRATION_ACCEPTED,
    "decline": Kind.REGISTRATION_DECLINED,
}
"""By verb of the log."""
WHEN_AND_WHERE = frozenset({"starts_on", "ends_on", "place", "address", "province_code"})
"""What whoever comes must learn of an event that was edited."""
NO_REASON = Message(vi="không ghi", en="none given")
NO_PLACE = Message(vi="nơi báo sau", en="a place to be announced")
COMING = ("requested", "waiting", "accepted")


async def registration_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What a batch of the log says of registrations, for who registered; one statement however many."""
    entries = [change for change in changes if change.entity == "event_registration" and change.verb in TOLD]
    if not entries:
        return []
    rows = (
        select(Registration, Event, Organization.name)
        .join(Event, Event.id == Registration.event_id)
        .join(Organization, Organization.id == Registration.organization_id)
        .where(Registration.id.in_([change.entity_id for change in entries]))
    )
    registrations = {row[0].id: row for row in await session.execute(rows)}
    news = []
    for change in entries:
        registration, event, organization = registrations[change.entity_id]
        payload = OfRegistration(
            id=event.id,
            version=event.version,
            key=f"registration:{registration.id}@{change.version}",
            event=event.name,
            organization=organization,
            day=days_of(event),
            place=event.place or NO_PLACE,
            reason=_reason(registration, change),
            variant=_variant(registration, change),
        )
        news.append((registration.organization_id, news_of(TOLD[change.verb], payload)))
    return news


def _reason(registration: Registration, change: Change) -> Message | str:
    said = registration.decision_note if change.verb in ("accept", "decline") else registration.consent
    return said or NO_REASON


def _variant(registration: Registration, change: Change) -> str:
    """Which words fit a registration that was taken down."""
    if change.verb == "accept" and registration.decision_note:
        return "noted"
    if TOLD[change.verb] is not Kind.REGISTRATION_RECEIVED:
        return ""
    if registration.status == "waiting":
        return "waiting"
    return "by_others" if change.on_behalf_of is not None else ""


async def event_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What a batch of the log cancels or moves, for everybody who is registered."""
    told: dict[UUID, tuple[Kind, int]] = {}
    for change in changes:
        if change.entity == "event" and change.verb == "cancel":
            told[change.entity_id] = (Kind.EVENT_CANCELLED, change.version)
        elif change.entity == "event" and change.verb == "edit" and WHEN_AND_WHERE & change.diff.keys():
            told[change.entity_id] = (Kind.EVENT_CHANGED, change.version)
    if not told:
        return []
    rows = (
        select(Event, Registration.organization_id)
        .join(Registration, Registration.event_id == Event.id)
        .where(Event.id.in_(told), Registration.status.in_(COMING))
    )
    return _told_of_events((event, id_, told[event.id]) for event, id_ in await session.execute(rows))


def _told_of_events(found: Iterable[tuple[Event, UUID, tuple[Kind, int]]]) -> list[tuple[UUID, News]]:
    return [
        (id_, news_of(kind, event_payload(event, key=f"{kind}:{event.id}@{version}")))
        for event, id_, (kind, version) in found
    ]


def event_payload(event: Event, *, key: str) -> OfEvent:
    """What news say of an event."""
    return OfEvent(
        id=event.id,
        version=event.version,
        key=key,
        event=event.name,
        day=days_of(event),
        place=event.place or NO_PLACE,
    )


def days_of(event: Event) -> str:
    """The day on which it begins, as people write it."""
    return f"{event.starts_on:%d/%m/%Y}"
