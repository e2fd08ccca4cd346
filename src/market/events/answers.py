"""From rows to what the API says about events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from market.accounts.models import ContactReading
from market.events.models import Event, Registration
from market.events.queries import Attendance
from market.events.schemas import (
    BoothOut,
    ContactReadOut,
    ContactReads,
    Delegate,
    EventEdited,
    EventOut,
    Floor,
    OrganizationRef,
    RegistrationOut,
)
from market.events.venue import Booth, Hall, SessionIn, Stretch
from market.photos.addresses import photo_mark
from market.reference.catalogue import Catalogue
from market.reference.schemas import ProvinceOut

EVENT_COLUMNS = tuple(
    name
    for name in EventOut.model_fields
    if name
    not in (
        *("province", "organizer", "programme", "organizations_count", "delegates_count", "waiting_count"),
        *("halls", "sessions", "booths_count", "cloned_from", "follows"),
    )
)
REGISTRATION_COLUMNS = tuple(
    name for name in RegistrationOut.model_fields if name not in ("event", "organization", "delegates", "away")
)


def event_out(event: Event, *, attendance: Attendance, catalogue: Catalogue) -> EventOut:
    """The event with how many take part; names of people are in registrations only."""
    province = catalogue.province(event.province_code, event.province_version)
    return EventOut.model_construct(
        **{name: getattr(event, name) for name in EVENT_COLUMNS},
        province=ProvinceOut.within(catalogue, province),
        organizer=OrganizationRef.model_validate(event.organizer) if event.organizer else None,
        programme=event.programme_group_id,
        organizations_count=attendance.organizations,
        delegates_count=attendance.delegates,
        waiting_count=attendance.waiting,
        halls=[Hall.model_validate(hall) for hall in event.halls],
        sessions=[SessionIn.model_validate(session) for session in event.sessions],
        booths_count=len(event.booths),
        cloned_from=event.cloned_from_id,
        follows=event.follows_id,
    )


def edited_event_out(
    event: Event, *, attendance: Attendance, catalogue: Catalogue, meetings_cancelled: int
) -> EventEdited:
    """The event, and what its edit did to meetings."""
    shown = event_out(event, attendance=attendance, catalogue=catalogue)
    return EventEdited.model_construct(**shown.__dict__, meetings_cancelled=meetings_cancelled)


def registration_out(registration: Registration) -> RegistrationOut:
    """A registration in full: whoever may see the row may see its delegates."""
    return RegistrationOut.model_construct(
        **{name: getattr(registration, name) for name in REGISTRATION_COLUMNS},
        event=registration.event_id,
        organization=OrganizationRef.model_validate(registration.organization),
        # Stored delegates were validated when they came in.
        delegates=[Delegate.model_construct(**delegate) for delegate in registration.delegates],
        away=[Stretch.model_validate(stretch) for stretch in registration.away],
    )


def contact_reads_out(reads: Iterable[ContactReading]) -> ContactReads:
    """Who read telephones, newest first: what was shown by one request together."""
    shown: dict[tuple[Any, ...], list[UUID]] = defaultdict(list)
    for read in reads:
        shown[read.at, read.reader_id, read.reader_organization_id, read.request_id].append(read.organization_id)
    items = [
        ContactReadOut(at=at, organization_ids=ids, reader_user_id=user, reader_organization_id=organization)
        for (at, user, organization, _), ids in shown.items()
    ]
    return ContactReads(items=items)


def floor_out(event: Event, accepted: Iterable[Registration]) -> Floor:
    """The floor list with who was given which booth."""
    whose = {number: registration for registration in accepted for number in registration.booth_numbers}
    listed = [Booth.model_validate(booth) for booth in event.booths]
    known = {booth.number for booth in listed}
    # Where there is no floor list, what was given is the list.
    listed += [Booth(number=number) for number in sorted(whose) if number not in known]
    public = event.published_at is not None
    return Floor(event=event.id, items=[_booth_out(booth, whose.get(booth.number), public=public) for booth in listed])


def _booth_out(booth: Booth, registration: Registration | None, *, public: bool) -> BoothOut:
    return BoothOut(
        number=booth.number,
        hall=booth.hall,
        organization=OrganizationRef.model_validate(registration.organization) if registration else None,
        registration=registration.id if registration else None,
        photo=photo_mark(registration.photo, public=public) if registration else None,
    )
