"""Which pairs meet: a b-matching, found exactly as a flow of least cost. When they meet is another question.

Everybody's first meeting counts before any sum, which two arcs to each participant say: one that carries a single
meeting for a reward above all weights together, and one that carries the rest for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from market.events.meetings.problem import Participant, TimetableProblem

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choice:
    """The best set of pairs when only the numbers of meetings are limited: a bound for every timetable."""

    pairs: list[int]
    weight: int
    met: int


def first_meeting(problem: TimetableProblem) -> int:
    """What somebody's first meeting is worth: more than any rearrangement of others could bring."""
    heaviest = max((pair.weight for pair in problem.pairs), default=1)
    return 2 * (len(problem.sellers) + len(problem.buyers) + 1) * heaviest


def most_of(participant: Participant) -> int:
    """How many meetings somebody can have at most."""
    return min(participant.most, len(participant.free))


def can_meet(problem: TimetableProblem) -> list[int]:
    """The pairs that have a slot in common."""
    sellers = [sum(1 << slot for slot in seller.free) for seller in problem.sellers]
    buyers = [sum(1 << slot for slot in buyer.free) for buyer in problem.buyers]
    open_slots = sum(1 << slot for slot, count in enumerate(problem.tables) if count > 0)
    return [
        place
        for place, pair in enumerate(problem.pairs)
        if sellers[pair.seller] & buyers[pair.buyer] & open_slots
        and problem.sellers[pair.seller].most > 0
        and problem.buyers[pair.buyer].most > 0
    ]


def choose(problem: TimetableProblem, *, reward: int) -> Choice:
    """The pairs of the best b-matching.

    Args:
        reward: of a participant's first meeting; 0 looks at the weights alone.
    """
    possible = can_meet(problem)
    if not possible:
        return Choice([], 0, 0)
    sellers, buyers = len(problem.sellers), len(problem.buyers)
    start, source, sink = 0, 1, 2 + sellers + buyers
    rows = np.array([(problem.pairs[p].seller, problem.pairs[p].buyer, problem.pairs[p].weight) for p in possible])
    in_all = sum(problem.tables)
    tails: Numbers = np.concatenate(
        [rows[:, 0] + 2, *_twice(source, sellers), *_twice_numbered(2 + sellers, buyers), [start, start]]
    )
    heads: Numbers = np.concatenate(
        [rows[:, 1] + 2 + sellers, *_twice_numbered(2, sellers), *_twice(sink, buyers), [source, sink]]
    )
    rest_of_sellers, rest_of_buyers = _rest(problem.sellers), _rest(problem.buyers)
    capacities: Numbers = np.concatenate(
        [
            np.ones(len(rows), dtype=np.int64),
            *(rest_of_sellers >= 0, np.maximum(rest_of_sellers, 0)),
            *(rest_of_buyers >= 0, np.maximum(rest_of_buyers, 0)),
            [in_all, in_all],
        ]
    )
    nothing = [np.zeros(sellers), np.full(buyers, -reward), np.zeros(buyers), [0, 0]]
    costs: Numbers = np.concatenate([-rows[:, 2], np.full(sellers, -reward), *nothing])
    used = _flow(tails, heads, capacities, costs, supply=in_all, sink=sink)[: len(rows)]
    chosen = [possible[index] for index in np.flatnonzero(used)]
    return Choice(chosen, sum(problem.pairs[place].weight for place in chosen), met_by(problem, chosen))


def _twice(node: int, count: int) -> list[Numbers]:
    return [np.full(count, node), np.full(count, node)]


def _twice_numbered(first: int, count: int) -> list[Numbers]:
    return [np.arange(first, first + count), np.arange(first, first + count)]


def _rest(participants: Sequence[Participant]) -> Numbers:
    return np.array([most_of(participant) - 1 for participant in participants], dtype=np.int64)


def _flow(
    tails: Numbers, heads: Numbers, capacities: Numbers, costs: Numbers, *, supply: int, sink: int
) -> NDArray[np.int64]:
    network = min_cost_flow.SimpleMinCostFlow()
    arcs = network.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), capacities.astype(np.int64), costs.astype(np.int64)
    )
    network.set_node_supply(0, supply)
    network.set_node_supply(sink, -supply)
    status = network.solve()
    if status != network.OPTIMAL:
        raise ValueError(f"the flow has no best solution: {status}")
    return np.asarray(network.flows(arcs), dtype=np.int64)


def met_by(problem: TimetableProblem, places: Sequence[int]) -> int:
    """How many participants have at least one of these pairs."""
    pairs = [problem.pairs[place] for place in places]
    return len({pair.seller for pair in pairs}) + len({pair.buyer for pair in pairs})
