"""Who may do what with an event. Pure."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

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


def may_organize(kinds: Collection[str] | None) -> bool:
    """Whether an organization of these kinds may run events; None: the officers do."""
    return kinds is None or bool(set(kinds) & set(ORGANIZING_KINDS))


def desk_scope(event_id: UUID) -> str:
    """The only scope of a device of an event."""
    return f"event:{event_id}"


def may_see_hall(actor: Actor, event: Event) -> bool:
    """Who runs the event, and its devices: they see everybody who comes and every meeting."""
    return may_run(actor, event) or desk_scope(event.id) in (actor.scopes or ())


def require_at_desk(actor: Actor, event: Event) -> None:
    """Note who came, what came of meetings and what was signed.

    Raises:
        NotAllowed: neither running the event nor a device of it.
    """
    if not may_see_hall(actor, event):
        raise NotAllowed


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
