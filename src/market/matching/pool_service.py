"""The best pool for each line of a need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.errors import ValidationFailed
from market.core.language import Message
from market.core.money import whole_vnd
from market.engine.gateway import Engine
from market.matching.candidates import candidate_listings
from market.matching.facts import Demand, Offer
from market.matching.goods import differences
from market.matching.pool_candidates import HeldBack, candidates_for, wanted_from
from market.matching.pool_process import PoolSolver
from market.matching.pools import THOUSANDTH, PoolPlan, PoolProblem, bracket_for, by_week
from market.matching.queries import demands_of, offers_to
from market.matching.yardstick import conversion
from market.needs.models import Need
from market.reference.catalogue import Catalogue

NOTHING = Decimal(0)
NO_SUCH_LINE = Message(vi="Nhu cầu này không có dòng đó.", en="This need has no such line.")


@dataclass(frozen=True, slots=True)
class Share:
    """What one offer delivers, in the line's unit."""

    offer: Offer
    by_week: Mapping[int, Decimal]
    cost_vnd: int | None
    """Null where the price must be asked for."""

    @property
    def quantity(self) -> Decimal:
        return sum(self.by_week.values(), NOTHING)


@dataclass(frozen=True, slots=True)
class LinePool:
    """The best pool for one line, and what stands between it and full coverage."""

    demand: Demand
    problem: PoolProblem
    plan: PoolPlan
    shares: tuple[Share, ...]
    """Largest first."""
    held_back: tuple[HeldBack, ...]
    """By what they would add to the weeks that are short, most first."""

    @property
    def planned(self) -> Mapping[int, Decimal]:
        return by_week(self.plan.shares.values())

    @property
    def short(self) -> Mapping[int, Decimal]:
        """What each week lacks; weeks that lack nothing are left out."""
        planned = self.planned
        return self._beyond({week: planned.get(week, NOTHING) for week in self.problem.wanted})

    @property
    def out_of_reach(self) -> Mapping[int, Decimal]:
        """What each week lacks whatever the number of suppliers."""
        return self._beyond(self.plan.attainable)

    @property
    def capacity(self) -> Mapping[int, Decimal]:
        """What all suppliers together have in each week."""
        return by_week(supplier.capacity for supplier in self.problem.suppliers)

    @property
    def covered(self) -> bool:
        return bool(self.problem.wanted) and not self.short

    def _beyond(self, had: Mapping[int, Decimal]) -> Mapping[int, Decimal]:
        lacking = {week: wanted - had.get(week, NOTHING) for week, wanted in self.problem.wanted.items()}
        return {week: quantity for week, quantity in lacking.items() if quantity >= self.plan.quantum}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the buyer wants to know."""

    max_suppliers: int | None = None
    line: UUID | None = None
    without: tuple[UUID, ...] = ()
    """Listings to plan without, as if they had left."""


async def pools_of_need(
    session: AsyncSession,
    engine: Engine | None,
    need: Need,
    *,
    asked: Asked,
    catalogue: Catalogue,
    solver: PoolSolver,
) -> tuple[list[LinePool], bool]:
    """A pool for each line, and whether PostgreSQL had to name the candidates because the engine is down.

    Lines are planned in their order, and what one takes is not there for the next: no kilogram is promised twice.
    A line asked for alone is planned as if it were the only one.

    Raises:
        ValidationFailed: the need has no such line.
        Unavailable: the solver is busy or died.
    """
    demands = demands_of(need, active=need.organization.status == "active")
    if asked.line is not None:
        demands = [demand for demand in demands if demand.line_id == asked.line]
        if not demands:
            raise ValidationFailed.single("/line", "unknown-line", NO_SUCH_LINE)
    worth = await candidate_listings(session, engine, demands, catalogue=catalogue, cards=False)
    offers = {offer.listing_id: offer for offer in await offers_to(session, need.organization_id, worth.ids)}
    for listing_id in asked.without:
        offers.pop(listing_id, None)
    pools = []
    for demand in demands:
        pool = await line_pool(
            demand, offers.values(), catalogue=catalogue, solver=solver, max_suppliers=asked.max_suppliers
        )
        pools.append(pool)
        offers |= {share.offer.listing_id: _without(share, demand, catalogue) for share in pool.shares}
    return pools, worth.degraded


async def line_pool(
    demand: Demand,
    offers: Iterable[Offer],
    *,
    catalogue: Catalogue,
    solver: PoolSolver,
    max_suppliers: int | None = None,
) -> LinePool:
    """The best pool for one line from these offers."""
    today = clock.today()
    goods = [offer for offer in offers if offer.concept and not differences(offer, demand, catalogue=catalogue)]
    candidates = candidates_for(demand, goods, catalogue=catalogue, today=today)
    problem = PoolProblem(wanted_from(demand, today), candidates.suppliers, max_suppliers)
    plan = await _planned(problem, solver)
    by_id = {offer.listing_id: offer for offer in goods}
    shares = sorted(
        (_share(by_id[listing_id], problem, weeks) for listing_id, weeks in plan.shares.items()),
        key=lambda share: (-share.quantity, share.offer.listing_id),
    )
    pool = LinePool(demand, problem, plan, tuple(shares), ())
    return replace(pool, held_back=_most_helpful(candidates.held_back, pool.short))


async def _planned(problem: PoolProblem, solver: PoolSolver) -> PoolPlan:
    if not problem.suppliers or not problem.wanted:
        return PoolPlan({}, dict.fromkeys(problem.wanted, NOTHING), THOUSANDTH, gap=0.0, least_suppliers=None)
    return await solver.solve(problem)


def _share(offer: Offer, problem: PoolProblem, weeks: Mapping[int, Decimal]) -> Share:
    if offer.price is None:
        return Share(offer, weeks, None)
    supplier = next(supplier for supplier in problem.suppliers if supplier.listing_id == offer.listing_id)
    cost = sum((quantity * bracket_for(supplier, quantity).price for quantity in weeks.values()), NOTHING)
    return Share(offer, weeks, whole_vnd(cost))


def _without(share: Share, demand: Demand, catalogue: Catalogue) -> Offer:
    """The offer that is left when a share has been taken."""
    factor = conversion(share.offer, demand, catalogue=catalogue) or Decimal(1)
    taken = {week: (quantity / factor).quantize(THOUSANDTH, ROUND_CEILING) for week, quantity in share.by_week.items()}
    return structs.replace(share.offer, reserved=by_week([share.offer.reserved, taken]))


def _most_helpful(held_back: Collection[HeldBack], short: Mapping[int, Decimal]) -> tuple[HeldBack, ...]:
    would_add = {kept.offer.listing_id: added(kept, short) for kept in held_back}
    useful = [kept for kept in held_back if short and (not kept.capacity or would_add[kept.offer.listing_id])]
    return tuple(sorted(useful, key=lambda k: (-would_add[k.offer.listing_id], k.offer.listing_id)))


def added(kept: HeldBack, short: Mapping[int, Decimal]) -> Decimal:
    """What an offer that is held back could at most add to the weeks that are short."""
    return sum((min(short[week], quantity) for week, quantity in kept.capacity.items() if week in short), NOTHING)
