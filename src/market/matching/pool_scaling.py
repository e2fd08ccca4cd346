"""A pool's problem in whole numbers, which is how it is solved, with equal weeks put together."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from market.matching.pools import THOUSANDTH, PoolProblem, PoolSupplier

MOST_QUANTA = 10**9
"""In one week: beyond it a thousandth of a unit is a rounding error of the scales."""
MOST_COST = 10**17
"""The sum of all costs that can occur must stay well within 64 bits."""

Amounts = dict[tuple[int, int, int], int]
"""(class of weeks, supplier, bracket) -> quanta in each week of the class."""


@dataclass(frozen=True, slots=True)
class ScaledBracket:
    """A bracket in whole quanta: from `least` through `most`, at a whole price."""

    least: int
    most: int
    price: int


@dataclass(frozen=True, slots=True)
class ScaledSupplier:
    """One supplier in one class of weeks."""

    index: int
    organization: int
    brackets: tuple[ScaledBracket, ...]

    @property
    def most(self) -> int:
        return max(bracket.most for bracket in self.brackets)


@dataclass(frozen=True, slots=True)
class WeekClass:
    """Weeks in which the same is wanted and the same can be had, so that one plan serves them all."""

    weeks: tuple[int, ...]
    wanted: int
    suppliers: tuple[ScaledSupplier, ...]


@dataclass(frozen=True, slots=True)
class ScaledPool:
    """A problem in whole numbers, which is how it is solved."""

    quantum: Decimal
    classes: tuple[WeekClass, ...]
    organizations: int
    """How many there are; they are numbered from 0."""

    @property
    def offers(self) -> int:
        """How many there are, counted once for each class of weeks."""
        return sum(len(week.suppliers) for week in self.classes)

    def total(self, by_class: Iterable[int]) -> int:
        """Over all weeks, of what each week of a class has."""
        return sum(len(week.weeks) * count for week, count in zip(self.classes, by_class, strict=True))

    def coverage(self, amounts: Amounts) -> int:
        """Quanta over all weeks."""
        return sum(len(self.classes[place].weeks) * count for (place, _, _), count in amounts.items())

    def cost(self, amounts: Amounts, place: int) -> int:
        """Of each week of one class."""
        prices = {
            (supplier.index, number): bracket.price
            for supplier in self.classes[place].suppliers
            for number, bracket in enumerate(supplier.brackets)
        }
        return sum(count * prices[index, number] for (of, index, number), count in amounts.items() if of == place)

    def total_cost(self, amounts: Amounts) -> int:
        """Over all weeks."""
        return self.total(self.cost(amounts, place) for place in range(len(self.classes)))

    def organizations_of(self, amounts: Iterable[tuple[int, int, int]]) -> frozenset[int]:
        """Who delivers something."""
        used = {(place, index) for place, index, _ in amounts}
        return frozenset(
            supplier.organization
            for place, week in enumerate(self.classes)
            for supplier in week.suppliers
            if (place, supplier.index) in used
        )

    def of_organizations(self, chosen: Collection[int]) -> ScaledPool:
        """The same weeks with these organizations alone."""
        classes = [
            replace(week, suppliers=tuple(s for s in week.suppliers if s.organization in chosen))
            for week in self.classes
        ]
        return replace(self, classes=tuple(classes))

    def without_brackets(self) -> ScaledPool:
        """The same with no least orders and every supplier's best price: nothing possible here is lost or dearer."""
        return replace(
            self, classes=tuple(replace(week, suppliers=tuple(map(_simple, week.suppliers))) for week in self.classes)
        )


def _simple(supplier: ScaledSupplier) -> ScaledSupplier:
    best = min(bracket.price for bracket in supplier.brackets)
    return replace(supplier, brackets=(ScaledBracket(1, supplier.most, best),))


@dataclass(frozen=True, slots=True)
class Filled:
    """A week filled by a rule of thumb."""

    amounts: Amounts
    quanta: int
    cannot_be_cheaper: bool
    """Nothing that delivers as much costs less."""


