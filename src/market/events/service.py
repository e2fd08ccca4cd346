"""Verbs of events: create, edit, clone, publish, close, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import AlreadyExists, FieldError, NotAllowed, NotFound, ValidationFailed
from market.core.language import Message
from market.core.states import require_transition
from market.events import policy
from market.events.meetings.falling_out import TIME_AND_ROOM, cancel_fallen, require_no_timetable_under_way
from market.events.models import EVENT_CODES, Event, Registration
from market.events.queries import get_event, known_organization
from market.events.registering import let_the_next_in
from market.events.schemas import GENERATED_CODE, EventClone, EventCreate, EventUpdate
from market.events.states import EVENT_TRANSITIONS
from market.events.venue import wrong_in_venue
from market.organizations.models import Organization
from market.organizations.policy import require_acting_as
from market.organizations.queries import get_organization
from market.reference.catalogue import Catalogue


class EventCodeTaken(AlreadyExists):
    code = "event-code-taken"
    detail = Message(vi="Đã có sự kiện mang mã này.", en="Another event has this code.")


class ProgrammeOfOthers(NotAllowed):
    """What is published under an official programme is taken for its own."""

    code = "programme-of-others"
    detail = Message(
        vi="Cán bộ, hoặc cơ quan quản lý đã được xác minh, gắn sự kiện vào chương trình chính thức.",
        en="An officer, or a verified authority, puts an event under an official programme.",
    )


LISTS = ("halls", "sessions", "booths")
"""Columns kept as JSON."""
CLONED = (
    *("kind", "province_code", "province_version", "place", "address", "organizer_id"),
    *("description", "tables", "halls", "booths", "slot_minutes", "break_minutes", "capacity_organizations"),
    *("capacity_delegates", "most_meetings", "walking_minutes"),
)
BOOTH_GIVEN = Message(
    vi="Gian hàng {number} đã giao cho một đơn vị; hãy đổi cho đơn vị ấy trước.",
    en="Booth {number} was given to somebody; give them another one first.",
)
UNKNOWN_PROGRAMME = Message(vi="Không có chương trình mã {id}.", en="No programme {id}.")
REVERSED = Message(vi="Ngày kết thúc trước ngày bắt đầu.", en="It ends before it begins.")
UNKNOWN_EVENT = Message(vi="Không có sự kiện này.", en="There is no such event.")


def _wrong_programme(
    catalogue: Catalogue, actor: Actor, organizer: Organization | None, programme: str | None
) -> list[FieldError]:
    """That there is no such programme.

    Raises:
        ProgrammeOfOthers: neither an officer nor a verified authority names it.
    """
    if programme is None:
        return []
    if programme not in {group.id for group in catalogue.programme_groups}:
        return [FieldError("/programme", "unknown-programme", UNKNOWN_PROGRAMME, {"id": programme})]
    if not _may_name_programme(actor, organizer):
        raise ProgrammeOfOthers
    return []


def _may_name_programme(actor: Actor, organizer: Organization | None) -> bool:
    authority = organizer is not None and organizer.verification == "verified" and "authority" in organizer.kinds
    return actor.is_officer or authority


async def _organizer(session: AsyncSession, actor: Actor, named: UUID | None) -> Organization | None:
    if actor.is_officer:
        if named is None:
            return None
        organizer = await known_organization(session, actor, named, pointer="/organizer")
        if not set(organizer.kinds) & set(policy.ORGANIZING_KINDS):
            message = Message(
                vi="Đơn vị tổ chức phải thuộc loại organizer hoặc authority.",
                en="The organizer must be of kind organizer or authority.",
            )
            raise ValidationFailed.single("/organizer", "organization-kind", message)
        return organizer
    own = require_acting_as(actor, *policy.ORGANIZING_KINDS)
    if named not in (None, own):
        raise NotAllowed
    return await get_organization(session, actor, own)


async def create_event(session: AsyncSession, actor: Actor, event_in: EventCreate, *, catalogue: Catalogue) -> Event:
    """Record an event as a draft.

    Raises:
        ValidationFailed: the programme, the organizer or the event that it follows does not exist.
        NotAllowed: neither an officer nor acting for an organizer or authority.
        ProgrammeOfOthers: neither an officer nor a verified authority puts it under a programme.
        EventCodeTaken: by its unique constraint.
    """
    organizer = await _organizer(session, actor, event_in.organizer)
    errors = _wrong_programme(catalogue, actor, organizer, event_in.programme)
    errors += await _wrong_predecessor(session, actor, event_in.follows)
    event = Event(
        **event_in.model_dump(exclude={"code", "province", "organizer", "programme", "follows", *LISTS}),
        **event_in.model_dump(mode="json", include=set(LISTS)),
        code=event_in.code or await _next_code(session),
        province_code=event_in.province.code,
        province_version=event_in.province.version,
        organizer=organizer,
        organizer_id=organizer.id if organizer else None,
        programme_group_id=event_in.programme,
        follows_id=event_in.follows,
        status="draft",
    )
    _require([*errors, *wrong_in_venue(event)])
    await record_change(session, actor, event, verb="create")
    return event


def _require(errors: Sequence[FieldError]) -> None:
    if errors:
        raise ValidationFailed(errors=errors)


async def clone_event(session: AsyncSession, actor: Actor, event: Event, clone_in: EventClone) -> Event:
    """A draft for another time with the same organization, venue, hours and rules, and nobody in it.

    Raises:
        NotAllowed: not the organizer.
        EventCodeTaken: by its unique constraint.
    """
    policy.require_can_run(actor, event)
    later = clone_in.starts_on - event.starts_on
    clone = Event(
        **{name: getattr(event, name) for name in CLONED},
        # The next event is no part of a programme because the last one was.
        programme_group_id=event.programme_group_id if _may_name_programme(actor, event.organizer) else None,
        sessions=[
            session | {"on": moved.isoformat()}
            for session in event.sessions
            if (moved := date.fromisoformat(session["on"]) + later) <= clone_in.ends_on
        ],
        name=clone_in.name,
        code=clone_in.code or await _next_code(session),
        starts_on=clone_in.starts_on,
        ends_on=clone_in.ends_on,
        cloned_from_id=event.id,
        status="draft",
    )
    await record_change(session, actor, clone, verb="create")
    clone.organizer = event.organizer
    return clone


async def _next_code(session: AsyncSession) -> str:
    number = await session.scalar(select(EVENT_CODES.next_value()))
    return f"{GENERATED_CODE}{number:04d}"


async def edit_event(
    session: AsyncSession, actor: Actor, event: Event, event_in: EventUpdate, *, catalogue: Catalogue
) -> int:
    """Change what was sent, until the event is closed or cancelled.

    Returns:
        How many meetings have no time or table any more; they are cancelled, and both sides of each told.

    Raises:
        NotAllowed: not the organizer.
        ProgrammeOfOthers: neither an officer nor a verified authority puts it under a programme.
        IllegalTransition: the event is over.
        TimetableUnderWay: it is being made by what is to be changed.
        ValidationFailed: the programme does not exist, or the event would end before it begins.
    """
    policy.require_can_run(actor, event)
    require_transition(EVENT_TRANSITIONS, "edit", state=event.status)
    meets_otherwise = bool(event_in.model_fields_set & TIME_AND_ROOM)
    if meets_otherwise:
        await require_no_timetable_under_way(session, event)
    errors: list[FieldError] = []
    if "programme" in event_in.model_fields_set and event_in.programme != event.programme_group_id:
        errors += _wrong_programme(catalogue, actor, event.organizer, event_in.programme)
    if "follows" in event_in.model_fields_set:
        errors += await _wrong_predecessor(session, actor, event_in.follows)
    _set_plain(event, event_in)
    _require([*errors, *await _wrong_together(session, event, event_in)])
    await record_change(session, actor, event, verb="edit")
    if event_in.model_fields_set & {"capacity_organizations", "capacity_delegates", "booths"}:
        await let_the_next_in(session, event)
    return await cancel_fallen(session, actor, event) if meets_otherwise else 0


def _set_plain(event: Event, event_in: EventUpdate) -> None:
    plain = event_in.model_dump(exclude_unset=True, exclude={"province", "programme", "follows", *LISTS})
    for name, column in (("programme", "programme_group_id"), ("follows", "follows_id")):
        if name in event_in.model_fields_set:
            setattr(event, column, getattr(event_in, name))
    for name, value in (plain | event_in.model_dump(mode="json", exclude_unset=True, include=set(LISTS))).items():
        setattr(event, name, value)
    if event_in.province is not None:
        event.province_code, event.province_version = event_in.province.code, event_in.province.version


async def _wrong_together(session: AsyncSession, event: Event, event_in: EventUpdate) -> list[FieldError]:
    """What of an edited event does not hold together, with what stays as it was."""
    errors = wrong_in_venue(event)
    if event.ends_on < event.starts_on:
        errors.insert(0, FieldError("/ends_on", "period-reversed", REVERSED))
    if event_in.booths is not None:
        errors += await _given_booths_missing(session, event)
    return errors


async def _given_booths_missing(session: AsyncSession, event: Event) -> list[FieldError]:
    """What was given to somebody stays on the floor list."""
    listed = {booth["number"] for booth in event.booths}
    rows = select(Registration.booth_numbers).where(
        Registration.event_id == event.id, Registration.status == "accepted"
    )
    gone = sorted({number for row in await session.scalars(rows) for number in row} - listed) if listed else []
    return [FieldError("/booths", "booth-given", BOOTH_GIVEN, {"number": number}) for number in gone]


async def _wrong_predecessor(session: AsyncSession, actor: Actor, named: UUID | None) -> list[FieldError]:
    """That the event which another one comes of does not exist or may not be seen."""
    try:
        if named is not None:
            await get_event(session, actor, named)
    except NotFound:
        return [FieldError("/follows", "unknown-event", UNKNOWN_EVENT)]
    return []


async def move_event(session: AsyncSession, actor: Actor, event: Event, *, verb: str) -> Event:
    """Publish, close or cancel.

    Raises:
        NotAllowed: not the organizer.
        IllegalTransition: not out of this state.
    """
    policy.require_can_run(actor, event)
    step = require_transition(EVENT_TRANSITIONS, verb, state=event.status)
    event.status = step.target or event.status
    if verb == "publish":
        event.published_at = clock.now()
    await record_change(session, actor, event, verb=verb)
    return event
