"""The best pool: the most coverage, then the least cost, then the fewest suppliers.

Runs in a process of its own, because the solver weighs more than the whole API. The same problem gives the same
plan: one thread, a fixed seed, and limits in the solver's own count of work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from ortools.sat.python import cp_model

from market.matching.pool_model import WHOLE, Draft, Solved, draft_of, solve
from market.matching.pool_scaling import Amounts, ScaledPool, WeekClass, cheapest_first, scaled
from market.matching.pools import PoolPlan, PoolProblem

WORK_FOR_A_WEEK, WORK_FOR_COVERAGE, WORK_FOR_COUNT = 0.2, 0.4, 0.1
WORK_FOR_A_LIKELY_COST, WORK_FOR_COST = 0.3, 0.4
"""Limits in the solver's count of work, of which a second on an ordinary machine does about a half."""

NEAR_ENOUGH = 0.001
"""In a large pool, a plan for which nothing is cheaper by more than this share is not looked into further."""
LARGE = 300
"""Offers, counted once for each class of weeks; below it the very best is found in no time."""


def solve_pool(problem: PoolProblem) -> PoolPlan:
    """The best plan that the limits of work allow, and how far from the best it may be."""
    pool = scaled(problem)
    free = _week_by_week(pool)
    limit = problem.max_suppliers
    least: tuple[int, bool] | None = None
    if limit is None or len(pool.organizations_of(free.amounts)) <= limit:
        amounts, gap = _fewest(pool, free), free.gap
    else:
        amounts, gap = _limited(pool, free, limit)
        if pool.coverage(amounts) < pool.total(free.coverage):
            least = _least_number(pool, free)
    return PoolPlan(
        shares=_shares(problem, pool, amounts),
        attainable={
            week: count * pool.quantum
            for group, count in zip(pool.classes, free.coverage, strict=True)
            for week in group.weeks
        },
        quantum=pool.quantum,
        gap=gap,
        least_suppliers=least[0] if least else None,
        least_is_proven=least[1] if least else True,
    )


def _shares(problem: PoolProblem, pool: ScaledPool, amounts: Amounts) -> dict[UUID, dict[int, Decimal]]:
    shares: dict[UUID, dict[int, Decimal]] = {}
    for (place, index, _), count in sorted(amounts.items()):
        share = shares.setdefault(problem.suppliers[index].listing_id, {})
        share |= dict.fromkeys(pool.classes[place].weeks, count * pool.quantum)
    return shares


@dataclass(frozen=True)
class Weekly:
    """The best that each class of weeks can get when the number of suppliers does not matter."""

    coverage: tuple[int, ...]
    costs: tuple[int, ...]
    amounts: Amounts
    gap: float


def _week_by_week(pool: ScaledPool) -> Weekly:
    """Each class of weeks on its own: nothing but the number of suppliers binds them together."""
    coverage, costs, gap = [], [], 0.0
    amounts: Amounts = {}
    for place, week in enumerate(pool.classes):
        found = _best_week(pool, place, week)
        coverage.append(sum(found.amounts.values()))
        costs.append(pool.cost(found.amounts, place))
        amounts |= found.amounts
        gap = max(gap, found.gap)
    return Weekly(tuple(coverage), tuple(costs), amounts, gap)


def _best_week(pool: ScaledPool, place: int, week: WeekClass) -> Solved:
    """The most in one week at the least cost."""
    most = min(week.wanted, sum(supplier.most for supplier in week.suppliers))
    filled = cheapest_first(week, place)
    covered = Solved(filled.amounts, frozenset(), filled.quanta, float(most))
    if covered.gap == 0 and filled.cannot_be_cheaper:
        return covered
    if covered.gap:
        draft = draft_of(pool, only={place}, choosing=False)
        draft.model.add(draft.coverage(place) <= most)
        draft.model.maximize(draft.coverage(place))
        covered = solve(draft, work=WORK_FOR_A_WEEK, start=filled.amounts) or covered
    draft = draft_of(pool, only={place}, choosing=False)
    draft.model.add(draft.coverage(place) == covered.value)
    draft.model.minimize(draft.cost(place))
    cheapest = solve(draft, work=WORK_FOR_A_WEEK, start=covered.amounts)
    if cheapest is None:
        return replace(covered, bound=0.0)
    return cheapest if covered.gap == 0 else replace(covered, amounts=cheapest.amounts)


def _fewest(pool: ScaledPool, free: Weekly) -> Amounts:
    """The same coverage and cost in every week from fewer organizations, where there is a choice."""
    if len(pool.organizations_of(free.amounts)) <= 1 or free.gap:
        return free.amounts
    draft = draft_of(pool, choosing=True)
    for place, (covered, cost) in enumerate(zip(free.coverage, free.costs, strict=True)):
        draft.model.add(draft.coverage(place) == covered)
        draft.model.add(draft.cost(place) <= cost)
    return _with_fewest(draft, free.amounts)


def _with_fewest(draft: Draft, start: Amounts) -> Amounts:
    draft.model.minimize(draft.count())
    found = solve(draft, work=WORK_FOR_COUNT, start=start)
    return found.amounts if found else start


def _limited(pool: ScaledPool, free: Weekly, limit: int) -> tuple[Amounts, float]:
    """The best plan with at most `limit` organizations, where the best without that limit has more."""
    covered = _most_from(pool, free, limit)
    if covered.gap:
        return covered.amounts, covered.gap
    cheapest = _cheapest_from(pool, free, limit, covered)
    gap = max(free.gap, cheapest.gap)
    used = len(pool.organizations_of(cheapest.amounts))
    if gap or used <= _least_by_capacity(pool, free, covered.value).bound:
        return cheapest.amounts, gap
    draft = draft_of(pool, choosing=True)
    _hold_coverage(draft, pool, free, covered.value)
    draft.model.add(draft.cost() <= cheapest.value)
    return _with_fewest(draft, cheapest.amounts), gap


