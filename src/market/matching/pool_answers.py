"""From pools to what the API says about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_FLOOR, Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.core.language import Language
from market.core.money import whole_vnd
from market.listings.answers import listing_card
from market.listings.queries import listings_by_id, published_listings
from market.listings.schemas import ListingCard
from market.matching.pool_reasons import reasons_of
from market.matching.pool_schemas import (
    LinePoolOut,
    NeedPool,
    PoolHelper,
    PoolReason,
    PoolShare,
    PoolWeek,
    WeekQuantity,
    WeekShort,
)
from market.matching.pool_service import NOTHING, LinePool, Share, added
from market.reference.cadence import week_label
from market.reference.catalogue import Catalogue
from market.reference.schemas import ConceptMark

MOST_HELPERS = 10

Cards = Mapping[UUID, ListingCard]


async def need_pool(
    session: AsyncSession,
    need_id: UUID,
    pools: Iterable[LinePool],
    *,
    degraded: bool,
    catalogue: Catalogue,
    language: Language,
) -> NeedPool:
    """Each line's pool, with the listings it names."""
    pools = list(pools)
    offers = [share.offer for pool in pools for share in pool.shares]
    offers += [kept.offer for pool in pools for kept in pool.held_back[:MOST_HELPERS]]
    ids = list(dict.fromkeys(offer.listing_id for offer in offers))
    listings = await listings_by_id(session, published_listings(), ids)
    cards = {listing.id: listing_card(listing, catalogue=catalogue) for listing in listings}
    lines = [_line(pool, cards, catalogue=catalogue, language=language) for pool in pools]
    return NeedPool.model_construct(need=need_id, lines=lines, degraded=degraded)


def percent(part: Decimal, whole: Decimal) -> float:
    """0 to 100, rounded down, so that only all of it is 100."""
    if not whole:
        return 0.0
    return float(min(Decimal(100), 100 * part / whole).quantize(Decimal("0.01"), ROUND_FLOOR))


def _line(pool: LinePool, cards: Cards, *, catalogue: Catalogue, language: Language) -> LinePoolOut:
    wanted, planned = sum(pool.problem.wanted.values(), NOTHING), sum(pool.planned.values(), NOTHING)
    costs = [share.cost_vnd for share in pool.shares]
    return LinePoolOut.model_construct(
        line=pool.demand.line_id,
        concept=ConceptMark.named(catalogue, pool.demand.concept) if pool.demand.concept else None,
        unit=pool.demand.unit,
        covered=pool.covered,
        wanted=wanted,
        planned=planned,
        percent=percent(planned, wanted),
        coverage=_coverage(pool),
        suppliers=[_share(share, wanted, cards) for share in pool.shares],
        total_cost_vnd=sum(cost for cost in costs if cost is not None),
        cost_is_complete=None not in costs,
        shortfall=_short(pool.short),
        reasons=[
            PoolReason.model_construct(code=reason.code, why=reason.why.text(language), weeks=_short(reason.short))
            for reason in reasons_of(pool, catalogue=catalogue)
        ],
        would_help=_helpers(pool, cards, language),
        least_suppliers=pool.plan.least_suppliers,
        candidates=len(pool.problem.suppliers),
        optimal=pool.plan.optimal,
        gap_percent=round(pool.plan.gap * 100, 3),
    )


def _coverage(pool: LinePool) -> list[PoolWeek]:
    planned, short = pool.planned, pool.short
    return [
        PoolWeek.model_construct(
            week=week_label(week),
            wanted=wanted,
            planned=planned.get(week, NOTHING),
            short=short.get(week, NOTHING),
            percent=percent(planned.get(week, NOTHING), wanted) if week in short else 100.0,
        )
        for week, wanted in sorted(pool.problem.wanted.items())
    ]


def _short(weeks: Mapping[int, Decimal]) -> list[WeekShort]:
    return [WeekShort.model_construct(week=week_label(week), short=weeks[week]) for week in sorted(weeks)]


def _share(share: Share, wanted: Decimal, cards: Cards) -> PoolShare:
    each = None if share.cost_vnd is None else share.cost_vnd / share.quantity
    return PoolShare.model_construct(
        listing=cards[share.offer.listing_id],
        quantity=share.quantity,
        percent=percent(share.quantity, wanted),
        weeks=[
            WeekQuantity.model_construct(week=week_label(week), quantity=quantity)
            for week, quantity in sorted(share.by_week.items())
        ],
        price_vnd=None if each is None else whole_vnd(each),
        cost_vnd=share.cost_vnd,
    )


def _helpers(pool: LinePool, cards: Cards, language: Language) -> list[PoolHelper]:
    short = pool.short
    return [
        PoolHelper.model_construct(
            listing=cards[kept.offer.listing_id],
            gate=kept.gate.name,
            why=kept.gate.why.text(language),
            quantity=added(kept, short) if kept.capacity else None,
        )
        for kept in pool.held_back[:MOST_HELPERS]
        if kept.offer.listing_id in cards
    ]
