"""The event of the story: who comes, and what is signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.lifecycle import confirm_agreement, make_effective, sign_agreement
from market.agreements.lifecycle_schemas import SignRequest
from market.agreements.schemas import AgreementCreate
from market.agreements.service import create_agreement
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.ids import new_id
from market.demo.seasons import months_later
from market.demo.seeds import Promise, Registered, Signatory, SignedPaper, Story, StoryEvent
from market.events.desk.checking_in import check_in
from market.events.desk.schemas import CheckInCreate
from market.events.meetings.schemas import WishCreate
from market.events.meetings.service import ask_for_timetable
from market.events.meetings.wishes import wish
from market.events.models import Event
from market.events.registering import change_registration, decide_registration, register_organization
from market.events.schemas import AvailabilityUpdate, EventCreate, RegistrationCreate
from market.events.service import create_event, move_event
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue

Actors = Mapping[str, tuple[Organization, Actor]]
FIRST_DELIVERY_DAYS = 7
"""After the signing."""


async def tell_event(session: AsyncSession, story: Story, *, actors: Actors, catalogue: Catalogue) -> tuple[int, int]:
    """The event with its registrations and papers, unless an event with its code is there.

    Returns:
        How many registrations and agreements were told.
    """
    if await session.scalar(select(Event.id).where(Event.code == story.event.code)):
        return (0, 0)
    body, organizer = actors[story.event.organizer]
    # Only officers put an event under an official programme.
    event_in = _event_of(story.event).model_copy(update={"organizer": body.id})
    event = await create_event(session, SYSTEM, event_in, catalogue=catalogue)
    await move_event(session, organizer, event, verb="publish")
    for registered in story.event.registrations:
        await _register(session, event, registered, organizer=organizer, actor=actors[registered.organization][1])
    for one, other in story.event.wishes:
        await wish(session, actors[one][1], event, WishCreate(partner=actors[other][0].id))
    # The worker makes it as soon as it runs.
    await ask_for_timetable(session, organizer, event, anew=False)
    for paper in story.papers:
        await _sign(session, paper, event=event, organizer=organizer, actors=actors)
    return (len(story.event.registrations), len(story.papers))


def _event_of(event: StoryEvent) -> EventCreate:
    today = clock.today()
    return EventCreate(
        **event.model_dump(
            include={"code", "name", "kind", "province", "place", "address", "programme", "description"}
            | {"halls", "booths", "walking_minutes"}
        ),
        sessions=[
            {**session.model_dump(exclude={"in_days"}), "on": today + timedelta(days=session.in_days)}
            for session in event.sessions
        ],
        starts_on=today + timedelta(days=event.starts_in_days),
        ends_on=today + timedelta(days=event.ends_in_days),
    )


async def _register(
    session: AsyncSession, event: Event, registered: Registered, *, organizer: Actor, actor: Actor
) -> None:
    registration_in = RegistrationCreate(delegates_count=registered.delegates, booths=registered.booths)
    registration = await register_organization(session, actor, event, registration_in)
    if registered.status != "requested":
        verb = "accept" if registered.status == "accepted" else "decline"
        note = None if verb == "accept" else "Hết gian hàng (minh họa)"
        await decide_registration(session, organizer, event, registration, verb=verb, note=note)
    if registered.booth_numbers:
        given = AvailabilityUpdate(booth_numbers=list(registered.booth_numbers))
        await change_registration(session, organizer, event, registration, changes=given)
    if registered.came:
        here = CheckInCreate(id=new_id(), organization=registration.organization_id)
        await check_in(session, organizer, event.id, here)


async def _sign(session: AsyncSession, paper: SignedPaper, *, event: Event, organizer: Actor, actors: Actors) -> None:
    """Logged by the organizer; where the paper counts, every side confirms it first."""
    agreement_in = agreement_of(paper, event=event, actors=actors, today=clock.today())
    agreement = await create_agreement(session, organizer, agreement_in)
    if paper.status == "draft":
        return
    await sign_agreement(session, organizer, agreement, SignRequest())
    if paper.status != "effective":
        return
    for party in agreement.parties:
        if party.role in ("seller", "buyer"):
            own = [actor for organization, actor in actors.values() if organization.id == party.organization_id]
            await confirm_agreement(session, own[0] if own else organizer, agreement, party_id=party.id)
    await make_effective(session, organizer, agreement)


def agreement_of(paper: SignedPaper, *, event: Event, actors: Actors, today: date) -> AgreementCreate:
    """The paper as it is typed in."""
    signed_on = today - timedelta(days=paper.signed_days_ago)
    until = months_later(signed_on, paper.months)
    return AgreementCreate.model_validate(
        {
            **paper.model_dump(include={"instrument", "domain", "title", "signing_place", "province", "value_vnd"}),
            "paper_number": paper.number,
            "event": event.id if paper.at_event else None,
            "signed_on": signed_on,
            "valid_from": signed_on,
            "valid_until": until,
            "parties": [_party_of(signatory, actors) for signatory in paper.parties],
            "lines": [_line_of(promise, first=signed_on, last=until) for promise in paper.lines],
        }
    )


def _party_of(signatory: Signatory, actors: Actors) -> dict[str, Any]:
    known = actors[signatory.organization][0].id if signatory.organization else None
    responsible = {"name": signatory.responsible} if signatory.responsible else None
    return {"role": signatory.role, "organization": known, "name": signatory.name, "responsible": responsible}


def _line_of(promise: Promise, *, first: date, last: date) -> dict[str, Any]:
    line = promise.model_dump(exclude={"cadence"})
    if promise.cadence is None:
        return line
    begins = first + timedelta(days=FIRST_DELIVERY_DAYS)
    return line | {"period_from": begins, "period_until": last, "delivery_plan": {"cadence": promise.cadence}}
