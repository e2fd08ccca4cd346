"""What an agreement drawn up from a quote holds of the listings: nothing twice, and nothing for ever.

The acceptance of the quote reserved the goods, and they stay reserved under the quote whatever paper follows it (MOU,
contract, amendments), so that no paper reserves them again. What is in force says how much that is; when the last
paper has ended, what is left is free. Lines that come from no quote name no listing and reserve nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_UP, Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.agreements.drawing_up import carried_line
from market.agreements.ledger.quantities import weekly_quantities
from market.agreements.models import Agreement, AgreementLine
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import record_change
from market.listings.models import CapacityReservation, Listing
from market.listings.reservations import (
    Promise,
    as_far_as_free,
    lock_listings,
    release_capacity,
    reserve_capacity,
    week_name,
)
from market.quotes.outcome import AcceptedQuote, accepted_quote
from market.quotes.quantities import conversion, weekly_in
from market.quotes.queries import quotes_by_id
from market.quotes.service import release_reservations
from market.reference.cadence import CENT, iso_week
from market.reference.catalogue import Catalogue
from market.reference.types import known_catalogue

ENDED = ("fulfilled", "partly_fulfilled", "lapsed", "terminated")
MEASURE = ("quantity", "unit_code", "per", "period_from", "period_until")


async def reserve_as_agreed(
    session: AsyncSession, actor: Actor, agreement: Agreement, *, short_is_fine: bool = False
) -> None:
    """Let what is reserved be what an agreement that comes into force promises from this week on.

    Args:
        agreement: locked, with its lines.
        short_is_fine: take what is free instead of refusing; for what a correction of the ledger brings back.

    Raises:
        CapacityShort: it promises more than before, and some week has not so much left.
    """
    if agreement.quote_id is None:
        return
    catalogue = await known_catalogue(session)
    accepted = await accepted_quote(session, SYSTEM, agreement.quote_id, lock=True)
    listings = await lock_listings(session, [line.listing_id for line in accepted.lines])
    wanted = _wanted(agreement, accepted, listings, catalogue=catalogue)
    held = await _held(session, agreement.quote_id)
    differing = {line for line in wanted.keys() | held.keys() if _weekly(wanted.get(line)) != held.get(line, {})}
    if not differing:
        return
    await release_capacity(session, holder="quote", holder_id=agreement.quote_id, lines=differing)
    await session.flush()
    promises = [promise for line, promise in wanted.items() if line in differing]
    if short_is_fine:
        promises = await as_far_as_free(session, promises, listings=listings)
    await reserve_capacity(session, promises, listings=listings)
    weeks = sorted({week_name(week) for promise in promises for week in promise.weekly})
    details = {"agreement": agreement.id, "weeks": weeks}
    await record_change(session, actor, accepted.quote, verb="reserve", details=details)


async def let_go(session: AsyncSession, actor: Actor, agreement: Agreement, *, because: str) -> None:
    """Free what is still reserved, unless another paper of the same quote goes on.

    Args:
        agreement: locked, ended or discarded; a draft that nothing followed leaves the quote as it was accepted.
        because: a code for the log.
    """
    if agreement.quote_id is None:
        return
    quote = (await quotes_by_id(session, SYSTEM, [agreement.quote_id], lock=True))[agreement.quote_id]
    others = select(Agreement.id).where(Agreement.quote_id == quote.id, Agreement.id != agreement.id)
    if await session.scalar(others.where(_goes_on(agreement)).limit(1)):
        return
    ended = agreement.status in ENDED or await session.scalar(others.where(Agreement.status.in_(ENDED)).limit(1))
    if ended:
        await release_reservations(session, actor, quote, because=because)


def _goes_on(ended: Agreement) -> ColumnElement[bool]:
    """Papers that still promise something: not what amends the one that ends, nor an MOU whose contract was signed."""
    contract = aliased(Agreement)
    contracted = exists().where(
        contract.quote_id == Agreement.quote_id,
        contract.converted_from_id.is_not(None),
        contract.status != "draft",
        contract.discarded_at.is_(None),
    )
    return and_(
        Agreement.discarded_at.is_(None),
        Agreement.status.in_(("draft", "signed", "effective")),
        or_(Agreement.amends_id.is_(None), Agreement.amends_id != ended.id),
        or_(Agreement.converted_from_id.is_not(None), ~contracted),
    )


def _wanted(
    agreement: Agreement, accepted: AcceptedQuote, listings: Mapping[UUID, Listing], *, catalogue: Catalogue
) -> dict[UUID, Promise]:
    """What the lines promise of their listings, by line of the quote."""
    rows = {line.id: line for line in accepted.quote.current.lines}
    carried = {
        line.quote_line_id: carried_line(line, place=place, accepted=accepted, catalogue=catalogue)
        for place, line in enumerate(accepted.lines)
    }
    this_week = iso_week(clock.today())
    promises: dict[UUID, Promise] = {}
    for line in agreement.lines:
        source = carried.get(line.quote_line_id) if line.quote_line_id else None
        if source is None or line.quote_line_id is None:
            continue
        row = rows[line.quote_line_id]
        listing = listings[row.listing_id]
        factor = conversion(line.unit_code or row.unit, listing.unit, catalogue=catalogue)
        if factor is None or _measure(line) == _measure(source):
            amount = row.accepted_quantity or Decimal(0)
            weeks = weekly_in(row, listing.unit, catalogue=catalogue, quantity=amount) or {}
        else:
            weeks = {week: (sum_ * factor).quantize(CENT, ROUND_UP) for week, sum_ in weekly_quantities(line).items()}
        promises[row.id] = Promise(
            listing_id=listing.id,
            holder="quote",
            holder_id=accepted.quote.id,
            line_id=row.id,
            weekly={week: amount for week, amount in weeks.items() if week >= this_week},
        )
    return promises


def _measure(line: AgreementLine) -> tuple[object, ...]:
    plan = line.delivery_plan or {}
    return (*(getattr(line, name) for name in MEASURE), plan.get("weekdays") or [], plan.get("deliveries") or [])


def _weekly(promise: Promise | None) -> Mapping[int, Decimal]:
    return promise.weekly if promise else {}


async def _held(session: AsyncSession, quote_id: UUID) -> dict[UUID, dict[int, Decimal]]:
    """What is reserved under a quote from this week on, by its line and week."""
    row = CapacityReservation
    rows = select(row.line_id, row.week, row.quantity).where(
        row.holder == "quote", row.holder_id == quote_id, row.released_at.is_(None), row.week >= iso_week(clock.today())
    )
    held: defaultdict[UUID, dict[int, Decimal]] = defaultdict(dict)
    for line_id, week, quantity in await session.execute(rows):
        held[line_id][week] = quantity
    return dict(held)
