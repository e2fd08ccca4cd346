"""Events and registrations over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, require_match, single, trimmed_page
from market.events import queries, registering, service
from market.events.answers import contact_reads_out, edited_event_out, event_out, registration_out
from market.events.models import Event, Registration
from market.events.queries import Attendance
from market.events.schemas import (
    AvailabilityUpdate,
    ContactReads,
    DecisionRequest,
    EventClone,
    EventCreate,
    EventEdited,
    EventOut,
    EventQuery,
    EventUpdate,
    RegistrationAcceptance,
    RegistrationCreate,
    RegistrationOut,
)
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


async def _answer(
    request: AnyRequest, session: AsyncSession, event: Event, catalogue: Catalogue, *, status: int = 200
) -> Response[EventOut]:
    counted = (await queries.attendance(session, [event])).get(event.id, Attendance())
    model = event_out(event, attendance=counted, catalogue=catalogue)
    location = f"/api/v1/events/{event.id}" if status == 201 else None
    return single(request, model, version=event.version, status=status, location=location)


@get(
    "/events",
    operation_id="listEvents",
    access=Access.ANYONE,
    dependencies={"params": query_of(EventQuery)},
    summary="Events, newest first",
)
async def list_events(
    params: NamedDependency[EventQuery], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[Page[EventOut]]:
    """Published events, by kind, day and place; drafts only for those who run them."""
    rows = queries.events_like(actor, params, catalogue=catalogue)
    found = await paginate(session, rows, key=Event.id, query=params)
    counted = await queries.attendance(session, found.rows)
    page = found.to_page(
        lambda event: event_out(event, attendance=counted.get(event.id, Attendance()), catalogue=catalogue)
    )
    return trimmed_page(request, page, EventOut)


@post("/events", operation_id="createEvent", access=Access.SIGNED_IN, summary="Record an event as a draft")
async def create_event(
    data: JSONBody[EventCreate], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[EventOut]:
    """For verified organizers and officers. Nobody else sees the draft before it is published."""
    event = await service.create_event(session, actor, data, catalogue=catalogue)
    return await _answer(request, session, event, catalogue, status=201)


@get("/events/{event_id:uuid}", operation_id="getEvent", access=Access.ANYONE, summary="One event")
async def get_event(
    event_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[EventOut]:
    """Halls, sessions, booths and deadlines, and how many are registered; a draft only for those who run it."""
    event = await queries.get_event(session, actor, event_id)
    return await _answer(request, session, event, catalogue)


@patch("/events/{event_id:uuid}", operation_id="editEvent", access=Access.SIGNED_IN, summary="Edit")
async def edit_event(
    event_id: FromPath[UUID],
    data: JSONBody[EventUpdate],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[EventEdited]:
    """For those who run it, until it is closed or cancelled; only what is sent changes. Who is registered is told of
    another day or place. Meetings for which there is no time or table any more are cancelled and counted in the answer.
    """
    event = await queries.get_event(session, actor, event_id, lock=True)
    require_match(request, event.version)
    cancelled = await service.edit_event(session, actor, event, data, catalogue=catalogue)
    counted = (await queries.attendance(session, [event])).get(event.id, Attendance())
    model = edited_event_out(event, attendance=counted, catalogue=catalogue, meetings_cancelled=cancelled)
    return single(request, model, version=event.version)


async def _moved(
    request: AnyRequest, session: AsyncSession, actor: Actor, catalogue: Catalogue, *, event_id: UUID, verb: str
) -> Response[EventOut]:
    event = await queries.get_event(session, actor, event_id, lock=True)
    require_match(request, event.version)
    await service.move_event(session, actor, event, verb=verb)
    return await _answer(request, session, event, catalogue)


@post(
    "/events/{event_id:uuid}/publish",
    operation_id="publishEvent",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Make the event public and open it to registrations",
)
async def publish_event(
    event_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[EventOut]:
    """For those who run it. Organizations may register from now on, until `registration_closes_on`."""
    return await _moved(request, session, actor, catalogue, event_id=event_id, verb="publish")


@post(
    "/events/{event_id:uuid}/close",
    operation_id="closeEvent",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The event is over",
)
async def close_event(
    event_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[EventOut]:
    """For those who run it. It takes no more registrations; papers are followed on and its summary stays."""
    return await _moved(request, session, actor, catalogue, event_id=event_id, verb="close")


@post(
    "/events/{event_id:uuid}/cancel",
    operation_id="cancelEvent",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The event does not take place",
)
async def cancel_event(
    event_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[EventOut]:
    """For those who run it. Everybody registered is told, and calendars that follow the event say so."""
    return await _moved(request, session, actor, catalogue, event_id=event_id, verb="cancel")


@get(
    "/events/{event_id:uuid}/registrations",
    operation_id="listRegistrations",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(PageQuery)},
    summary="Who is registered: all for the organizer and officers, an organization's own otherwise",
)
async def list_registrations(
    event_id: FromPath[UUID], params: NamedDependency[PageQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[RegistrationOut]]:
    """With delegates and booths; what one may see of others depends on who runs the event."""
    event = await queries.get_event(session, actor, event_id)
    rows = queries.visible_registrations(actor, event)
    found = await paginate(session, rows, key=Registration.id, query=params)
    await queries.note_contact_read(session, actor, event, found.rows)
    return trimmed_page(request, found.to_page(registration_out), RegistrationOut)


@post(
    "/events/{event_id:uuid}/registrations",
    operation_id="registerForEvent",
    access=Access.SIGNED_IN,
    summary="Register an organization",
)
async def register_for_event(
    event_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
    data: JSONBody[RegistrationCreate],
) -> Response[RegistrationOut]:
    """For members of the organization acted for, while registration is open. It waits for the organizer, or in line
    when the event is full.
    """
    event = await queries.get_event(session, actor, event_id)
    registration = await registering.register_organization(session, actor, event, data)
    location = f"/api/v1/events/{event_id}/registrations/{registration.id}"
    model = registration_out(registration)
    return single(request, model, version=registration.version, status=201, location=location)


@patch(
    "/events/{event_id:uuid}/registrations/{registration_id:uuid}",
    operation_id="editRegistration",
    access=Access.SIGNED_IN,
    summary="Say who comes and when they can meet; the organizer gives booths",
)
async def edit_registration(
    event_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
    data: JSONBody[AvailabilityUpdate],
) -> Response[RegistrationOut]:
    """The organization says who comes and when they are away; halls and booths are given by those who run the event."""
    event = await queries.get_event(session, actor, event_id)
    registration = await queries.get_registration(session, actor, event, registration_id, lock=True)
    require_match(request, registration.version)
    await registering.change_registration(session, actor, event, registration, changes=data)
    await queries.note_contact_read(session, actor, event, [registration])
    return single(request, registration_out(registration), version=registration.version)


@get(
    "/events/{event_id:uuid}/contact-reads",
    operation_id="listContactReads",
    access=Access.SIGNED_IN,
    summary="Who saw telephones of delegates: all for those who run the event, of one's own delegates otherwise",
)
async def list_contact_reads(event_id: FromPath[UUID], session: Session, actor: Who) -> Response[ContactReads]:
    """When a delegate's telephone was read and by whom. The latest 5,000 at once, without `limit`, to be looked
    through as a whole.
    """
    event = await queries.get_event(session, actor, event_id)
    reads = (await session.scalars(queries.contact_reads(actor, event))).all()
    return plain(contact_reads_out(reads))


@post(
    "/events/{event_id:uuid}/clone",
    operation_id="cloneEvent",
    access=Access.SIGNED_IN,
    summary="A draft for another time, with the same organization and nobody in it",
)
async def clone_event(
    event_id: FromPath[UUID],
    session: Session,
    actor: Who,
    catalogue: Reference,
    request: AnyRequest,
    data: JSONBody[EventClone],
) -> Response[EventOut]:
    """For those who run the event. Halls, hours and rules are taken over and moved to the new days; it is a draft
    until it is published.
    """
    event = await queries.get_event(session, actor, event_id)
    clone = await service.clone_event(session, actor, event, data)
    return await _answer(request, session, clone, catalogue, status=201)


@get(
    "/events/{event_id:uuid}/registrations/{registration_id:uuid}",
    operation_id="getRegistration",
    access=Access.SIGNED_IN,
    summary="One registration: for the organizer, officers and the organization itself",
)
async def get_registration(
    event_id: FromPath[UUID], registration_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[RegistrationOut]:
    """With its delegates, their times and booth, and what the organizer decided."""
    event = await queries.get_event(session, actor, event_id)
    registration = await queries.get_registration(session, actor, event, registration_id)
    await queries.note_contact_read(session, actor, event, [registration])
    return single(request, registration_out(registration), version=registration.version)


async def _decided(
    request: AnyRequest,
    session: AsyncSession,
    actor: Actor,
    *,
    event_id: UUID,
    registration_id: UUID,
    verb: str,
    decision: DecisionRequest | None,
) -> Response[RegistrationOut]:
    event = await queries.get_event(session, actor, event_id)
    registration = await queries.get_registration(session, actor, event, registration_id, lock=True)
    require_match(request, registration.version)
    said = decision.model_dump() if decision else {"note": None}
    await registering.decide_registration(session, actor, event, registration, verb=verb, **said)
    await queries.note_contact_read(session, actor, event, [registration])
    return single(request, registration_out(registration), version=registration.version)


@post(
    "/events/{event_id:uuid}/registrations/{registration_id:uuid}/accept",
    operation_id="acceptRegistration",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The organizer accepts",
)
async def accept_registration(
    event_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
    data: JSONBody[RegistrationAcceptance | None] = None,
) -> Response[RegistrationOut]:
    """For those who run the event, with a note if they like. The organization is told and takes part in the
    timetable.
    """
    return await _decided(
        request,
        session,
        actor,
        event_id=event_id,
        registration_id=registration_id,
        verb="accept",
        decision=data,
    )


@post(
    "/events/{event_id:uuid}/registrations/{registration_id:uuid}/decline",
    operation_id="declineRegistration",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The organizer declines",
)
async def decline_registration(
    event_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
    data: JSONBody[DecisionRequest | None] = None,
) -> Response[RegistrationOut]:
    """For those who run the event, with a note that the organization is told. Its place goes to whoever has waited
    longest.
    """
    return await _decided(
        request,
        session,
        actor,
        event_id=event_id,
        registration_id=registration_id,
        verb="decline",
        decision=data,
    )


@post(
    "/events/{event_id:uuid}/registrations/{registration_id:uuid}/withdraw",
    operation_id="withdrawRegistration",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="The organization does not come after all",
)
async def withdraw_registration(
    event_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
    data: JSONBody[DecisionRequest | None] = None,
) -> Response[RegistrationOut]:
    """For the registered organization, or an officer on its behalf. Its place goes to whoever has waited longest."""
    return await _decided(
        request,
        session,
        actor,
        event_id=event_id,
        registration_id=registration_id,
        verb="withdraw",
        decision=data,
    )


routes = [
    list_events,
    create_event,
    get_event,
    edit_event,
    publish_event,
    close_event,
    cancel_event,
    list_registrations,
    register_for_event,
    get_registration,
    edit_registration,
    list_contact_reads,
    clone_event,
    accept_registration,
    decline_registration,
    withdraw_registration,
]
