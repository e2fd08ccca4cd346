"""An independent check of a timetable: written against what is promised, using nothing of what makes it."""

from __future__ import annotations

from collections import Counter

from market.events.meetings.problem import TimetablePlan, TimetableProblem


def broken_promises(problem: TimetableProblem, plan: TimetablePlan) -> list[str]:
    """Every promise that the plan breaks, in words; empty when it keeps them all."""
    broken: list[str] = []
    seats: Counter[tuple[str, int, int]] = Counter()
    meetings: Counter[tuple[str, int]] = Counter()
    tables: Counter[int] = Counter()
    pairs: Counter[int] = Counter()
    for sitting in plan.sittings:
        pair = problem.pairs[sitting.pair]
        seats["seller", pair.seller, sitting.slot] += 1
        seats["buyer", pair.buyer, sitting.slot] += 1
        meetings["seller", pair.seller] += 1
        meetings["buyer", pair.buyer] += 1
        tables[sitting.slot] += 1
        pairs[sitting.pair] += 1
        if sitting.slot not in problem.sellers[pair.seller].free:
            broken.append(f"seller {pair.seller} is away in slot {sitting.slot}")
        if sitting.slot not in problem.buyers[pair.buyer].free:
            broken.append(f"buyer {pair.buyer} is away in slot {sitting.slot}")
    broken += [f"{who} sits twice" for who, count in seats.items() if count > 1]
    broken += [f"pair {pair} meets twice" for pair, count in pairs.items() if count > 1]
    broken += [f"slot {slot} has {count} meetings" for slot, count in tables.items() if count > problem.tables[slot]]
    for (side, place), count in meetings.items():
        most = (problem.sellers if side == "seller" else problem.buyers)[place].most
        if count > most:
            broken.append(f"{side} {place} has {count} meetings of at most {most}")
    if sum(problem.pairs[sitting.pair].weight for sitting in plan.sittings) != plan.weight:
        broken.append("the weight is not the sum of the meetings")
    if len(meetings) != plan.met:
        broken.append("the number of those who meet somebody is wrong")
    return broken
