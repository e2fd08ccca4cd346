"""Verbs of quotes: create, edit, submit, revise, counter, decline, withdraw. Accepting stands in `acceptance`."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import ValidationFailed
from market.core.language import Message
from market.listings.models import CapacityReservation
from market.listings.reservations import release_capacity, week_name
from market.needs.models import Need
from market.organizations.blocks.service import require_taken
from market.organizations.queries import get_acting_organization
from market.quotes import policy
from market.quotes.contents import (
    Question,
    checked_lines,
    details_for_log,
    first_revision,
    next_revision,
    require_future,
)
from market.quotes.models import Quote
from market.quotes.queries import lines_asked
from market.quotes.schemas import DeclineRequest, QuoteChange, QuoteCreate
from market.reference.catalogue import Catalogue

MAX_REVISIONS = 100
TOO_MANY = Message(
    vi="Báo giá đã có quá nhiều lần chào; hãy lập báo giá mới.", en="Too many revisions; begin a new quote."
)


async def create_quote(
    session: AsyncSession, actor: Actor, need: Need, quote_in: QuoteCreate, *, catalogue: Catalogue
) -> Quote:
    """Answer a need that is loaded with its lines, as a draft unless it is to be submitted at once.

    Raises:
        OwnNeed, NotOfThatKind, NeedClosed: see `policy.require_can_quote`.
        ValidationFailed: a line does not fit the need or the supplier's listings, or the validity is over.
        Blocked, BlockedByUs: one of the two wants to hear nothing of the other.
        IntegrityError: the supplier has an open quote for the need already (the API answers `QuoteOpen`).
    """
    today = clock.today()
    supplier_id = policy.require_can_quote(actor, need, today=today)
    await require_taken(session, supplier_id, need.organization_id)
    require_future(quote_in.valid_until, today=today)
    question = Question(asked=need.lines, supplier_id=supplier_id, catalogue=catalogue, today=today)
    revision = first_revision(actor, quote_in, await checked_lines(session, question, quote_in.lines))
    quote = Quote(
        need_id=need.id,
        need=need,
        organization_id=supplier_id,
        organization=await get_acting_organization(session, actor),
        status="draft",
        revision=1,
        valid_until=quote_in.valid_until,
        revisions=[revision],
    )
    if quote_in.submit:
        _show(quote)
    await record_change(session, actor, quote, verb="create", details=details_for_log(revision))
    return quote


def _show(quote: Quote) -> None:
    quote.status, quote.submitted_at, quote.shown_from = "submitted", clock.now(), quote.revision


async def submit_quote(session: AsyncSession, actor: Actor, quote: Quote) -> Quote:
    """Show a draft to the buyer.

    Raises:
        IllegalTransition, OtherSide: it is no draft, or another's.
        NeedClosed, QuoteOverdue: the need takes no quotes any more, or the validity is over.
        Blocked, BlockedByUs: one of the two wants to hear nothing of the other.
    """
    policy.require_verb(actor, quote, "submit")
    await require_taken(session, quote.organization_id, quote.need.organization_id)
    today = clock.today()
    policy.require_open_need(quote.need, today=today)
    policy.require_valid(quote, today=today)
    _show(quote)
    await record_change(session, actor, quote, verb="submit")
    return quote


async def change_quote(
    session: AsyncSession, actor: Actor, quote: Quote, change: QuoteChange, *, verb: str, catalogue: Catalogue
) -> Quote:
    """Write the next revision: `edit` a draft, `revise` as supplier or `counter` as buyer.

    Raises:
        IllegalTransition, OtherSide: the state does not allow it, or it belongs to the other side.
        Blocked, BlockedByUs: one of the two wants to hear nothing of the other.
        ValidationFailed: a line does not fit, or the validity is over.
    """
    step = policy.require_verb(actor, quote, verb)
    side = policy.acting_side(quote, step)
    if verb != "edit":
        await require_taken(session, *policy.sender_and_receiver(quote, side))
    today = clock.today()
    if quote.revision >= MAX_REVISIONS:
        raise ValidationFailed.single("", "too-many-revisions", TOO_MANY)
    require_future(change.valid_until or quote.valid_until, today=today)
    lines = None
    if change.lines is not None:
        asked = await lines_asked(session, quote.need_id)
        question = Question(asked=asked, supplier_id=quote.organization_id, catalogue=catalogue, today=today)
        lines = await checked_lines(session, question, change.lines)
    revision = next_revision(actor, quote, change, side=side, lines=lines)
    quote.revisions.append(revision)
    quote.revision, quote.valid_until = revision.number, revision.valid_until
    if step.target is not None:
        quote.status = "countered" if side == "buyer" else "submitted"
    await record_change(session, actor, quote, verb=verb, details=details_for_log(revision))
    return quote


async def decline_quote(session: AsyncSession, actor: Actor, quote: Quote, request: DeclineRequest) -> Quote:
    """Refuse what is on the table, with a coded reason.

    Raises:
        IllegalTransition, OtherSide: nothing is on the table, or it is for the buyer.
    """
    policy.require_verb(actor, quote, "decline")
    quote.status, quote.decided_at = "declined", clock.now()
    quote.decline_reason, quote.decline_note = request.reason, request.note
    await record_change(session, actor, quote, verb="decline")
    return quote


async def withdraw_quote(session: AsyncSession, actor: Actor, quote: Quote) -> Quote:
    """Take a quote back before it is accepted.

    Raises:
        IllegalTransition, OtherSide: it was decided, or is another's.
    """
    policy.require_verb(actor, quote, "withdraw")
    quote.status, quote.decided_at = "withdrawn", clock.now()
    await record_change(session, actor, quote, verb="withdraw")
    return quote


async def release_reservations(
    session: AsyncSession, actor: Actor, quote: Quote, *, because: str
) -> list[CapacityReservation]:
    """Free what an accepted quote holds and has not released, e.g. when its agreement ends before its time.

    Args:
        quote: locked. Whether the actor may end what holds it was judged by whoever asks.
        because: a code for the log, e.g. the cause of an agreement's end.

    Raises:
        NothingAccepted: the quote was never accepted.
    """
    policy.require_won(quote)
    released = await release_capacity(session, holder="quote", holder_id=quote.id)
    if released:
        weeks = sorted({week_name(reservation.week) for reservation in released})
        await record_change(session, actor, quote, verb="release", details={"because": because, "weeks": weeks})
    return released
