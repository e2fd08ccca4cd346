"""Verbs of registrations: register, change, accept, decline, withdraw; who waits goes in when a place is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import record_change, record_changes
from market.core.errors import AlreadyExists, Conflict, FieldError, NotAllowed, ValidationFailed
from market.core.language import Message
from market.core.states import require_transition
from market.events import policy
from market.events.models import Event, Registration
from market.events.queries import known_organization
from market.events.schemas import AvailabilityUpdate, RegistrationCreate
from market.events.states import EVENT_TRANSITIONS, REGISTRATION_TRANSITIONS, Side
from market.organizations.models import Organization

TOO_MANY_BOOTHS = Message(vi="Sự kiện chỉ có {count} gian hàng.", en="The event has {count} booths in all.")
UNKNOWN_BOOTH = Message(vi="Không có gian hàng {number}.", en="There is no booth {number}.")
BOOTH_TAKEN = Message(vi="Gian hàng {number} đã có người nhận.", en="Booth {number} is taken.")
BOOTH_TWICE = Message(vi="Gian hàng {number} được nêu hai lần.", en="Booth {number} is named twice.")
NO_CONSENT = Message(
    vi="Đăng ký thay một tổ chức thì nêu tổ chức đã đồng ý thế nào (consent), như “qua điện thoại, ngày 1/12”.",
    en="Who registers another organization says how it agreed (consent), such as “by telephone, on 1 December”.",
)


class AlreadyRegistered(AlreadyExists):
    code = "already-registered"
    detail = Message(vi="Tổ chức này đã đăng ký sự kiện.", en="This organization is already registered.")


class RegistrationClosed(Conflict):
    code = "registration-closed"
    detail = Message(vi="Đã hết hạn đăng ký ngày {day}.", en="Registration closed on {day}.")


class EventFull(Conflict):
    code = "event-full"
    detail = Message(
        vi="Sự kiện không đủ chỗ: {short}. Hãy tăng sức chứa, hoặc nhận không kèm gian hàng (without_booths).",
        en="The event has no room: {short}. Raise its capacity, or accept without booths (without_booths).",
    )


PLACES = (
    Message(vi="tổ chức", en="organizations"),
    Message(vi="đại biểu", en="delegates"),
    Message(vi="gian hàng", en="booths"),
)


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
        RegistrationClosed: the last day is over.
        ValidationFailed: no such organization, more booths than there are, or it is not said how the organization
            agreed to be registered by others.
    """
    organization_id = registration_in.organization or actor.organization_id
    if organization_id is None or not (actor.belongs_to(organization_id) or actor.is_officer):
        raise NotAllowed
    require_transition(EVENT_TRANSITIONS, "register", state=event.status)
    organization = await known_organization(session, actor, organization_id, pointer="/organization")
    if registration_in.consent is None and not actor.belongs_to(organization_id):
        raise ValidationFailed.single("/consent", "consent-missing", NO_CONSENT)
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


async def _one_at_a_time(session: AsyncSession, event: Event) -> None:
    """Whoever takes a place or a booth at the same time waits here, so that the last one is given once."""
    await session.execute(select(Event.id).where(Event.id == event.id).with_for_update())


def _is_bounded(event: Event) -> bool:
    return event.capacity_organizations is not None or event.capacity_delegates is not None or bool(event.booths)


async def _has_room(session: AsyncSession, event: Event, registration: Registration) -> bool:
    if not _is_bounded(event):
        return True
    await _one_at_a_time(session, event)
    return _fits(event, registration, await _inside(session, event, without=registration.organization_id))


async def _inside(session: AsyncSession, event: Event, *, without: UUID | None = None) -> tuple[int, int, int]:
    """How many organizations, delegates and booths were asked for or accepted, those of one organization left out."""
    counted = select(
        func.count(),
        func.coalesce(func.sum(Registration.delegates_count), 0),
        func.coalesce(func.sum(Registration.booths), 0),
    ).where(Registration.event_id == event.id, Registration.status.in_(("requested", "accepted")))
    if without is not None:
        counted = counted.where(Registration.organization_id != without)
    organizations, delegates, booths = (await session.execute(counted)).one()
    return organizations, delegates, booths


def _fits(event: Event, registration: Registration, inside: tuple[int, int, int]) -> bool:
    return not _short_of(event, registration, inside)


