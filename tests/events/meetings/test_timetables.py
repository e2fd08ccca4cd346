from __future__ import annotations

import random
from collections import Counter
from itertools import product

import pytest
from msgspec import structs

from market.events.meetings.problem import Kept, Pair, Participant, Sitting, TimetablePlan, TimetableProblem
from market.events.meetings.timetable import make_timetable, mend_timetable
from tests.events.meetings.halls import hall
from tests.events.meetings.verifying import broken_promises


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("tables", "away"), [(12, 0.0), (6, 0.0), (12, 0.2), (7, 0.3)])
def test_a_timetable_keeps_every_promise_and_comes_near_its_bound(seed: int, tables: int, away: float) -> None:
    problem = structs.replace(hall(30, 12, 8, tables=tables, away=away, seed=seed), seconds=6)

    plan = make_timetable(problem)

    assert broken_promises(problem, plan) == []
    assert plan.met == plan.most_met
    assert plan.gap <= 0.02


@pytest.mark.parametrize("tables", [40, 25])
def test_with_equal_availability_the_very_best_is_found(tables: int) -> None:
    problem = hall(100, 40, 16, tables=tables)

    plan = make_timetable(problem)

    assert broken_promises(problem, plan) == []
    assert (plan.weight, plan.method) == (plan.bound, "colouring")


def test_1500_sellers_and_900_buyers_have_a_good_timetable_within_the_limit() -> None:
    problem = structs.replace(hall(1500, 900, 16, tables=800, density=0.02, away=0.1), seconds=12)

    plan = make_timetable(problem)

    assert broken_promises(problem, plan) == []
    assert plan.met == plan.most_met
    assert plan.gap <= 0.02


def everyone(count: int, slots: int) -> tuple[Participant, ...]:
    return tuple(Participant(tuple(range(slots)), slots) for _ in range(count))


def test_everybody_meets_somebody_before_anybody_meets_the_best() -> None:
    # One slot, two tables: the heaviest pair alone would leave the two others with nobody.
    pairs = (Pair(0, 0, 1000), Pair(0, 1, 1), Pair(1, 0, 1))
    problem = TimetableProblem(sellers=everyone(2, 1), buyers=everyone(2, 1), pairs=pairs, tables=(2,))

    plan = make_timetable(problem)

    assert broken_promises(problem, plan) == []
    assert (plan.met, plan.weight) == (4, 2)


def test_nobody_meets_more_often_than_allowed() -> None:
    few = tuple(Participant(tuple(range(8)), 2) for _ in range(10))
    problem = structs.replace(hall(30, 10, 8, tables=10), buyers=few)

    plan = make_timetable(problem)

    assert broken_promises(problem, plan) == []
    assert len(plan.sittings) == 20


def kept(problem: TimetableProblem, plan: TimetablePlan) -> TimetableProblem:
    return structs.replace(problem, kept=tuple(Kept(s.pair, s.slot) for s in plan.sittings), seconds=6)


def test_a_timetable_that_still_holds_is_left_alone() -> None:
    problem = hall(30, 12, 8, tables=8)
    plan = make_timetable(problem)

    mended = mend_timetable(kept(problem, plan))

    assert (mended.moved, mended.sittings) == (0, plan.sittings)


def test_when_somebody_does_not_come_only_the_meetings_of_that_one_go() -> None:
    problem = hall(30, 12, 8, tables=12)
    plan = make_timetable(problem)
    buyers = (Participant((), 8), *problem.buyers[1:])

    mended = mend_timetable(kept(structs.replace(problem, buyers=buyers), plan))

    before = {sitting for sitting in plan.sittings if problem.pairs[sitting.pair].buyer != 0}
    assert broken_promises(structs.replace(problem, buyers=buyers), mended) == []
    assert mended.moved == 0
    assert before <= set(mended.sittings)


def test_a_late_arrival_moves_as_few_meetings_as_possible() -> None:
    # Seller 0 comes for the second slot only, in which it met buyer 1: one of the two meetings must move or go.
    pairs = (Pair(0, 0, 5), Pair(0, 1, 5), Pair(1, 0, 5), Pair(1, 1, 5))
    problem = TimetableProblem(sellers=everyone(2, 3), buyers=everyone(2, 3), pairs=pairs, tables=(2, 2, 2))
    problem = structs.replace(problem, kept=(Kept(0, 0), Kept(1, 1), Kept(3, 0), Kept(2, 1)))
    late = structs.replace(problem, sellers=(Participant((1, 2), 3), problem.sellers[1]))

    mended = mend_timetable(late)

    assert broken_promises(late, mended) == []
    assert (len(mended.sittings), mended.moved) == (4, 1)


