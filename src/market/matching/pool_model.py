"""A pool as a model of OR-tools: what may be taken, who is chosen, and how long to look for the best."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from market.matching.pool_scaling import Amounts, ScaledPool, ScaledSupplier

SEED = 20251
MOST_SECONDS = 10.0
"""By the clock, for one step: only a starved machine needs as long, and only there may a plan differ."""
WHOLE = 0.5
"""Objectives are whole numbers: a bound nearer than this is reached."""


@dataclass(frozen=True)
class Taken:
    """What one supplier may deliver in each week of a class within one bracket."""

    key: tuple[int, int, int]
    organization: int
    amount: cp_model.IntVar
    on: cp_model.IntVar | None
    times: int
    price: int


@dataclass
class Draft:
    """A model under construction: what may be taken, by class of weeks, and who is chosen."""

    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    taken: list[Taken] = field(default_factory=list)
    chosen: dict[int, cp_model.IntVar] = field(default_factory=dict)

    def coverage(self, place: int | None = None) -> cp_model.LinearExprT:
        """Quanta over all weeks, or in each week of one class."""
        if place is None:
            return cp_model.LinearExpr.weighted_sum([t.amount for t in self.taken], [t.times for t in self.taken])
        return cp_model.LinearExpr.sum([t.amount for t in self.taken if t.key[0] == place])

    def cost(self, place: int | None = None) -> cp_model.LinearExprT:
        """Over all weeks, or in each week of one class."""
        of = [t for t in self.taken if place is None or t.key[0] == place]
        prices = [t.price * (t.times if place is None else 1) for t in of]
        return cp_model.LinearExpr.weighted_sum([t.amount for t in of], prices)

    def count(self) -> cp_model.LinearExprT:
        """Organizations that are chosen."""
        return cp_model.LinearExpr.sum(list(self.chosen.values()))


@dataclass(frozen=True)
class Solved:
    """The best found, and what the solver proved that nothing can surpass."""

    amounts: Amounts
    chosen: frozenset[int]
    value: int
    bound: float

    @property
    def gap(self) -> float:
        """0 to 1; 0 when nothing better exists."""
        away = abs(self.value - self.bound)
        return 0.0 if away < WHOLE else away / max(abs(self.value), abs(self.bound))


def draft_of(pool: ScaledPool, *, only: Collection[int] | None = None, choosing: bool) -> Draft:
    """A model of the `only` classes of weeks (None: all); `choosing` makes each organization a choice."""
    draft = Draft()
    for place, week in enumerate(pool.classes):
        if only is None or place in only:
            for supplier in week.suppliers:
                if choosing and supplier.organization not in draft.chosen:
                    draft.chosen[supplier.organization] = draft.model.new_bool_var("")
                _add_supplier(draft, place, supplier, times=len(week.weeks))
            draft.model.add(draft.coverage(place) <= week.wanted)
    return draft


def _add_supplier(draft: Draft, place: int, supplier: ScaledSupplier, *, times: int) -> None:
    model, chosen = draft.model, draft.chosen.get(supplier.organization)
    simple = len(supplier.brackets) == 1 and supplier.brackets[0].least == 1
    switches = []
    for number, bracket in enumerate(supplier.brackets):
        amount = model.new_int_var(0, bracket.most, "")
        on = chosen if simple else model.new_bool_var("")
        if on is not None:
            model.add(amount <= bracket.most * on)
        if on is not None and not simple:
            model.add(amount >= bracket.least * on)
            switches.append(on)
        key = (place, supplier.index, number)
        own = None if simple else on
        draft.taken.append(Taken(key, supplier.organization, amount, own, times, bracket.price))
    if switches and (chosen is not None or len(switches) > 1):
        model.add(cp_model.LinearExpr.sum(switches) <= (1 if chosen is None else chosen))


def _solver(work: float, near: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers, parameters.random_seed = 1, SEED
    parameters.max_deterministic_time, parameters.max_time_in_seconds = work, MOST_SECONDS
    parameters.relative_gap_limit = near
    # Weekly shares hang together as in a linear programme: its bound is what prunes, and probing only costs.
    parameters.linearization_level = 2
    parameters.cp_model_probing_level, parameters.symmetry_level = 0, 0
    return solver


def solve(draft: Draft, *, work: float, start: Amounts | None = None, near: float = 0.0) -> Solved | None:
    """Solve, from a plan that is known to be possible; None when nothing was found in time.

    `near` is the share of the optimum from which a plan is near enough to stop.
    """
    if start is not None:
        _hint(draft, start)
    solver = _solver(work, near)
    if solver.solve(draft.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    amounts = {t.key: found for t in draft.taken if (found := solver.value(t.amount))}
    chosen = frozenset(org for org, variable in draft.chosen.items() if solver.value(variable))
    return Solved(amounts, chosen, round(solver.objective_value), solver.best_objective_bound)


def _hint(draft: Draft, start: Amounts) -> None:
    used = {t.organization for t in draft.taken if t.key in start}
    for taken in draft.taken:
        draft.model.add_hint(taken.amount, start.get(taken.key, 0))
        if taken.on is not None:
            draft.model.add_hint(taken.on, taken.key in start)
    for organization, variable in draft.chosen.items():
        draft.model.add_hint(variable, organization in used)
