"""What accepted quotes hand on to the agreements that are drawn up from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.errors import NotFound
from market.listings.models import Listing
from market.organizations.models import Organization
from market.quotes.contents import TERMS
from market.quotes.models import Quote, QuoteLine, QuoteRevision
from market.quotes.policy import require_won
from market.quotes.quantities import accepted_value, net_price, total_quantity
from market.quotes.queries import quotes_by_id
from market.quotes.schemas import Terms
from market.reference.cadence import Per
from market.reference.records import Version


@dataclass(frozen=True, slots=True)
class AcceptedLine:
    """Goods that were promised by the acceptance."""

    quote_line_id: UUID
    listing_id: UUID
    concept_id: str | None
    description: str
    """The listing's title."""
    quantity: Decimal
    """Accepted, counted by `per`, in `unit`."""
    unit: str
    per: Per
    weekdays: tuple[int, ...]
    starts_on: date
    ends_on: date
    total_quantity: Decimal
    price_vnd: int
    """For one unit, before the discount."""
    net_price_vnd: int
    """For one unit, after the discount, in whole đồng."""


@dataclass(frozen=True, slots=True)
class AcceptedQuote:
    """All that two sides agreed on by accepting a quote."""

    quote: Quote
    title: str
    """The need's."""
    seller: Organization
    buyer: Organization
    terms: Terms
    """Of the accepted offer."""
    note: str | None
    lines: tuple[AcceptedLine, ...]
    value_vnd: int
    """After the discount, in whole đồng."""
    deliver_to: tuple[str, Version]
    """Code and map of the province of delivery."""
    deliver_before: time | None


async def accepted_quote(session: AsyncSession, actor: Actor, quote_id: UUID, *, lock: bool = False) -> AcceptedQuote:
    """What an accepted quote promises, without the lines of which nothing was accepted.

    Raises:
        NotFound: the actor may not see the quote.
        NothingAccepted: it was not accepted.
    """
    found = await accepted_quotes(session, actor, [quote_id], lock=lock)
    if quote_id not in found:
        raise NotFound
    return found[quote_id]


async def accepted_quotes(
    session: AsyncSession, actor: Actor, quote_ids: Collection[UUID], *, lock: bool = False
) -> dict[UUID, AcceptedQuote]:
    """As `accepted_quote` for those of these quotes that the actor may see, in the order of their ids.

    Raises:
        NothingAccepted: one was not accepted.
    """
    quotes = await quotes_by_id(session, actor, quote_ids, lock=lock)
    for quote in quotes.values():
        require_won(quote)
    goods = await _goods(session, {line.listing_id for quote in quotes.values() for line in quote.current.lines})
    return {quote.id: _accepted(quote, goods) for quote in quotes.values()}


def _accepted(quote: Quote, goods: Mapping[UUID, tuple[str | None, str]]) -> AcceptedQuote:
    revision, need = quote.current, quote.need
    lines = tuple(_line(line, revision, goods[line.listing_id]) for line in revision.lines if line.accepted_quantity)
    return AcceptedQuote(
        quote=quote,
        title=need.title,
        seller=quote.organization,
        buyer=need.organization,
        terms=Terms.model_construct(**{name: getattr(revision, name) for name in TERMS}),
        note=revision.note,
        lines=lines,
        value_vnd=accepted_value(revision) or 0,
        deliver_to=(need.province_code, need.province_version),
        deliver_before=need.deliver_before,
    )


def _line(line: QuoteLine, revision: QuoteRevision, goods: tuple[str | None, str]) -> AcceptedLine:
    accepted = line.accepted_quantity or Decimal(0)
    concept_id, title = goods
    return AcceptedLine(
        quote_line_id=line.id,
        listing_id=line.listing_id,
        concept_id=concept_id,
        description=title,
        quantity=accepted,
        unit=line.unit,
        per=line.per,
        weekdays=tuple(line.weekdays),
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        total_quantity=total_quantity(line, quantity=accepted),
        price_vnd=line.price_vnd,
        net_price_vnd=net_price(line, revision),
    )


async def _goods(session: AsyncSession, listing_ids: Collection[UUID]) -> dict[UUID, tuple[str | None, str]]:
    """Concept, if its name is placed, and title of each listing."""
    rows = select(Listing.id, Listing.concept_id, Listing.title).where(Listing.id.in_(listing_ids))
    return {listing_id: (concept, title) for listing_id, concept, title in await session.execute(rows)}
