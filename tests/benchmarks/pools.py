"""How long pools take to plan, and how far from the best the plans may be."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from market.matching.pool_process import PoolSolver
from market.matching.pools import PoolPlan
from tests.benchmarks.measures import Measure, Measures
from tests.matching.pools import large_problem

LIMITS = (None, 4, 6, 10)
"""Suppliers at most."""


def pool_speed(*, problems: int = 8) -> Measures:
    """40 suppliers over 26 weeks, as the API has them solved: in the solver's process, once that runs."""
    timed = asyncio.run(_timed(problems))
    seconds = [taken for taken, _ in timed]
    gap = max(plan.gap for _, plan in timed)
    measured = f"slowest of {len(timed)}, 40 suppliers x 26 weeks; aim: below 2"
    return {
        "pool_slowest": Measure(max(seconds), "s", measured),
        "pool_mean": Measure(sum(seconds) / len(seconds), "s", "-"),
        "pool_gap": Measure(gap * 100, "% from the optimum at most", "aim: at most 1"),
    }


async def _timed(problems: int) -> list[tuple[float, PoolPlan]]:
    solver = PoolSolver()
    try:
        await solver.solve(large_problem(0, suppliers=3, span=2))
        timed = []
        for number in range(problems):
            problem = replace(large_problem(number), max_suppliers=LIMITS[number % len(LIMITS)])
            began = time.perf_counter()
            plan = await solver.solve(problem)
            timed.append((time.perf_counter() - began, plan))
        return timed
    finally:
        await solver.close()
