"""Slot by slot, what a slot holds is chosen anew and best, given all others: never worse, and soon near the bound.

Each step is a flow of least cost again: everybody at most once, no more than the tables, nobody beyond its number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic

from market.events.meetings.choosing import choose, first_meeting
from market.events.meetings.problem import Pair, Participant, TimetableProblem
from market.events.meetings.slotting import Colouring, Node

MOST_ROUNDS = 20


def improve(colouring: Colouring, possible: Sequence[int], *, until: float) -> None:
    """Choose the slots anew in turn, the emptiest first, until a whole round changes nothing.

    Args:
        until: the instant of `monotonic` at which to stop.
    """
    reward = first_meeting(colouring.problem)
    order = sorted(range(len(colouring.held)), key=lambda slot: colouring.held[slot])
    for _ in range(MOST_ROUNDS):
        changed = False
        for slot in order:
            if monotonic() > until:
                return
            changed |= _chosen_anew(colouring, possible, slot, reward=reward)
        if not changed:
            return


def _chosen_anew(colouring: Colouring, possible: Sequence[int], slot: int, *, reward: int) -> bool:
    here = {place for place, at in colouring.slot_of.items() if at == slot}
    for place in here:
        colouring.take(place)
    candidates = [place for place in possible if place not in colouring.slot_of and _fits(colouring, place, slot)]
    worth = {place: _worth(colouring, place, reward) for place in (*candidates, *here)}
    chosen = {candidates[index] for index in _best(colouring, worth, candidates, tables=colouring.problem.tables[slot])}
    better = sum(worth[place] for place in chosen) > sum(worth[place] for place in here)
    for place in chosen if better else here:
        colouring.put(place, slot)
    return better


def _fits(colouring: Colouring, place: int, slot: int) -> bool:
    return colouring.allows(place, slot) and all(_has_room(colouring, node) for node in colouring.ends(place))


def _has_room(colouring: Colouring, node: Node) -> bool:
    is_buyer, place = node
    side = colouring.problem.buyers if is_buyer else colouring.problem.sellers
    return len(colouring.at[node]) < side[place].most


def _worth(colouring: Colouring, place: int, reward: int) -> int:
    """The weight of a pair, and more where it is somebody's first meeting."""
    alone = sum(not colouring.at[node] for node in colouring.ends(place))
    return colouring.problem.pairs[place].weight + alone * reward


def _best(colouring: Colouring, worth: Mapping[int, int], candidates: Sequence[int], *, tables: int) -> list[int]:
    """The heaviest matching of the candidates: a problem of one slot."""
    problem = colouring.problem
    once = Participant((0,), 1)
    alone = TimetableProblem(
        sellers=(once,) * len(problem.sellers),
        buyers=(once,) * len(problem.buyers),
        pairs=tuple(
            Pair(problem.pairs[place].seller, problem.pairs[place].buyer, worth[place]) for place in candidates
        ),
        tables=(tables,),
    )
    return choose(alone, reward=0).pairs