def _short_of(
    event: Event, registration: Registration, inside: tuple[int, int, int]
) -> list[tuple[Message, int, int, int]]:
    """What there is too little of for one more: its name, how many it wants, how many are taken, how many there are."""
    wanted = (1, registration.delegates_count, registration.booths)
    limits = (event.capacity_organizations, event.capacity_delegates, len(event.booths) or None)
    return [
        (name, asked, taken, limit)
        for name, asked, taken, limit in zip(PLACES, wanted, inside, limits, strict=True)
        if limit is not None and asked and taken + asked > limit
    ]


async def _require_room(session: AsyncSession, event: Event, registration: Registration) -> None:
    """Refuse what there is no place for, and say what ran out.

    Raises:
        EventFull: with what.
    """
    if not _is_bounded(event):
        return
    await _one_at_a_time(session, event)
    inside = await _inside(session, event, without=registration.organization_id)
    if short := _short_of(event, registration, inside):
        vi = "; ".join(f"{name.vi}: cần {asked}, đã có {taken}/{limit}" for name, asked, taken, limit in short)
        en = "; ".join(f"{name.en}: {asked} wanted, {taken} of {limit} taken" for name, asked, taken, limit in short)
        raise EventFull(short=Message(vi=vi, en=en))


async def change_registration(
    session: AsyncSession, actor: Actor, event: Event, registration: Registration, *, changes: AvailabilityUpdate
) -> Registration:
    """Say who comes and when they can meet, until the event is over; the organizer gives booths.

    Raises:
        NotAllowed: of neither, or booths given by the organization itself.
        ValidationFailed: a booth is not on the floor list, or is another's.
        EventFull: more delegates come than there is room for.
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
    if len(registration.delegates) > registration.delegates_count:
        registration.delegates_count = len(registration.delegates)
        if registration.status != "waiting":
            await _require_room(session, event, registration)
    await record_change(session, actor, registration, verb="edit")
    return registration


async def _require_free_booths(
    session: AsyncSession, event: Event, registration: Registration, numbers: Sequence[str]
) -> None:
    await _one_at_a_time(session, event)
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
            ("booth-twice", BOOTH_TWICE, number in numbers[:place]),
        )
        if wrong
    ]
    if errors:
        raise ValidationFailed(errors=errors)


async def decide_registration(
    session: AsyncSession,
    actor: Actor,
    event: Event,
    registration: Registration,
    *,
    verb: str,
    note: str | None,
    without_booths: bool = False,
) -> Registration:
    """Accept, decline (the organizer) or withdraw (the organization itself).

    Args:
        without_booths: accept the people alone; the booths it asked for are given up.

    Raises:
        NotAllowed: the other side's verb.
        IllegalTransition: not out of this state.
        EventFull: whoever waits is accepted when a place is free.
    """
    if verb == "withdraw":
        policy.require_can_withdraw(actor, registration)
        actor = _acting_for(actor, registration.organization_id)
    else:
        policy.require_can_run(actor, event)
    step = require_transition(REGISTRATION_TRANSITIONS, verb, state=registration.status)
    if verb == "accept" and without_booths:
        registration.booths, registration.booth_numbers = 0, []
    if verb == "accept" and registration.status != "requested":
        await _require_room(session, event, registration)
    registration.status = step.target or registration.status
    registration.decision_note = note
    leaves = verb in ("decline", "withdraw")
    if leaves:
        registration.booth_numbers = []
    await record_change(session, actor, registration, verb=verb)
    if leaves:
        await let_the_next_in(session, event)
    return registration


async def let_the_next_in(session: AsyncSession, event: Event) -> None:
    """Whoever has waited longest and fits asks again of itself when a place is free."""
    waiting = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == "waiting")
        .order_by(Registration.updated_at, Registration.id)
        .with_for_update()
    )
    if _is_bounded(event):
        await _one_at_a_time(session, event)
    inside = await _inside(session, event)
    let_in = []
    for registration in (await session.scalars(waiting)).all():
        if _fits(event, registration, inside):
            registration.status = "requested"
            organizations, delegates, booths = inside
            inside = organizations + 1, delegates + registration.delegates_count, booths + registration.booths
            let_in.append(registration)
    await record_changes(session, SYSTEM, let_in, verb="request")
