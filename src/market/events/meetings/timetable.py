"""The timetable of a problem: made anew, or mended with as few moves as possible."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from time import monotonic
from typing import Literal

from msgspec import structs

from market.events.meetings.choosing import Choice, can_meet, choose, first_meeting, met_by
from market.events.meetings.improving import improve
from market.events.meetings.mending import mend, repair
from market.events.meetings.problem import Kept, Sitting, TimetablePlan, TimetableProblem
from market.events.meetings.slotting import Colouring, Node, colour, even_out

GOOD_ENOUGH = 0.005
"""A timetable this near to its bound is not looked into further."""


def make_timetable(problem: TimetableProblem) -> TimetablePlan:
    """The best timetable that the time allows; with equal availability, the very best."""
    begun = monotonic()
    best = choose(problem, reward=first_meeting(problem))
    colouring = Colouring.of(problem)
    left = colour(colouring, sorted(best.pairs, key=lambda place: (-problem.pairs[place].weight, place)))
    left += even_out(colouring)
    left = colour(colouring, [place for place in left if place not in colouring.slot_of])
    # The last pairs may have crowded a slot again.
    left += even_out(colouring)
    if left:
        return _mended(problem, colouring, best, until=begun + problem.seconds)
    return _plan(problem, colouring.sittings(), best, method="colouring")


def _mended(problem: TimetableProblem, colouring: Colouring, best: Choice, *, until: float) -> TimetablePlan:
    """The timetable of a colouring that could not place all of the best pairs, made better in the time that is left."""
    possible = can_meet(problem)
    improve(colouring, possible, until=(until + monotonic()) / 2)
    plan = _plan(problem, colouring.sittings(), best, method="mended")
    if plan.met == best.met and plan.gap <= GOOD_ENOUGH:
        return plan
    mended = mend(problem, plan.sittings, possible, seconds=until - monotonic())
    plan = _plan(problem, mended.sittings, best, method="mended")
    proven = mended.bound - first_meeting(problem) * plan.met
    return structs.replace(plan, bound=int(min(plan.bound, max(proven, plan.weight))))


def _plan(
    problem: TimetableProblem,
    sittings: tuple[Sitting, ...],
    best: Choice,
    *,
    method: Literal["colouring", "mended", "repaired"],
    moved: int = 0,
) -> TimetablePlan:
    met = met_by(problem, [sitting.pair for sitting in sittings])
    # Where fewer meet somebody than could, more weight than the fairest choice has is not ruled out.
    bound = best.weight if met == best.met else choose(problem, reward=0).weight
    return TimetablePlan(
        sittings=sittings,
        weight=sum(problem.pairs[sitting.pair].weight for sitting in sittings),
        bound=max(bound, 0),
        met=met,
        most_met=best.met,
        method=method,
        moved=moved,
    )


def mend_timetable(problem: TimetableProblem) -> TimetablePlan:
    """What was planned, changed as little as the new circumstances allow.

    Raises:
        ValueError: nothing was planned.
    """
    before = {kept.pair: kept.slot for kept in problem.kept}
    if not before:
        raise ValueError("there is no timetable to mend")
    colouring, homeless = _still_standing(problem, problem.kept)
    losers = {node for place in homeless for node in colouring.ends(place)}
    possible = set(can_meet(problem))
    others = sorted(possible - set(before), key=lambda place: (-problem.pairs[place].weight, place))
    held = {node for place in before for node in colouring.ends(place)}
    newcomers = {node for place in others for node in colouring.ends(place)} - held
    rehoused = _rehoused(colouring, [place for place in homeless if place in possible])
    standing = colouring.sittings()
    offer = partial(_offer_others, others=others, losers=losers, newcomers=newcomers)
    offer(colouring)
    if not rehoused or not all(colouring.at[node] for node in newcomers):
        theirs = [place for place in others if newcomers.intersection(colouring.ends(place))]
        repaired = repair(problem, before, standing, theirs, newcomers, seconds=problem.seconds / 2)
        colouring = Colouring.of(problem, repaired.sittings)
        offer(colouring)
    sittings = colouring.sittings()
    return _plan(
        problem,
        sittings,
        choose(problem, reward=first_meeting(problem)),
        method="repaired",
        moved=sum(1 for sitting in sittings if before.get(sitting.pair, sitting.slot) != sitting.slot),
    )


def _still_standing(problem: TimetableProblem, kept: tuple[Kept, ...]) -> tuple[Colouring, list[int]]:
    """The meetings that can be held as planned, heaviest first where tables are short, and the others."""
    colouring, homeless = Colouring.of(problem), []
    for planned in sorted(kept, key=lambda planned: (-problem.pairs[planned.pair].weight, planned.pair)):
        has_table = colouring.held[planned.slot] < problem.tables[planned.slot]
        if has_table and colouring.allows(planned.pair, planned.slot) and _has_room(colouring, planned.pair):
            colouring.put(planned.pair, planned.slot)
        else:
            homeless.append(planned.pair)
    return colouring, homeless


def _rehoused(colouring: Colouring, homeless: list[int]) -> bool:
    """Whether every meeting that must move found a slot without moving another one."""
    housed = [_housed(colouring, place) for place in homeless]
    return all(housed)


def _has_room(colouring: Colouring, place: int) -> bool:
    """Whether both may have one more meeting."""
    seller, buyer = colouring.ends(place)
    sides = (colouring.problem.sellers[seller[1]], colouring.problem.buyers[buyer[1]])
    return all(len(colouring.at[node]) < side.most for node, side in zip((seller, buyer), sides, strict=True))


def _housed(colouring: Colouring, place: int) -> bool:
    seller, buyer = colouring.ends(place)
    if not _has_room(colouring, place):
        return False
    open_to_buyer = set(colouring.open_for(buyer))
    tables = colouring.problem.tables
    here = [slot for slot in colouring.open_for(seller) if slot in open_to_buyer]
    roomy = [slot for slot in here if colouring.held[slot] < tables[slot]]
    if roomy:
        colouring.put(place, min(roomy))
    return bool(roomy)


def _offer_others(
    colouring: Colouring, *, others: list[int], losers: Collection[Node], newcomers: Collection[Node]
) -> None:
    """New meetings that move nobody, the heaviest first: one for each newcomer, what is asked for, one for each who
    lost one, and all that a newcomer can have.

    Args:
        others: pairs that were not planned, the heaviest first.
    """
    _offer_one(colouring, others, {node for node in newcomers if not colouring.at[node]})
    asked_for = set(colouring.problem.asked_for)
    for place in others:
        if place in asked_for and place not in colouring.slot_of:
            _housed(colouring, place)
    _offer_one(colouring, others, {node for node in losers if colouring.open_for(node)})
    for place in others:
        if place not in colouring.slot_of and any(node in newcomers for node in colouring.ends(place)):
            _housed(colouring, place)


def _offer_one(colouring: Colouring, others: list[int], wanted: set[Node]) -> None:
    for place in others:
        ends = set(colouring.ends(place))
        if ends & wanted and place not in colouring.slot_of and _housed(colouring, place):
            wanted -= ends