def fewest_changes(problem: TimetableProblem) -> tuple[int, int]:
    """How many meetings can stay at most, and how many of these must move at least; every timetable is tried."""
    before = {kept.pair: kept.slot for kept in problem.kept}
    choices: list[list[int | None]] = []
    for place in before:
        pair = problem.pairs[place]
        free = set(problem.sellers[pair.seller].free) & set(problem.buyers[pair.buyer].free)
        choices.append([None, *sorted(slot for slot in free if problem.tables[slot])])
    best = (0, 0)
    for slots in product(*choices):
        stay = [(place, slot) for place, slot in zip(before, slots, strict=True) if slot is not None]
        seats = [(side, who, slot) for place, slot in stay for side, who in sides_of(problem, place)]
        full = any(count > problem.tables[slot] for slot, count in Counter(slot for _, slot in stay).items())
        if full or len(seats) != len(set(seats)) or too_many(problem, seats):
            continue
        best = max(best, (len(stay), -sum(before[place] != slot for place, slot in stay)))
    return best[0], -best[1]


def sides_of(problem: TimetableProblem, place: int) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("seller", problem.pairs[place].seller), ("buyer", problem.pairs[place].buyer)


def too_many(problem: TimetableProblem, seats: list[tuple[str, int, int]]) -> bool:
    most = {"seller": problem.sellers, "buyer": problem.buyers}
    held = Counter((side, who) for side, who, _ in seats)
    return any(count > most[side][who].most for (side, who), count in held.items())


@pytest.mark.parametrize("seed", range(24))
def test_whatever_happens_no_timetable_keeps_more_or_moves_fewer(seed: int) -> None:
    chance = random.Random(seed)
    problem = hall(4, 3, 3, tables=chance.choice((2, 3)), density=0.8, away=0.2, seed=seed)
    planned = kept(problem, make_timetable(problem))
    sellers, buyers, tables = list(planned.sellers), list(planned.buyers), list(planned.tables)
    happened = ("no-show", "late", "session")[seed % 3]
    if happened == "no-show":
        sellers[chance.randrange(4)] = Participant((), 3)
    elif happened == "late":
        for side in (sellers, buyers):
            who = chance.randrange(len(side))
            side[who] = Participant(tuple(slot for slot in side[who].free if slot), 3)
    else:
        tables[chance.randrange(3)] = 0
    after = structs.replace(planned, sellers=tuple(sellers), buyers=tuple(buyers), tables=tuple(tables))

    mended = mend_timetable(after)

    assert broken_promises(after, mended) == []
    places = {k.pair: k.slot for k in after.kept}
    stayed = [sitting for sitting in mended.sittings if sitting.pair in places]
    moved = sum(places[sitting.pair] != sitting.slot for sitting in stayed)
    assert (len(stayed), moved) == fewest_changes(after)
    assert moved == mended.moved


def test_who_registers_late_meets_somebody_though_another_meeting_must_move() -> None:
    # Seller 1 comes for the first slot alone, in which buyer 0 is to meet seller 0, who has time for it later.
    problem = TimetableProblem(
        sellers=(Participant((0, 1), 2), Participant((0,), 2)),
        buyers=everyone(1, 2),
        pairs=(Pair(0, 0, 5), Pair(1, 0, 1)),
        tables=(1, 1),
        kept=(Kept(0, 0),),
    )

    mended = mend_timetable(problem)

    assert (mended.sittings, mended.moved) == ((Sitting(0, 1), Sitting(1, 0)), 1)


def test_who_registers_late_has_all_meetings_that_move_nobody() -> None:
    problem = TimetableProblem(
        sellers=everyone(2, 4), buyers=everyone(3, 4), tables=(3,) * 4, kept=(Kept(0, 0),),
        pairs=tuple(Pair(seller, buyer, 5) for seller in range(2) for buyer in range(3)),
    )  # fmt: skip

    mended = mend_timetable(problem)

    assert broken_promises(problem, mended) == []
    assert Sitting(0, 0) in mended.sittings
    assert {problem.pairs[sitting.pair].buyer for sitting in mended.sittings} == {0, 1, 2}
    assert sum(problem.pairs[sitting.pair].seller == 1 for sitting in mended.sittings) == 3


def test_a_slot_that_falls_away_takes_its_meetings_elsewhere() -> None:
    problem = hall(10, 6, 8, tables=6, density=0.5)
    limited = structs.replace(problem, buyers=tuple(Participant(p.free, 4) for p in problem.buyers))
    plan = make_timetable(limited)
    shorter = structs.replace(kept(limited, plan), tables=(0, *limited.tables[1:]))

    mended = mend_timetable(shorter)

    assert broken_promises(shorter, mended) == []
    assert len(mended.sittings) >= len(plan.sittings) - 1


def test_a_hall_in_which_nobody_fits_anybody_has_an_empty_timetable() -> None:
    problem = TimetableProblem(sellers=everyone(2, 3), buyers=everyone(2, 3), pairs=(), tables=(2, 2, 2))

    plan = make_timetable(problem)

    assert (plan.sittings, plan.weight, plan.bound, plan.met) == ((), 0, 0, 0)
