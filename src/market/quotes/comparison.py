"""Quotes for one need side by side: price for the same unit, coverage by week, cost, terms, gates. Two statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import structs
from sqlalchemy import Select, and_
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.language import Language
from market.listings.facts import Window
from market.listings.reservations import week_name
from market.matching.facts import Demand, Offer
from market.matching.gates import Gate, all_gates
from market.matching.queries import demands_of, offers_quoted
from market.needs.models import Need, NeedLine
from market.organizations.answers import organization_mark
from market.organizations.models import Organization
from market.quotes.answers import terms_out
from market.quotes.models import Quote, QuoteLine, QuoteRevision
from market.quotes.quantities import conversion, line_value, net_price, total_quantity, weekly, weekly_in
from market.quotes.queries import visible_quotes
from market.quotes.schemas import AnswerOut, ComparedLine, ComparedQuote, Comparison, GateResult, WeekOut
from market.quotes.states import ON_THE_TABLE, WON
from market.reference.cadence import iso_week
from market.reference.catalogue import Catalogue
from market.reference.schemas import ConceptMark

NOTHING = Decimal(0)
CENT_OF_VND = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of a quote, measured against the line of the need that it answers."""

    quote: Quote
    revision: QuoteRevision
    supplier: Organization
    line: QuoteLine
    demand: Demand
    comparable_price: Decimal | None
    offered: Mapping[int, Decimal]
    """By week, in the need line's unit; empty when the units cannot be compared."""
    cost: int
    short_weeks: Sequence[int]
    gates: Sequence[Gate]

    @property
    def failed(self) -> list[str]:
        return [gate.name for gate in self.gates if not gate.passed]

    @property
    def coverage(self) -> Decimal:
        """Of the need's line, 0 to 1."""
        return coverage(self.demand, [self])


def coverage(demand: Demand, answers: Iterable[Answered]) -> Decimal:
    """The mean over the wanted weeks of what these answers cover together, 0 to 1."""
    offered: dict[int, Decimal] = {}
    for answered in answers:
        for week, quantity in answered.offered.items():
            offered[week] = offered.get(week, NOTHING) + quantity
    shares = [min(Decimal(1), offered.get(week, NOTHING) / wanted) for week, wanted in demand.weekly.items()]
    return sum(shares, NOTHING) / len(shares) if shares else NOTHING


def percent(share: Decimal) -> int:
    """Rounded down, so that 100 means all of it."""
    return int(share * 100)


def _rows(actor: Actor, need_id: UUID) -> Select[Any]:
    current = and_(QuoteRevision.quote_id == Quote.id, QuoteRevision.number == Quote.revision)
    return (
        visible_quotes(actor)
        .add_columns(QuoteRevision, QuoteLine, Organization)
        .join(QuoteRevision, current)
        .join(QuoteLine, QuoteLine.revision_id == QuoteRevision.id)
        .join(Organization, Organization.id == Quote.organization_id)
        .where(Quote.need_id == need_id, Quote.status.in_((*ON_THE_TABLE, *WON)))
        .order_by(Quote.id, QuoteLine.position)
    )


async def compare_quotes(
    session: AsyncSession, actor: Actor, need: Need, *, catalogue: Catalogue, language: Language
) -> Comparison:
    """What the actor may see of the quotes on the table or accepted, side by side.

    Args:
        need: with its lines and organization.
    """
    rows = (await session.execute(_rows(actor, need.id))).all()
    offers = {
        offer.listing_id: offer for offer in await offers_quoted(session, {row.QuoteLine.listing_id for row in rows})
    }
    demands = {demand.line_id: demand for demand in demands_of(need, active=need.organization.status == "active")}
    answered = [
        _answered(row, demands[row.QuoteLine.need_line_id], offers.get(row.QuoteLine.listing_id), catalogue=catalogue)
        for row in rows
    ]
    return Comparison.model_construct(
        need=need.id,
        lines=[_compared_line(line, answered, catalogue=catalogue, language=language) for line in need.lines],
        quotes=_compared_quotes(answered, demands),
    )


def _answered(row: Any, demand: Demand, offer: Offer | None, *, catalogue: Catalogue) -> Answered:
    quote, revision, line = row.Quote, row.QuoteRevision, row.QuoteLine
    factor = conversion(line.unit, demand.unit, catalogue=catalogue)
    price = net_price(line, revision)
    offered = {week: quantity * factor for week, quantity in weekly(line).items()} if factor else {}
    gates: list[Gate] = []
    if offer is not None:
        quoted = _quoted(offer, line, price=price, catalogue=catalogue)
        gates = all_gates(quoted, demand, catalogue=catalogue, today=clock.today())
    return Answered(
        quote=quote,
        revision=revision,
        supplier=row.Organization,
        line=line,
        demand=demand,
        comparable_price=(price / factor).quantize(CENT_OF_VND) if factor else None,
        offered=offered,
        cost=line_value(line, revision),
        short_weeks=_short_weeks(quote, line, offer, catalogue=catalogue),
        gates=gates,
    )


