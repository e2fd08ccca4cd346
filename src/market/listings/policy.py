"""Who may do what with a listing, and in which state. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from market.core.access import Actor
from market.core.errors import Conflict, FieldError
from market.core.language import Message
from market.listings.models import Listing
from market.organizations.policy import require_member
from market.organizations.publication import Status, WrongState, next_status
from market.reading.specifying import specification_errors
from market.reference.cadence import week_label
from market.reference.types import remembered

NOTHING = Decimal(0)


class UnitReserved(Conflict):
    code = "unit-reserved"
    detail = Message(
        vi="Nguồn hàng đã có lượng được giữ chỗ nên không đổi được đơn vị tính.",
        en="Some of the listing is promised already, so its unit cannot change.",
    )


class CapacityPromised(Conflict):
    """The problem's `weeks` names what would be offered in each of them, and what is promised."""

    code = "capacity-promised"
    title = Message(vi="Đã hứa nhiều hơn", en="More is promised")
    detail = Message(
        vi="Lượng mới thấp hơn lượng đã hứa giao: {weeks}. Nếu đúng ý, gửi kèm below_promised: true.",
        en="The new capacity is less than what is promised: {weeks}. If that is meant, send below_promised: true.",
    )


ERASES = Message(
    vi="Tin đang đăng và người mua dựa vào mục này; nếu thật sự muốn xóa, gửi kèm erase: [“{field}”].",
    en='The listing is published and buyers count on this; to empty it all the same, send erase: ["{field}"].',
)


def erasures(listing: Listing, emptied: Collection[str], confirmed: Collection[str]) -> list[FieldError]:
    """The fields of a published listing that would be emptied without being meant to.

    Args:
        emptied: fields that were sent as null or an empty list, and are not empty now.
        confirmed: those that are meant to be.
    """
    if listing.status != "published":
        return []
    return [
        FieldError(f"/{name}", "erases-published", ERASES, {"field": name}) for name in emptied if name not in confirmed
    ]


def require_covers(
    capacity: Mapping[int, Decimal], promised: Mapping[int, Decimal], before: Mapping[int, Decimal]
) -> None:
    """A capacity still holds what is promised of it, or no less than it held before.

    Raises:
        CapacityPromised: in some weeks it does not.
    """
    short = [
        (week, quantity, capacity.get(week, NOTHING))
        for week, quantity in sorted(promised.items())
        if capacity.get(week, NOTHING) < min(quantity, before.get(week, NOTHING))
    ]
    if short:
        named = ", ".join(f"{week_label(week)} ({offered:f} < {quantity:f})" for week, quantity, offered in short[:5])
        weeks = [
            {"week": week_label(week), "promised": f"{quantity:f}", "offered": f"{offered:f}"}
            for week, quantity, offered in short
        ]
        raise CapacityPromised(weeks=named, extra={"weeks": weeks})


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


def misspecified(sent: Mapping[str, Any], *, goods: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with the grade, size and packing that were sent, beside the columns that say what the goods are."""
    return specification_errors(remembered(), sent, concept=goods["concept_id"], category=goods["category_id"])
