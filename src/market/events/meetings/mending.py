"""What colouring cannot settle, settled by CP-SAT: pairs that meet only in some slots, and timetables that must change.

It starts from what is there already, so that whatever time it gets, it makes nothing worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from market.events.meetings.choosing import first_meeting
from market.events.meetings.problem import Sitting, TimetableProblem

MOST_CHOICES = 60_000
"""Pairs times slots that are looked at; beyond, the lightest further pairs are left out."""
WORKERS = 2

Choices = dict[tuple[int, int], cp_model.IntVar]


@dataclass(frozen=True, slots=True)
class Mended:
    """The sittings, and the most that the solver could not rule out; infinite where it did not see all pairs."""

    sittings: tuple[Sitting, ...]
    bound: float


class Model:
    """Choices of a slot for each pair, under all that a timetable must keep."""

    def __init__(self, problem: TimetableProblem, places: Iterable[int]) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.choices: Choices = {}
        sellers = [frozenset(seller.free) for seller in problem.sellers]
        buyers = [frozenset(buyer.free) for buyer in problem.buyers]
        for place in places:
            pair = problem.pairs[place]
            for slot in sorted(sellers[pair.seller] & buyers[pair.buyer]):
                if problem.tables[slot]:
                    self.choices[place, slot] = self.model.new_bool_var("")
        self._limit()

    def _limit(self) -> None:
        of_pair, of_slot = defaultdict(list), defaultdict(list)
        at: dict[tuple[bool, int], dict[int, list[cp_model.IntVar]]] = defaultdict(lambda: defaultdict(list))
        for (place, slot), chosen in self.choices.items():
            pair = self.problem.pairs[place]
            of_pair[place].append(chosen)
            of_slot[slot].append(chosen)
            at[False, pair.seller][slot].append(chosen)
            at[True, pair.buyer][slot].append(chosen)
        for choices in of_pair.values():
            self.model.add_at_most_one(choices)
        for slot, choices in of_slot.items():
            self.model.add(sum(choices) <= self.problem.tables[slot])
        self.of_node: dict[tuple[bool, int], list[cp_model.IntVar]] = {}
        for (is_buyer, place), slots in at.items():
            side = self.problem.buyers if is_buyer else self.problem.sellers
            for choices in slots.values():
                self.model.add_at_most_one(choices)
            self.of_node[is_buyer, place] = [chosen for choices in slots.values() for chosen in choices]
            if side[place].most < len(slots):
                self.model.add(sum(self.of_node[is_buyer, place]) <= side[place].most)

    def first_meetings(self, of: Collection[tuple[bool, int]] | None = None) -> list[cp_model.IntVar]:
        """For each participant, or each of these, whether it meets anybody."""
        met = []
        for node, choices in self.of_node.items():
            if of is not None and node not in of:
                continue
            one = self.model.new_bool_var("")
            self.model.add(sum(choices) >= one)
            met.append(one)
        return met

    def solve(self, *, start: Iterable[Sitting], seconds: float) -> Mended:
        """The best sittings that were found, beginning with `start`."""
        begun = {(sitting.pair, sitting.slot) for sitting in start}
        for key, chosen in self.choices.items():
            self.model.add_hint(chosen, key in begun)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.5, seconds)
        solver.parameters.num_workers = WORKERS
        solver.parameters.random_seed = 1
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Mended(tuple(sorted(Sitting(slot, place) for place, slot in begun)), float("inf"))
        found = [Sitting(slot, place) for (place, slot), choice in self.choices.items() if solver.value(choice)]
        return Mended(tuple(sorted(found)), solver.best_objective_bound)


def mend(problem: TimetableProblem, placed: Sequence[Sitting], possible: Sequence[int], *, seconds: float) -> Mended:
    """The heaviest timetable that can be found from `placed` on, everybody's first meeting before any sum."""
    have = {sitting.pair for sitting in placed}
    by_weight = sorted(possible, key=lambda place: (place not in have, -problem.pairs[place].weight, place))
    looked_at = by_weight[: max(len(have), MOST_CHOICES // max(1, len(problem.tables)))]
    model = Model(problem, looked_at)
    reward = first_meeting(problem)
    weighed = [problem.pairs[place].weight * chosen for (place, _), chosen in model.choices.items()]
    model.model.maximize(sum(weighed) + reward * sum(model.first_meetings()))
    mended = model.solve(start=placed, seconds=seconds)
    return mended if len(looked_at) == len(possible) else replace(mended, bound=float("inf"))


def repair(
    problem: TimetableProblem,
    before: Mapping[int, int],
    placed: Sequence[Sitting],
    offered: Sequence[int],
    newcomers: Collection[tuple[bool, int]],
    *,
    seconds: float,
) -> Mended:
    """The timetable that keeps the most meetings from before, then gives the most newcomers one, then moves the fewest.

    Args:
        before: the slot of each pair that was planned.
        placed: sittings to begin with.
        offered: pairs of newcomers.
        newcomers: those who had no meeting; sellers and buyers by their places.
    """
    model = Model(problem, [*before, *offered])
    most = len(problem.tables) * len(newcomers)
    stay = 1 + sum(sorted((problem.pairs[place].weight for place in offered), reverse=True)[:most])
    first = stay * (len(before) + 1)
    keep = first * (len(newcomers) + 1)
    terms = [first * met for met in model.first_meetings(newcomers)]
    for (place, slot), chosen in model.choices.items():
        if place in before:
            terms.append((keep + stay if before[place] == slot else keep) * chosen)
        else:
            terms.append(problem.pairs[place].weight * chosen)
    model.model.maximize(sum(terms))
    return model.solve(start=placed, seconds=seconds)
