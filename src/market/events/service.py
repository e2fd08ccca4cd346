"""Verbs of events: create, edit, publish, close, cancel; register, accept, decline, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import record_change
from market.core.errors import AlreadyExists, Conflict, FieldError, NotAllowed, NotFound, ValidationFailed
from market.core.language import Message
from market.core.states import require_transition
from market.events import policy
from market.events.models import EVENT_CODES, Event, Registration
from market.events.schemas import (
    GENERATED_CODE,
    AvailabilityUpdate,
    EventClone,
    EventCreate,
    EventUpdate,
    RegistrationCreate,
)
from market.events.states import EVENT_TRANSITIONS, REGISTRATION_TRANSITIONS, Side
from market.events.venue import wrong_in_venue
from market.organizations.models import Organization
from market.organizations.policy import require_acting_as
from market.organizations.queries import get_organization
from market.reference.catalogue import Catalogue


class EventCodeTaken(AlreadyExists):
    code = "event-code-taken"
    detail = Message(vi="Đã có sự kiện mang mã này.", en="Another event has this code.")


class AlreadyRegistered(AlreadyExists):
    code = "already-registered"
    detail = Message(vi="Tổ chức này đã đăng ký sự kiện.", en="This organization is already registered.")


class ProgrammeOfOthers(NotAllowed):
    """What is published under an official programme is taken for its own."""

    code = "programme-of-others"
    detail = Message(
        vi="Cán bộ, hoặc cơ quan quản lý đã được xác minh, gắn sự kiện vào chương trình chính thức.",
        en="An officer, or a verified authority, puts an event under an official programme.",
    )


class RegistrationClosed(Conflict):
    code = "registration-closed"
    detail = Message(vi="Đã hết hạn đăng ký ngày {day}.", en="Registration closed on {day}.")


LISTS = ("halls", "sessions", "booths")
"""Columns kept as JSON."""
CLONED = (
    *("kind", "province_code", "province_version", "place", "address", "organizer_id"),
    *("description", "tables", "halls", "booths", "slot_minutes", "break_minutes", "capacity_organizations"),
    *("capacity_delegates", "most_meetings"),
)
TOO_MANY_BOOTHS = Message(vi="Sự kiện chỉ có {count} gian hàng.", en="The event has {count} booths in all.")
UNKNOWN_BOOTH = Message(vi="Không có gian hàng {number}.", en="There is no booth {number}.")
BOOTH_TAKEN = Message(vi="Gian hàng {number} đã có người nhận.", en="Booth {number} is taken.")


def _require_programme(
    catalogue: Catalogue, actor: Actor, organizer: Organization | None, programme: str | None
) -> None:
    if programme is None:
        return
    if programme not in {group.id for group in catalogue.programme_groups}:
        message = Message(vi="Không có chương trình mã {id}.", en="No programme {id}.")
        raise ValidationFailed.single("/programme", "unknown-programme", message, id=programme)
    if not _may_name_programme(actor, organizer):
        raise ProgrammeOfOthers


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


async def create_event(session: AsyncSession, actor: Actor, event_in: EventCreate, *, catalogue: Catalogue) -> Event:
    """Record an event as a draft.

    Raises:
        ValidationFailed: the programme or organizer does not exist.
        NotAllowed: neither an officer nor acting for an organizer or authority.
        ProgrammeOfOthers: neither an officer nor a verified authority puts it under a programme.
        EventCodeTaken: by its unique constraint.
    """
    organizer = await _organizer(session, actor, event_in.organizer)
    _require_programme(catalogue, actor, organizer, event_in.programme)
    event = Event(
        **event_in.model_dump(exclude={"code", "province", "organizer", "programme", *LISTS}),
        **event_in.model_dump(mode="json", include=set(LISTS)),
        code=event_in.code or await _next_code(session),
        province_code=event_in.province.code,
        province_version=event_in.province.version,
        organizer=organizer,
        organizer_id=organizer.id if organizer else None,
        programme_group_id=event_in.programme,
        status="draft",
    )
    _require_venue(event)
    await record_change(session, actor, event, verb="create")
    return event


def _require_venue(event: Event) -> None:
    if errors := wrong_in_venue(event):
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
) -> Event:
    """Change what was sent, until the event is closed or cancelled.

    Raises:
        NotAllowed: not the organizer.
        ProgrammeOfOthers: neither an officer nor a verified authority puts it under a programme.
        IllegalTransition: the event is over.
        ValidationFailed: the programme does not exist, or the event would end before it begins.
    """
    policy.require_can_run(actor, event)
    require_transition(EVENT_TRANSITIONS, "edit", state=event.status)
    plain = event_in.model_dump(exclude_unset=True, exclude={"province", "programme", *LISTS})
    for name, value in (plain | event_in.model_dump(mode="json", exclude_unset=True, include=set(LISTS))).items():
        setattr(event, name, value)
    if event_in.province is not None:
        event.province_code, event.province_version = event_in.province.code, event_in.province.version
    if "programme" in event_in.model_fields_set and event_in.programme != event.programme_group_id:
        _require_programme(catalogue, actor, event.organizer, event_in.programme)
        event.programme_group_id = event_in.programme
    if event.ends_on < event.starts_on:
        message = Message(vi="Ngày kết thúc trước ngày bắt đầu.", en="It ends before it begins.")
        raise ValidationFailed.single("/ends_on", "period-reversed", message)
    _require_venue(event)
    await record_change(session, actor, event, verb="edit")
    return event


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


def _acting_for(actor: Actor, organization_id: UUID) -> Actor:
    """The actor as the log shall name it: an officer who is not of the organization acts on its behalf."""
    return actor if actor.belongs_to(organization_id) else replace(actor, on_behalf_of=organization_id)


async def register_organization(
    session: AsyncSession, actor: Actor, event: Event, registration_in: RegistrationCreate
) -> Registration:
    """Register the organization acted for, or another one by an officer on its behalf. A withdrawn one may return.

    Raises:
        NotAllowed: no organization is acted for, or another one is named by somebody who is no officer.
        IllegalTransition: the event is not open.
        AlreadyRegistered: the organization is registered or was declined.
    """
    organization_id = registration_in.organization or actor.organization_id
    if organization_id is None or not (actor.belongs_to(organization_id) or actor.is_officer):
        raise NotAllowed
    require_transition(EVENT_TRANSITIONS, "register", state=event.status)
    organization = await known_organization(session, actor, organization_id, pointer="/organization")
    known = await session.scalar(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.organization_id == organization_id)
        .with_for_update()
    )
    if known is not None and known.status != "withdrawn":
        raise AlreadyRegistered
    _require_open(event)
    registration = known or Registration(event_id=event.id, organization_id=organization_id)
    for name, value in registration_in.model_dump(mode="json", exclude={"organization"}).items():
        setattr(registration, name, value)
    registration.organization = organization
    registration.side = registration.side or side_of(organization)
    _require_booths(event, registration)
    registration.status = "requested" if await _has_room(session, event, registration) else "waiting"
    verb = "create" if known is None else "request"
    await record_change(session, _acting_for(actor, organization_id), registration, verb=verb)
    return registration


def side_of(organization: Organization) -> Side | None:
    """The side at which an organization sits when it does not say; who both sells and buys sits with the sellers."""
    if "producer" in organization.kinds:
        return "seller"
    return "buyer" if "buyer" in organization.kinds else None


def _require_open(event: Event) -> None:
    if event.registration_closes_on is not None and clock.today() > event.registration_closes_on:
        raise RegistrationClosed(day=event.registration_closes_on.strftime("%d/%m/%Y"))


def _require_booths(event: Event, registration: Registration) -> None:
    if event.booths and registration.booths > len(event.booths):
        raise ValidationFailed.single("/booths", "too-many-booths", TOO_MANY_BOOTHS, count=len(event.booths))


async def _has_room(session: AsyncSession, event: Event, registration: Registration) -> bool:
    if event.capacity_organizations is None and event.capacity_delegates is None and not event.booths:
        return True
    # Whoever registers at the same time waits here, so that the last place is given once.
    await session.execute(select(Event.id).where(Event.id == event.id).with_for_update())
    inside = Registration.status.in_(("requested", "accepted"))
    counted = select(
        func.count(),
        func.coalesce(func.sum(Registration.delegates_count), 0),
        func.coalesce(func.sum(Registration.booths), 0),
    ).where(Registration.event_id == event.id, inside, Registration.organization_id != registration.organization_id)
    organizations, delegates, booths = (await session.execute(counted)).one()
    limits = (
        (organizations + 1, event.capacity_organizations),
        (delegates + registration.delegates_count, event.capacity_delegates),
        (booths + registration.booths, len(event.booths) or None),
    )
    return all(limit is None or wanted <= limit for wanted, limit in limits)


async def change_registration(
    session: AsyncSession, actor: Actor, event: Event, registration: Registration, *, changes: AvailabilityUpdate
) -> Registration:
    """Say who comes and when they can meet, until the event is over; the organizer gives booths.

    Raises:
        NotAllowed: of neither, or booths given by the organization itself.
        ValidationFailed: a booth is not on the floor list, or is another's.
    """
    given = changes.model_fields_set
    own = actor.belongs_to(registration.organization_id) and "booth_numbers" not in given
    if not (own or policy.may_run(actor, event)):
        raise NotAllowed
    require_transition(EVENT_TRANSITIONS, "edit", state=event.status)
    if changes.booth_numbers is not None:
        await _require_free_booths(session, event, registration, changes.booth_numbers)
    for name, value in changes.model_dump(mode="json", exclude_unset=True).items():
        if value is not None or name == "side":
            setattr(registration, name, value)
    registration.delegates_count = max(registration.delegates_count, len(registration.delegates))
    await record_change(session, actor, registration, verb="edit")
    return registration


async def _require_free_booths(
    session: AsyncSession, event: Event, registration: Registration, numbers: Sequence[str]
) -> None:
    listed = {booth["number"] for booth in event.booths}
    others = select(Registration.booth_numbers).where(
        Registration.event_id == event.id, Registration.id != registration.id, Registration.status == "accepted"
    )
    taken = {number for row in await session.scalars(others) for number in row}
    errors = [
        FieldError(f"/booth_numbers/{place}", code, message, {"number": number})
        for place, number in enumerate(numbers)
        for code, message, wrong in (
            ("unknown-booth", UNKNOWN_BOOTH, bool(listed) and number not in listed),
            ("booth-taken", BOOTH_TAKEN, number in taken),
        )
        if wrong
    ]
    if errors:
        raise ValidationFailed(errors=errors)


async def decide_registration(
    session: AsyncSession, actor: Actor, event: Event, registration: Registration, *, verb: str, note: str | None
) -> Registration:
    """Accept, decline (the organizer) or withdraw (the organization itself).

    Raises:
        NotAllowed: the other side's verb.
        IllegalTransition: not out of this state.
    """
    if verb == "withdraw":
        policy.require_can_withdraw(actor, registration)
        actor = _acting_for(actor, registration.organization_id)
    else:
        policy.require_can_run(actor, event)
    step = require_transition(REGISTRATION_TRANSITIONS, verb, state=registration.status)
    registration.status = step.target or registration.status
    registration.decision_note = note
    await record_change(session, actor, registration, verb=verb)
    if verb in ("decline", "withdraw"):
        await _let_the_next_in(session, event)
    return registration


async def _let_the_next_in(session: AsyncSession, event: Event) -> None:
    """Whoever has waited longest and fits asks again of itself when a place is free."""
    waiting = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == "waiting")
        .order_by(Registration.updated_at, Registration.id)
        .with_for_update()
    )
    for registration in (await session.scalars(waiting)).all():
        if await _has_room(session, event, registration):
            registration.status = "requested"
            await record_change(session, SYSTEM, registration, verb="request")
