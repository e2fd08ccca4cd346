"""Who may do what with a quote, and when. Pure."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from market.core.access import Actor
from market.core.errors import AlreadyExists, Conflict, NotAllowed
from market.core.language import Message
from market.core.states import spoken
from market.needs.models import Need
from market.organizations.policy import require_acting_as
from market.quotes.models import Quote
from market.quotes.states import WON, Side, Step, allowed_to, doer, require_step


class OwnNeed(NotAllowed):
    code = "own-need"
    detail = Message(vi="Không thể chào hàng cho nhu cầu của chính mình.", en="Nobody quotes for their own need.")


class OtherSide(NotAllowed):
    code = "other-side"
    detail = Message(vi="Việc này thuộc về bên kia của báo giá.", en="This is for the other side of the quote.")


class NeedClosed(Conflict):
    code = "need-closed"
    detail = Message(vi="Nhu cầu này không còn nhận báo giá.", en="The need takes no quotes any more.")


class QuoteOpen(AlreadyExists):
    code = "quote-open"
    detail = Message(
        vi="Tổ chức của bạn đang có một báo giá cho nhu cầu này; hãy sửa báo giá đó.",
        en="Your organization has an open quote for this need already; revise that one.",
    )


class QuoteOverdue(Conflict):
    code = "quote-overdue"
    detail = Message(
        vi="Báo giá đã hết hiệu lực ngày {valid_until}; bên bán có thể chào lại.",
        en="The quote was valid until {valid_until}; the supplier may revise it.",
    )


class PartySuspended(Conflict):
    code = "party-suspended"
    detail = Message(vi="Một bên đang bị tạm ngưng.", en="One side is suspended.")


class LineQuoted(Conflict):
    """A line of a need cannot go while quotes answer it."""

    code = "line-quoted"
    detail = Message(
        vi="Đã có báo giá cho dòng này nên không xóa được; hãy sửa dòng đó.",
        en="Quotes answer this line, so it cannot be removed; edit it instead.",
    )


class NothingAccepted(Conflict):
    code = "nothing-accepted"
    detail = Message(vi="Báo giá này chưa được chấp nhận.", en="The quote was not accepted.")


class ThreadExists(AlreadyExists):
    code = "thread-exists"
    detail = Message(
        vi="Hai bên vừa mở trao đổi về nội dung này; hãy gửi lại.",
        en="The other side began this thread at the same moment; send again.",
    )


def sides_of(actor: Actor, quote: Quote) -> frozenset[Side]:
    """The sides of the quote that the actor belongs to; its need must be loaded."""
    pairs: tuple[tuple[Side, UUID], ...] = (
        ("supplier", quote.organization_id),
        ("buyer", quote.need.organization_id),
    )
    return frozenset(side for side, organization_id in pairs if actor.belongs_to(organization_id))


def require_can_quote(actor: Actor, need: Need, *, today: date) -> UUID:
    """The supplier acted for: an organization that sells, for another's need that still takes quotes.

    Raises:
        OwnNeed: the need is the organization's own.
        NotOfThatKind, NotAllowed: it neither produces nor trades, or none is acted for.
        NeedClosed: the need is not published, or its deadline is over.
    """
    if actor.organization_id == need.organization_id:
        raise OwnNeed
    supplier_id = require_acting_as(actor, "producer", "buyer")
    require_open_need(need, today=today)
    return supplier_id


def require_open_need(need: Need, *, today: date) -> None:
    """A published need whose deadline has not passed.

    Raises:
        NeedClosed: otherwise.
    """
    if need.status != "published" or (need.deadline is not None and need.deadline < today):
        raise NeedClosed


def require_verb(actor: Actor, quote: Quote, verb: str) -> Step:
    """The transition of a verb, by somebody whose it is.

    Raises:
        IllegalTransition: the state does not allow it.
        OtherSide: it belongs to the other side, or the actor is of neither.
    """
    sides = sides_of(actor, quote)
    step = require_step(verb, state=quote.status, sides=sides)
    if spoken(verb) not in allowed_to(sides, state=quote.status):
        raise OtherSide
    return step


def acting_side(quote: Quote, step: Step) -> Side:
    """The side that a transition belongs to in the quote's state."""
    side = doer(step, state=quote.status)
    return "buyer" if side == "buyer" else "supplier"


def sender_and_receiver(quote: Quote, side: Side) -> tuple[UUID, UUID]:
    """The organization of a side, and that of the other; the quote's need must be loaded."""
    supplier, buyer = quote.organization_id, quote.need.organization_id
    return (supplier, buyer) if side == "supplier" else (buyer, supplier)


def require_valid(quote: Quote, *, today: date) -> None:
    """A quote that can still be accepted today.

    Raises:
        QuoteOverdue: its last day is over.
    """
    if quote.valid_until < today:
        raise QuoteOverdue(valid_until=quote.valid_until.isoformat())


def require_both_active(quote: Quote) -> None:
    """Both organizations trade at present; they must be loaded.

    Raises:
        PartySuspended: one is suspended.
    """
    if {quote.organization.status, quote.need.organization.status} != {"active"}:
        raise PartySuspended


def require_won(quote: Quote) -> None:
    """An accepted quote, whole or in part.

    Raises:
        NothingAccepted: otherwise.
    """
    if quote.status not in WON:
        raise NothingAccepted