def _cheapest_from(pool: ScaledPool, free: Weekly, limit: int, covered: Solved) -> Solved:
    """The least cost of this coverage from at most `limit` organizations.

    First without least orders and with every supplier's best price, which chooses nearly as well in a fraction of
    the time and says what nothing can surpass.
    """
    near = NEAR_ENOUGH if pool.offers > LARGE else 0.0
    simple = pool.without_brackets()
    draft = _cost_draft(simple, free, limit, covered)
    start = {(place, index, 0): count for (place, index, _), count in covered.amounts.items()}
    likely = solve(draft, work=WORK_FOR_A_LIKELY_COST, start=start, near=near)
    best = covered.amounts
    if likely is not None:
        weekly = _week_by_week(pool.of_organizations(likely.chosen))
        if pool.total(weekly.coverage) == covered.value and pool.total(weekly.costs) < pool.total_cost(best):
            best = weekly.amounts
    bound = likely.bound if likely else 0.0
    found = Solved(best, pool.organizations_of(best), pool.total_cost(best), bound)
    if found.gap <= 2 * near:
        return found
    draft = _cost_draft(pool, free, limit, covered)
    draft.model.add(draft.cost() >= math.ceil(bound - WHOLE))
    return solve(draft, work=WORK_FOR_COST, start=best, near=near) or found


def _cost_draft(pool: ScaledPool, free: Weekly, limit: int, covered: Solved) -> Draft:
    draft = draft_of(pool, choosing=True)
    draft.model.add(draft.count() <= limit)
    _hold_coverage(draft, pool, free, covered.value)
    draft.model.minimize(draft.cost())
    return draft


def _hold_coverage(draft: Draft, pool: ScaledPool, free: Weekly, covered: int) -> None:
    if covered == pool.total(free.coverage):
        for place, most in enumerate(free.coverage):
            draft.model.add(draft.coverage(place) == most)
    else:
        draft.model.add(draft.coverage() >= covered)


def _most_from(pool: ScaledPool, free: Weekly, limit: int) -> Solved:
    """The most coverage from at most `limit` organizations, with the cheapest shares of those that give it.

    First without least orders, which leaves one small choice; where those chosen deliver as much with least orders,
    nothing can be better.
    """
    likely = _most_by_capacity(pool, free, limit)
    weekly = _week_by_week(pool.of_organizations(likely.chosen))
    value = pool.total(weekly.coverage)
    if likely.bound - value < 1:
        return Solved(weekly.amounts, likely.chosen, value, float(value))
    draft = draft_of(pool, choosing=True)
    draft.model.add(draft.count() <= limit)
    for place, most in enumerate(free.coverage):
        draft.model.add(draft.coverage(place) <= most)
    draft.model.add(draft.coverage() <= int(likely.bound))
    draft.model.maximize(draft.coverage())
    found = solve(draft, work=WORK_FOR_COVERAGE, start=weekly.amounts)
    return found or Solved(weekly.amounts, likely.chosen, value, likely.bound)


def _by_capacity(pool: ScaledPool, free: Weekly) -> tuple[Draft, cp_model.LinearExprT]:
    """A small model without least orders, in which everything is possible that is possible with them; and coverage."""
    draft = Draft()
    draft.chosen |= {organization: draft.model.new_bool_var("") for organization in range(pool.organizations)}
    covered = []
    for week, most in zip(pool.classes, free.coverage, strict=True):
        capacity = sum(supplier.most * draft.chosen[supplier.organization] for supplier in week.suppliers)
        covered.append(draft.model.new_int_var(0, most, ""))
        draft.model.add(covered[-1] <= capacity)
    return draft, cp_model.LinearExpr.weighted_sum(covered, [len(week.weeks) for week in pool.classes])


def _most_by_capacity(pool: ScaledPool, free: Weekly, limit: int) -> Solved:
    """The organizations that would cover most if there were no least orders."""
    draft, coverage = _by_capacity(pool, free)
    draft.model.add(draft.count() <= limit)
    draft.model.maximize(coverage)
    return solve(draft, work=WORK_FOR_COVERAGE) or Solved({}, frozenset(), 0, float(pool.total(free.coverage)))


def _least_by_capacity(pool: ScaledPool, free: Weekly, covered: int) -> Solved:
    """The fewest organizations that would cover so much if there were no least orders."""
    draft, coverage = _by_capacity(pool, free)
    draft.model.add(coverage >= covered)
    draft.model.minimize(draft.count())
    everyone = frozenset(range(pool.organizations))
    return solve(draft, work=WORK_FOR_COVERAGE) or Solved({}, everyone, len(everyone), 0.0)


def _least_number(pool: ScaledPool, free: Weekly) -> tuple[int, bool]:
    """The fewest organizations that cover as much as any number can, and whether fewer are proven not to do."""
    most = pool.total(free.coverage)
    found = _least_by_capacity(pool, free, most)
    if pool.total(_week_by_week(pool.of_organizations(found.chosen)).coverage) == most:
        return found.value, found.gap == 0
    draft = draft_of(pool, choosing=True)
    _hold_coverage(draft, pool, free, most)
    draft.model.minimize(draft.count())
    fewest = solve(draft, work=WORK_FOR_COVERAGE, start=free.amounts)
    return (fewest.value, fewest.gap == 0) if fewest else (len(pool.organizations_of(free.amounts)), False)
