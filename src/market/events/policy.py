"""Who may do what with an event. Pure."""

from __future__ import annotations

from market.core.access import Actor
from market.core.errors import NotAllowed
from market.events.models import Event, Registration

ORGANIZING_KINDS = ("organizer", "authority")


def may_run(actor: Actor, event: Event) -> bool:
    """Officers, and the organizer's members while it is an organizer: delegates' contacts are not for who was one."""
    organizes = any(
        membership.organization_id == event.organizer_id and membership.kinds & set(ORGANIZING_KINDS)
        for membership in actor.memberships
    )
    return actor.is_officer or organizes


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
