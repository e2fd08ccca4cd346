"""Timetables of large events, each held against the bound that it proves and against every promise."""

from __future__ import annotations

import time

from msgspec import structs

from market.events.meetings.timetable import make_timetable
from tests.benchmarks.measures import Measure, Measures
from tests.events.meetings.halls import hall
from tests.events.meetings.verifying import broken_promises

SLOTS, LIMIT, AWAY = 16, 20.0, 0.1


def timetable_speed(*, share: float) -> Measures:
    """Seconds, and how far off the bound, with a tenth of everybody's slots away.

    Args:
        share: of 300 sellers x 120 buyers and of 1,500 x 900, so that a trial run is short.
    """
    measures: Measures = {}
    for name, sellers, buyers, density, aim in (
        ("timetable", 300, 120, 0.1, "aim: below 30"),
        ("large_timetable", 1500, 900, 0.03, f"aim: done within its limit of {LIMIT:g} s"),
    ):
        here, there = max(2, int(sellers * share)), max(2, int(buyers * share))
        size = hall(here, there, SLOTS, tables=there, density=min(1.0, density / share), away=AWAY)
        problem = structs.replace(size, seconds=LIMIT)
        began = time.perf_counter()
        plan = make_timetable(problem)
        seconds = time.perf_counter() - began
        if broken := broken_promises(problem, plan):
            raise RuntimeError(f"a timetable breaks its promises: {broken[:3]}")
        told = f"{here:,} x {there:,} x {SLOTS}, {len(problem.pairs):,} pairs; {aim}"
        measures[f"{name}_seconds"] = Measure(seconds, "s", told)
        measures[f"{name}_gap"] = Measure(plan.gap * 100, "%", "off the bound it proves; aim: at most 2")
    return measures
