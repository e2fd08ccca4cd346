"""Who may do what with an event. Pure."""

from __future__ import annotations

from market.core.access import Actor
from market.core.errors import NotAllowed
from market.events.models import Event, Registration

ORGANIZING_KINDS = ("organizer", "authority")


def may_run(actor: Actor, event: Event) -> bool:
    """The organizer's members and officers."""
    return actor.is_officer or actor.belongs_to(event.organizer_id)


def require_can_run(actor: Actor, event: Event) -> None:
    """Edit, publish and close the event, and decide on registrations.

    Raises:
        NotAllowed: of another organization and not an officer.
    """
    if not may_run(actor, event):
        raise NotAllowed


def require_can_withdraw(actor: Actor, registration: Registration) -> None:
    """The registered organization, or an officer on its behalf.

    Raises:
        NotAllowed: anybody else, the organizer too (who declines instead).
    """
    if not actor.is_officer and not actor.belongs_to(registration.organization_id):
        raise NotAllowed
