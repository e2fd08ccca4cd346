"""Accepting quotes: whole, in part or several at once, with the capacity reserved or nothing done at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_changes
from market.core.errors import FieldError, Stale, ValidationFailed
from market.core.language import Message
from market.listings.models import Listing
from market.listings.reservations import Promise, lock_listings, reserve_capacity
from market.needs.models import Need
from market.organizations.blocks.service import require_taken
from market.quotes import policy
from market.quotes.contents import NOT_CONVERTIBLE
from market.quotes.models import Quote, QuoteLine
from market.quotes.quantities import conversion, weekly_in
from market.quotes.queries import quotes_by_id
from market.quotes.schemas import AcceptLine, AcceptRequest, PoolPart
from market.reference.cadence import CENT, iso_week
from market.reference.catalogue import Catalogue

NOTHING = Decimal(0)
UNKNOWN_LINE = Message(vi="Báo giá không có dòng này, hoặc đã nêu nó.", en="No such line, or it is named already.")
TOO_MUCH = Message(vi="Nhiều hơn lượng được chào.", en="This is more than was quoted.")
TOO_LITTLE = Message(vi="Ít hơn mức mua tối thiểu của nguồn hàng.", en="This is less than the listing's least order.")
NOTHING_MEANT = Message(vi="Không nhận gì trong báo giá này.", en="Nothing of this quote is meant.")
IN_PART = Message(vi="Đề nghị của bên mua chỉ nhận trọn.", en="A counter-offer is accepted as a whole only.")
QUOTE_TWICE = Message(vi="Báo giá này đã được nêu.", en="This quote is named already.")
UNKNOWN_QUOTE = Message(vi="Nhu cầu không có báo giá này.", en="The need has no such quote.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A quote and what of it is accepted."""

    quote: Quote
    request: AcceptRequest
    pointer: str = ""
    """Where the request stands in the body."""


async def accept_quote(
    session: AsyncSession, actor: Actor, quote: Quote, request: AcceptRequest, *, catalogue: Catalogue
) -> Quote:
    """Accept what is on the table and reserve its goods by week.

    Raises:
        As `accept_quotes`.
    """
    await accept_quotes(session, actor, [Chosen(quote, request)], catalogue=catalogue)
    return quote


async def accept_pool(
    session: AsyncSession, actor: Actor, need: Need, parts: Sequence[PoolPart], *, catalogue: Catalogue
) -> list[Quote]:
    """Accept several suppliers' quotes for one need, all or none.

    Raises:
        ValidationFailed: a quote is named twice or is none of the need's.
        Stale: a quote was changed since it was read.
        Also as `accept_quotes`.
    """
    found = await quotes_by_id(session, actor, [part.quote for part in parts], lock=True)
    quotes = {quote_id: quote for quote_id, quote in found.items() if quote.need_id == need.id}
    errors: list[FieldError] = []
    for position, part in enumerate(parts):
        if part.quote not in quotes:
            errors.append(FieldError(f"/quotes/{position}/quote", "unknown-quote", UNKNOWN_QUOTE))
        if part.quote in {earlier.quote for earlier in parts[:position]}:
            errors.append(FieldError(f"/quotes/{position}/quote", "quote-twice", QUOTE_TWICE))
    if errors:
        raise ValidationFailed(errors=errors)
    for part in parts:
        if quotes[part.quote].version != part.version:
            raise Stale(extra={"quote": str(part.quote)})
    chosen = [Chosen(quotes[part.quote], part, f"/quotes/{position}") for position, part in enumerate(parts)]
    await accept_quotes(session, actor, chosen, catalogue=catalogue)
    return [each.quote for each in chosen]


async def accept_quotes(session: AsyncSession, actor: Actor, chosen: Sequence[Chosen], *, catalogue: Catalogue) -> None:
    """Accept all of these or none. The quotes must be locked in the order of their ids.

    Raises:
        IllegalTransition, OtherSide: something is not on the table, or not for the actor to accept.
        QuoteOverdue, PartySuspended: it cannot be accepted any more.
        Blocked, BlockedByUs: one of two sides wants to hear nothing of the other.
        ValidationFailed: a part is not of the quote, too much, or below the least order.
        CapacityShort: in some week there is not enough left; names weeks and what is missing.
    """
    await _require_open(session, actor, chosen)
    lines = [line for each in chosen for line in each.quote.current.lines]
    listings = await lock_listings(session, [line.listing_id for line in lines])
    amounts: dict[UUID, Decimal] = {}
    errors: list[FieldError] = []
    for each in chosen:
        amounts |= _amounts(each, listings, catalogue=catalogue, errors=errors)
    promises = _promises(chosen, amounts, listings, catalogue=catalogue, errors=errors)
    if errors:
        raise ValidationFailed(errors=errors)
    await reserve_capacity(session, promises, listings=listings)
    for each in chosen:
        _settle(each.quote, amounts)
    quotes = [each.quote for each in chosen]
    details = [{"accepted": {str(line.id): amounts[line.id] for line in quote.current.lines}} for quote in quotes]
    await record_changes(session, actor, quotes, verb="accept", details=details)


