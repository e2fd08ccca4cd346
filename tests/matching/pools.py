"""Problems and brute force for tests of pools, and the large problem that is measured."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, product
from uuid import UUID

from market.matching.pools import Bracket, PoolPlan, PoolProblem, PoolSupplier, bracket_for, by_week

FIRST_WEEK = 202701


def weeks(quantities: Sequence[int]) -> dict[int, Decimal]:
    """Quantities of the weeks from the first of 2027 on; nothing where there is nothing."""
    return {FIRST_WEEK + place: Decimal(quantity) for place, quantity in enumerate(quantities) if quantity}


def supplier(
    number: int,
    capacity: Sequence[int],
    *,
    price: int = 20_000,
    moq: int = 0,
    tier: tuple[int, int] | None = None,
    organization: int | None = None,
) -> PoolSupplier:
    """A supplier; `tier` is a least quantity and the price from there on."""
    brackets = [Bracket(Decimal(moq), Decimal(price))]
    if tier is not None:
        brackets.append(Bracket(Decimal(tier[0]), Decimal(tier[1])))
    owner = UUID(int=1000 + (number if organization is None else organization))
    return PoolSupplier(UUID(int=number), owner, weeks(capacity), tuple(brackets))


def problem(wanted: Sequence[int], *suppliers: PoolSupplier, most: int | None = None) -> PoolProblem:
    return PoolProblem(weeks(wanted), suppliers, most)


def covered(plan: PoolPlan) -> Decimal:
    """All that is delivered."""
    return sum((quantity for share in plan.shares.values() for quantity in share.values()), Decimal(0))


def short(plan: PoolPlan, of: PoolProblem) -> dict[int, Decimal]:
    """What each week lacks."""
    planned = by_week(plan.shares.values())
    lacking = {week: wanted - planned.get(week, Decimal(0)) for week, wanted in of.wanted.items()}
    return {week: quantity for week, quantity in lacking.items() if quantity}


def price_of(supplier: PoolSupplier, share: Mapping[int, Decimal]) -> Decimal:
    return sum((quantity * bracket_for(supplier, quantity).price for quantity in share.values()), Decimal(0))


def cost(plan: PoolPlan, of: PoolProblem) -> Decimal:
    by_id = {supplier.listing_id: supplier for supplier in of.suppliers}
    return sum((price_of(by_id[listing_id], share) for listing_id, share in plan.shares.items()), Decimal(0))


def _choices(supplier: PoolSupplier, week: int, wanted: Decimal) -> Iterator[tuple[int, Decimal]]:
    """Every whole quantity that a supplier may deliver in a week, with its cost."""
    yield 0, Decimal(0)
    top = min(supplier.capacity.get(week, Decimal(0)), wanted)
    for quantity in range(max(1, int(supplier.brackets[0].least)), int(top) + 1):
        yield quantity, price_of(supplier, {week: Decimal(quantity)})


def best_by_trying_all(of: PoolProblem) -> tuple[Decimal, Decimal, int]:
    """The most coverage, then the least cost, then the fewest organizations, found by trying everything."""

    def best_week(week: int, chosen: tuple[PoolSupplier, ...]) -> tuple[int, Decimal]:
        wanted = of.wanted[week]
        options = product(*(tuple(_choices(supplier, week, wanted)) for supplier in chosen))
        totals = ((sum(q for q, _ in option), sum((c for _, c in option), Decimal(0))) for option in options)
        return max((total for total in totals if total[0] <= wanted), key=lambda total: (total[0], -total[1]))

    organizations = sorted({supplier.organization_id for supplier in of.suppliers})
    limit = len(organizations) if of.max_suppliers is None else min(of.max_suppliers, len(organizations))
    found = []
    for size in range(limit + 1):
        for group in combinations(organizations, size):
            chosen = tuple(supplier for supplier in of.suppliers if supplier.organization_id in group)
            by_each = [best_week(week, chosen) for week in of.wanted]
            found.append((sum(q for q, _ in by_each), -sum((c for _, c in by_each), Decimal(0)), -size))
    most, cheapest, fewest = max(found)
    return Decimal(most), -cheapest, -fewest


def large_problem(seed: int = 1, *, suppliers: int = 40, span: int = 26, most: int | None = 6) -> PoolProblem:
    """Many suppliers with changing harvests, least orders and tiers over half a year; the same for the same seed."""
    chance = random.Random(seed)
    wanted = [chance.choice([2500, 3000, 3000, 3500]) for _ in range(span)]
    made = []
    for number in range(1, suppliers + 1):
        usual, start, end = (
            chance.randrange(200, 1500, 10),
            chance.randrange(span // 2),
            chance.randrange(span // 2, span),
        )
        capacity = [int(usual * chance.uniform(0.5, 1.3)) if start <= week <= end else 0 for week in range(span)]
        price, moq = chance.randrange(20_000, 34_000, 100), chance.choice([0, 50, 100, 200, 300, 500])
        tier = (2 * moq + 300, price * 93 // 100) if chance.random() < 0.5 else None
        made.append(supplier(number, capacity, price=price, moq=moq, tier=tier))
    return problem(wanted, *made, most=most)