def _quoted(offer: Offer, line: QuoteLine, *, price: int, catalogue: Catalogue) -> Offer:
    """The listing as it is quoted: at this price, in this unit, on these days."""
    factor = conversion(offer.unit, line.unit, catalogue=catalogue)
    return structs.replace(
        offer,
        unit=line.unit,
        price_vnd=price,
        moq=offer.moq * factor if offer.moq is not None and factor else None,
        windows=(Window(line.starts_on, line.ends_on, line.quantity, line.per),),
        reserved={},
    )


def _short_weeks(quote: Quote, line: QuoteLine, offer: Offer | None, *, catalogue: Catalogue) -> list[int]:
    """Weeks from this one on in which less is free than is quoted; an accepted quote has its share already."""
    if offer is None or quote.status in WON:
        return []
    asked = weekly_in(line, offer.unit, catalogue=catalogue, quantity=line.quantity) or {}
    this_week = iso_week(clock.today())
    return [
        week for week, quantity in asked.items() if week >= this_week and quantity > offer.weekly.get(week, NOTHING)
    ]


def _place(answered: Answered) -> tuple[int, bool, Decimal, Decimal, UUID]:
    price = answered.comparable_price
    return (len(answered.failed), price is None, price or NOTHING, -answered.coverage, answered.line.id)


def _compared_line(
    line: NeedLine, answered: Sequence[Answered], *, catalogue: Catalogue, language: Language
) -> ComparedLine:
    own = sorted((each for each in answered if each.line.need_line_id == line.id), key=_place)
    return ComparedLine.model_construct(
        need_line=line.id,
        concept=ConceptMark.named(catalogue, line.concept_id) if line.concept_id else None,
        quantity=line.quantity,
        unit=line.unit,
        per=line.per,
        answers=[_answer_out(each, language) for each in own],
    )


def _answer_out(answered: Answered, language: Language) -> AnswerOut:
    line = answered.line
    return AnswerOut.model_construct(
        quote=answered.quote.id,
        line=line.id,
        listing=line.listing_id,
        price_vnd=line.price_vnd,
        unit=line.unit,
        comparable_price_vnd=answered.comparable_price,
        total_quantity=total_quantity(line),
        total_vnd=answered.cost,
        coverage_pct=percent(answered.coverage),
        weeks=[
            _week_out(week, wanted, answered.offered.get(week, NOTHING))
            for week, wanted in answered.demand.weekly.items()
        ],
        short_weeks=[week_name(week) for week in answered.short_weeks],
        gates=[
            GateResult.model_construct(name=gate.name, passed=gate.passed, why=gate.why.text(language))
            for gate in answered.gates
        ],
        failed=answered.failed,
    )


def _week_out(week: int, wanted: Decimal, offered: Decimal) -> WeekOut:
    share = min(Decimal(1), offered / wanted)
    return WeekOut.model_construct(week=week_name(week), wanted=wanted, offered=offered, coverage_pct=percent(share))


def _compared_quotes(answered: Sequence[Answered], demands: Mapping[UUID, Demand]) -> list[ComparedQuote]:
    by_quote: dict[UUID, list[Answered]] = {}
    for each in answered:
        by_quote.setdefault(each.quote.id, []).append(each)
    compared = [_compared_quote(own, demands) for own in by_quote.values()]
    return sorted(compared, key=lambda quote: (quote.failed_gates, -quote.coverage_pct, quote.total_vnd, quote.id))


def _compared_quote(own: Sequence[Answered], demands: Mapping[UUID, Demand]) -> ComparedQuote:
    quote, revision = own[0].quote, own[0].revision
    shares = [
        coverage(demand, [each for each in own if each.line.need_line_id == line_id])
        for line_id, demand in demands.items()
    ]
    return ComparedQuote.model_construct(
        id=quote.id,
        supplier=organization_mark(own[0].supplier),
        status=quote.status,
        revision=revision.number,
        side=revision.side,
        valid_until=quote.valid_until,
        terms=terms_out(revision),
        lines_answered=len({each.line.need_line_id for each in own}),
        failed_gates=sum(len(each.failed) for each in own),
        coverage_pct=percent(sum(shares, NOTHING) / len(shares)),
        total_vnd=sum(each.cost for each in own),
        version=quote.version,
    )
