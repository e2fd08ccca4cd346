"""Verbs of events: create, edit, publish, close, cancel; register, accept, decline, withdraw."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import AlreadyExists, NotAllowed, NotFound, ValidationFailed
from market.core.language import Message
from market.core.states import require_transition
from market.events import policy
from market.events.models import EVENT_CODES, Event, Registration
from market.events.schemas import GENERATED_CODE, EventCreate, EventUpdate, RegistrationCreate
from market.events.states import EVENT_TRANSITIONS, REGISTRATION_TRANSITIONS
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


def _require_programme(
    catalogue: Catalogue, actor: Actor, organizer: Organization | None, programme: str | None
) -> None:
    if programme is None:
        return
    if programme not in {group.id for group in catalogue.programme_groups}:
        message = Message(vi="Không có chương trình mã {id}.", en="No programme {id}.")
        raise ValidationFailed.single("/programme", "unknown-programme", message, id=programme)
    verified = organizer is not None and organizer.verification == "verified" and "authority" in organizer.kinds
    if not actor.is_officer and not verified:
        raise ProgrammeOfOthers


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
        **event_in.model_dump(exclude={"code", "province", "organizer", "programme"}),
        code=event_in.code or await _next_code(session),
        province_code=event_in.province.code,
        province_version=event_in.province.version,
        organizer=organizer,
        organizer_id=organizer.id if organizer else None,
        programme_group_id=event_in.programme,
        status="draft",
    )
    await record_change(session, actor, event, verb="create")
    return event


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
    for name, value in event_in.model_dump(exclude_unset=True, exclude={"province", "programme"}).items():
        setattr(event, name, value)
    if event_in.province is not None:
        event.province_code, event.province_version = event_in.province.code, event_in.province.version
    if "programme" in event_in.model_fields_set and event_in.programme != event.programme_group_id:
        _require_programme(catalogue, actor, event.organizer, event_in.programme)
        event.programme_group_id = event_in.programme
    if event.ends_on < event.starts_on:
        message = Message(vi="Ngày kết thúc trước ngày bắt đầu.", en="It ends before it begins.")
        raise ValidationFailed.single("/ends_on", "period-reversed", message)
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
    registration = known or Registration(event_id=event.id, organization_id=organization_id)
    for name, value in registration_in.model_dump(mode="json", exclude={"organization"}).items():
        setattr(registration, name, value)
    registration.organization, registration.status = organization, "requested"
    verb = "create" if known is None else "request"
    await record_change(session, _acting_for(actor, organization_id), registration, verb=verb)
    return registration


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
    return registration
