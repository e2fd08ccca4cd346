"""Reads of events and registrations; who may see which rows stands here, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.accounts.models import ContactReading
from market.core import clock
from market.core.access import Actor
from market.core.errors import NotFound, ValidationFailed
from market.core.ids import new_id
from market.core.language import Message
from market.events.models import Event, Registration
from market.events.policy import may_run
from market.events.schemas import EventQuery
from market.organizations.models import Organization
from market.organizations.queries import get_organization
from market.reference.catalogue import Catalogue
from market.reference.maps import recorded_as

MOST_READS = 5000


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many are registered and neither declined nor withdrawn; who waits is counted apart."""

    organizations: int = 0
    delegates: int = 0
    waiting: int = 0


def visible_events(actor: Actor) -> Select[Event]:
    """Those that the actor may see, with who organizes them."""
    return select(Event).options(joinedload(Event.organizer)).where(may_see(actor))


def may_see(actor: Actor) -> ColumnElement[bool]:
    """Events are public once published; drafts are for the organizer's members and officers."""
    if actor.is_officer:
        return true()
    if actor.kind == "device":
        return func.concat("event:", Event.id).in_(actor.scopes or ())
    # A draft that was cancelled has never been public.
    return or_(Event.published_at.is_not(None), Event.organizer_id.in_(actor.organization_ids))


async def get_event(session: AsyncSession, actor: Actor, event_id: UUID, *, lock: bool = False) -> Event:
    """One visible event.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = visible_events(actor).where(Event.id == event_id)
    event = await session.scalar(rows.with_for_update(of=Event) if lock else rows)
    if event is None:
        raise NotFound
    return event


def events_like(actor: Actor, query: EventQuery, *, catalogue: Catalogue) -> Select[Event]:
    """Visible events that answer every filter given.

    Raises:
        ValidationFailed: the map has no such province.
    """
    rows = visible_events(actor)
    for column, wanted in (
        (Event.kind, query.kind),
        (Event.status, query.status),
        (Event.programme_group_id, query.programme),
        (Event.organizer_id, query.organizer),
        (Event.follows_id, query.follows),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if query.province is not None:
        keys = recorded_as(catalogue, query.province, query.map, pointer="/province")
        rows = rows.where(tuple_(Event.province_code, Event.province_version).in_(keys))
    if query.starts_from is not None:
        rows = rows.where(Event.starts_on >= query.starts_from)
    if query.starts_until is not None:
        rows = rows.where(Event.starts_on <= query.starts_until)
    return rows


async def attendance(session: AsyncSession, events: Sequence[Event]) -> Mapping[UUID, Attendance]:
    """How many take part in each of these events, in one statement."""
    inside, waits = Registration.status.in_(("requested", "accepted")), Registration.status == "waiting"
    delegates = func.coalesce(func.sum(Registration.delegates_count).filter(inside), 0)
    rows = (
        select(Registration.event_id, func.count().filter(inside), delegates, func.count().filter(waits))
        .where(Registration.event_id.in_([event.id for event in events]))
        .group_by(Registration.event_id)
    )
    found = await session.execute(rows)
    return {event_id: Attendance(inside, int(people), waiting) for event_id, inside, people, waiting in found}


def visible_registrations(actor: Actor, event: Event) -> Select[Registration]:
    """The organizer and officers see them all, an organization its own."""
    rows = (
        select(Registration)
        .where(Registration.event_id == event.id)
        .options(joinedload(Registration.organization, innerjoin=True))
    )
    return rows if may_run(actor, event) else rows.where(Registration.organization_id.in_(actor.organization_ids))


async def get_registration(
    session: AsyncSession, actor: Actor, event: Event, registration_id: UUID, *, lock: bool = False
) -> Registration:
    """One visible registration.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = visible_registrations(actor, event).where(Registration.id == registration_id)
    registration = await session.scalar(rows.with_for_update(of=Registration) if lock else rows)
    if registration is None:
        raise NotFound
    return registration


async def known_organization(
    session: AsyncSession, actor: Actor, organization_id: UUID, *, pointer: str
) -> Organization:
    """An organization named in a body.

    Raises:
        ValidationFailed: it does not exist or may not be seen; at `pointer`.
    """
    try:
        return await get_organization(session, actor, organization_id)
    except NotFound:
        message = Message(vi="Không có tổ chức này.", en="There is no such organization.")
        raise ValidationFailed.single(pointer, "unknown-organization", message) from None


async def participants(session: AsyncSession, event: Event) -> list[Registration]:
    """The accepted registrations with their organizations, in the order of registering."""
    rows = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == "accepted")
        .options(joinedload(Registration.organization, innerjoin=True))
        .order_by(Registration.id)
    )
    return list(await session.scalars(rows))


async def own_registration(session: AsyncSession, event: Event, organization_id: UUID) -> Registration:
    """The registration of an organization that takes part or waits to.

    Raises:
        NotFound: it is not registered, declined or has withdrawn.
    """
    rows = select(Registration).where(
        Registration.event_id == event.id,
        Registration.organization_id == organization_id,
        Registration.status.in_(("requested", "waiting", "accepted")),
    )
    registration = await session.scalar(rows)
    if registration is None:
        raise NotFound
    return registration


async def note_contact_read(
    session: AsyncSession, actor: Actor, event: Event, registrations: Sequence[Registration]
) -> None:
    """Write down that telephones of other organizations' delegates were shown."""
    said = {
        "at": clock.now(),
        "what": "delegates",
        "about_id": event.id,
        "reader_id": actor.user_id,
        "reader_organization_id": actor.organization_id,
        "request_id": actor.request_id,
    }
    shown = [
        {"id": new_id(), "organization_id": row.organization_id, **said}
        for row in registrations
        if not actor.belongs_to(row.organization_id) and any(person.get("phone") for person in row.delegates)
    ]
    if shown and actor.user_id is not None:
        # A statement of its own: the session of a request that reads writes nothing through its rows.
        await session.execute(insert(ContactReading), shown)


def contact_reads(actor: Actor, event: Event) -> Select[ContactReading]:
    """Who saw which telephones: all of the event for those who run it, of one's own delegates otherwise."""
    rows = select(ContactReading).where(ContactReading.about_id == event.id).order_by(ContactReading.id.desc())
    rows = rows.limit(MOST_READS)
    return rows if may_run(actor, event) else rows.where(ContactReading.organization_id.in_(actor.organization_ids))