def cheapest_first(week: WeekClass, place: int) -> Filled:
    """Take from the cheapest while goods are wanted, passing over who does not deliver so little."""
    amounts: Amounts = {}
    rest, straight = week.wanted, True
    for supplier in sorted(week.suppliers, key=lambda supplier: min(b.price for b in supplier.brackets)):
        if not rest:
            break
        take = min(rest, supplier.most)
        within = [number for number, bracket in enumerate(supplier.brackets) if bracket.least <= take]
        best = min(bracket.price for bracket in supplier.brackets)
        straight = straight and bool(within) and supplier.brackets[within[-1]].price == best
        if within:
            amounts[place, supplier.index, within[-1]] = take
            rest -= take
    return Filled(amounts, week.wanted - rest, straight)


def quantum_of(problem: PoolProblem) -> Decimal:
    """The largest amount that measures every quantity of the problem, so that whole multiples of it lose nothing.

    With the suppliers of a week chosen, the best quantities are bounds or what remains between bounds, and
    those are multiples too. Amounts finer than a thousandth, and huge ones, are rounded against the plan.
    """
    amounts = [*problem.wanted.values()]
    for supplier in problem.suppliers:
        amounts += [*supplier.capacity.values(), *(bracket.least for bracket in supplier.brackets)]
    measure = math.gcd(*(int(amount / THOUSANDTH) for amount in amounts)) or 1
    quantum = measure * THOUSANDTH
    most = max(problem.wanted.values(), default=Decimal(0))
    while most / quantum > MOST_QUANTA:
        quantum *= 10
    return quantum


def _whole(amount: Decimal, quantum: Decimal, rounding: str) -> int:
    return int((amount / quantum).to_integral_value(rounding))


def _price_scale(problem: PoolProblem, quantum: Decimal) -> Decimal:
    """What one quantum's price is multiplied by: thousandths of a đồng, or coarser where sums would overflow."""
    dearest = max((b.price for supplier in problem.suppliers for b in supplier.brackets), default=Decimal(0)) * quantum
    total = dearest * sum((wanted / quantum for wanted in problem.wanted.values()), Decimal(0))
    total *= max(1, len(problem.suppliers)) * max((len(s.brackets) for s in problem.suppliers), default=1)
    scale = Decimal(1000)
    while total * scale > MOST_COST:
        scale /= 10
    return scale


def scaled(problem: PoolProblem) -> ScaledPool:
    """The problem in whole quanta, equal weeks put together."""
    quantum = quantum_of(problem)
    scale = _price_scale(problem, quantum) * quantum
    places = {org: place for place, org in enumerate(dict.fromkeys(s.organization_id for s in problem.suppliers))}
    classes: dict[tuple[int, tuple[ScaledSupplier, ...]], list[int]] = {}
    for week, wanted in sorted(problem.wanted.items()):
        amount = _whole(wanted, quantum, ROUND_FLOOR)
        suppliers = []
        for index, supplier in enumerate(problem.suppliers):
            top = min(amount, _whole(supplier.capacity.get(week, Decimal(0)), quantum, ROUND_FLOOR))
            if brackets := _scaled_brackets(supplier, top, quantum=quantum, scale=scale):
                suppliers.append(ScaledSupplier(index, places[supplier.organization_id], brackets))
        classes.setdefault((amount, tuple(suppliers)), []).append(week)
    return ScaledPool(quantum, tuple(WeekClass(tuple(weeks), *facts) for facts, weeks in classes.items()), len(places))


def _scaled_brackets(
    supplier: PoolSupplier, top: int, *, quantum: Decimal, scale: Decimal
) -> tuple[ScaledBracket, ...]:
    """The brackets that a week with `top` quanta to be had can reach."""
    leasts = [max(1, _whole(bracket.least, quantum, ROUND_CEILING)) for bracket in supplier.brackets]
    found = []
    for place, (least, bracket) in enumerate(zip(leasts, supplier.brackets, strict=True)):
        most = min([top, *(later - 1 for later in leasts[place + 1 :])])
        if least <= most:
            found.append(ScaledBracket(least, most, int(bracket.price * scale)))
    return tuple(found)
