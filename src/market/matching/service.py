"""Matches of a need and of a listing: the same pairs with the same scores from both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.engine.gateway import Engine, Hit
from market.matching.candidates import candidate_listings, candidate_needs, goods_and_broader
from market.matching.facts import Demand, Offer
from market.matching.queries import demands_to, offers_to
from market.matching.score import Judgement, judge_close
from market.matching.yardstick import Yardstick
from market.reference.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Matches:
    """What fits, best first; and what one gate holds back, best first."""

    fitting: list[Judgement]
    near_misses: list[Judgement]
    held: Mapping[str, Hit] = field(default_factory=dict)
    """The candidates' documents in the index, by listing or need."""
    degraded: bool = False
    """Whether PostgreSQL named the candidates because the engine is down."""


def ranked(
    pairs: Iterable[tuple[Offer, Yardstick]], *, held: Mapping[str, Hit] | None = None, degraded: bool = False
) -> Matches:
    """Judge every pair that fits or nearly does; equal scores keep the order of their ids, so that pages are stable."""
    now = clock.now()
    close = [judge_close(offer, line, now=now) for offer, line in pairs]
    judged = [pair for pair in close if pair is not None]
    judged.sort(key=lambda pair: (-pair.score, pair.offer.listing_id, pair.demand.line_id))
    return Matches(
        fitting=[pair for pair in judged if pair.fits],
        near_misses=[pair for pair in judged if not pair.fits],
        held=held or {},
        degraded=degraded,
    )


def _yardsticks(demands: Iterable[Demand], catalogue: Catalogue) -> list[Yardstick]:
    today = clock.today()
    return [Yardstick(demand, catalogue=catalogue, today=today) for demand in demands]


async def matches_of_need(
    session: AsyncSession, engine: Engine | None, demands: Sequence[Demand], *, catalogue: Catalogue
) -> Matches:
    """Offers that fit a need's lines: two requests to the engine at once, and one statement."""
    worth = await candidate_listings(session, engine, demands, catalogue=catalogue)
    offers = await offers_to(session, demands[0].organization_id, worth.ids) if demands else []
    pairs = [(offer, line) for line in _yardsticks(demands, catalogue) for offer in offers]
    return ranked(pairs, held=worth.held, degraded=worth.degraded)


async def matches_of_listing(
    session: AsyncSession, engine: Engine | None, offer: Offer, *, catalogue: Catalogue
) -> Matches:
    """Lines of needs that an offer fits: one request to the engine and one statement."""
    worth = await candidate_needs(session, engine, offer, catalogue=catalogue, now=clock.now())
    demands = await demands_to(session, offer.organization_id, worth.ids, goods_and_broader(offer, catalogue=catalogue))
    pairs = [(offer, line) for line in _yardsticks(demands, catalogue)]
    return ranked(pairs, held=worth.held, degraded=worth.degraded)
