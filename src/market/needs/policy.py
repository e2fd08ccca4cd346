"""Who may do what with a need, and in which state. Pure."""

from __future__ import annotations

from market.core.access import Actor
from market.needs.models import Need
from market.organizations.policy import require_member
from market.organizations.publication import Status, WrongState, next_status


def require_can_edit(actor: Actor, need: Need) -> None:
    """Members of the organization; archived needs stay as they are.

    Raises:
        NotAllowed: others.
        WrongState: it is archived.
    """
    require_member(actor, need.organization_id)
    if need.status == "archived":
        raise WrongState(verb="edit", status=need.status)


def require_transition(actor: Actor, need: Need, verb: str) -> Status:
    """The state that `verb` leads to.

    Raises:
        NotAllowed: the actor is not of the organization.
        WrongState: the verb does not start from the need's state.
    """
    require_member(actor, need.organization_id)
    return next_status(need.status, verb)
