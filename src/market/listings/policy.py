"""Who may do what with a listing, and in which state. Pure."""

from __future__ import annotations

from market.core.access import Actor
from market.core.errors import Conflict
from market.core.language import Message
from market.listings.models import Listing
from market.organizations.policy import require_member
from market.organizations.publication import Status, WrongState, next_status


class UnitReserved(Conflict):
    code = "unit-reserved"
    detail = Message(
        vi="Nguồn hàng đã có lượng được giữ chỗ nên không đổi được đơn vị tính.",
        en="Some of the listing is promised already, so its unit cannot change.",
    )


def require_can_edit(actor: Actor, listing: Listing) -> None:
    """Members of the organization; archived listings stay as they are.

    Raises:
        NotAllowed: others.
        WrongState: it is archived.
    """
    require_member(actor, listing.organization_id)
    if listing.status == "archived":
        raise WrongState(verb="edit", status=listing.status)


def require_transition(actor: Actor, listing: Listing, verb: str) -> Status:
    """The state that `verb` leads to.

    Raises:
        NotAllowed: the actor is not of the organization.
        WrongState: the verb does not start from the listing's state.
    """
    require_member(actor, listing.organization_id)
    return next_status(listing.status, verb)
