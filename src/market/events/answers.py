"""From rows to what the API says about events."""

from __future__ import annotations

from market.events.models import Event, Registration
from market.events.queries import Attendance
from market.events.schemas import Delegate, EventOut, OrganizationRef, RegistrationOut
from market.events.venue import Hall, SessionIn, Stretch
from market.reference.catalogue import Catalogue
from market.reference.schemas import ProvinceOut

EVENT_COLUMNS = tuple(
    name
    for name in EventOut.model_fields
    if name
    not in (
        *("province", "organizer", "programme", "organizations_count", "delegates_count", "waiting_count"),
        *("halls", "sessions", "booths_count", "cloned_from"),
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
    )


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