async def _require_open(session: AsyncSession, actor: Actor, chosen: Sequence[Chosen]) -> None:
    today = clock.today()
    others: dict[UUID, list[UUID]] = {}
    for each in chosen:
        side = policy.acting_side(each.quote, policy.require_verb(actor, each.quote, "accept"))
        if each.request.in_part and side == "supplier":
            raise ValidationFailed.single(each.pointer, "in-part", IN_PART)
        policy.require_valid(each.quote, today=today)
        policy.require_both_active(each.quote)
        sender, receiver = policy.sender_and_receiver(each.quote, side)
        others.setdefault(sender, []).append(receiver)
    for sender, receivers in others.items():
        await require_taken(session, sender, *receivers)


def _settle(quote: Quote, amounts: Mapping[UUID, Decimal]) -> None:
    lines = quote.current.lines
    for line in lines:
        line.accepted_quantity = amounts[line.id]
    whole = all(line.accepted_quantity == line.quantity for line in lines)
    quote.status, quote.decided_at = "accepted" if whole else "partly_accepted", clock.now()


def _amounts(
    chosen: Chosen, listings: Mapping[UUID, Listing], *, catalogue: Catalogue, errors: list[FieldError]
) -> dict[UUID, Decimal]:
    """How much of each line of the quote is meant, counted as the line counts."""
    lines = {line.id: line for line in chosen.quote.current.lines}
    request = chosen.request
    if request.lines is None:
        share = request.share or Decimal(1)
        amounts = {line.id: _share(line, share) for line in lines.values()}
    else:
        amounts = dict.fromkeys(lines, NOTHING)
        for position, part in enumerate(request.lines):
            pointer = f"{chosen.pointer}/lines/{position}"
            line = lines.get(part.line)
            if line is None or amounts[line.id]:
                errors.append(FieldError(f"{pointer}/line", "unknown-line", UNKNOWN_LINE))
                continue
            amounts[line.id] = _meant(line, part)
            if amounts[line.id] > line.quantity:
                errors.append(FieldError(f"{pointer}/quantity", "more-than-quoted", TOO_MUCH))
    if not any(amounts.values()):
        errors.append(FieldError(chosen.pointer, "nothing-meant", NOTHING_MEANT))
    for line in lines.values():
        if _below_least_order(line, amounts[line.id], listings[line.listing_id], catalogue):
            errors.append(FieldError(chosen.pointer, "below-least-order", TOO_LITTLE))
    return amounts


def _share(line: QuoteLine, share: Decimal) -> Decimal:
    return (line.quantity * share).quantize(CENT, ROUND_DOWN)


def _meant(line: QuoteLine, part: AcceptLine) -> Decimal:
    if part.quantity is not None:
        return part.quantity
    return _share(line, part.share or Decimal(1))


def _below_least_order(line: QuoteLine, amount: Decimal, listing: Listing, catalogue: Catalogue) -> bool:
    """Whether a part is less than the supplier sells at all; what it quoted itself it does sell."""
    factor = conversion(line.unit, listing.unit, catalogue=catalogue)
    if listing.moq is None or factor is None:
        return False
    return NOTHING < amount < line.quantity and amount * factor < listing.moq


def _promises(
    chosen: Sequence[Chosen],
    amounts: Mapping[UUID, Decimal],
    listings: Mapping[UUID, Listing],
    *,
    catalogue: Catalogue,
    errors: list[FieldError],
) -> list[Promise]:
    """What is taken of each listing from this week on: weeks that are over cannot be promised any more."""
    this_week = iso_week(clock.today())
    promises: list[Promise] = []
    for each in chosen:
        for line in each.quote.current.lines:
            amount = amounts[line.id]
            if not amount:
                continue
            weeks = weekly_in(line, listings[line.listing_id].unit, catalogue=catalogue, quantity=amount)
            if weeks is None:
                errors.append(FieldError(each.pointer, "not-convertible", NOT_CONVERTIBLE))
                continue
            ahead = {week: quantity for week, quantity in weeks.items() if week >= this_week}
            promises.append(
                Promise(
                    listing_id=line.listing_id,
                    holder="quote",
                    holder_id=each.quote.id,
                    line_id=line.id,
                    weekly=ahead,
                )
            )
    return promises
