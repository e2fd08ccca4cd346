"""How long explained matches take, from both sides, one request at a time, and what they ask of engine and database."""

from __future__ import annotations

import asyncio

import asyncpg

from tests.benchmarks.load import Task, get, run_load
from tests.benchmarks.market import Market
from tests.benchmarks.measures import Measure, Measures

OPEN_NEEDS = """
SELECT id FROM need WHERE status = 'published' AND (deadline IS NULL OR deadline >= current_date) ORDER BY id LIMIT $1
"""
LISTINGS_WANTED = """
SELECT listing.id FROM listing WHERE status = 'published'
ORDER BY EXISTS (SELECT FROM need_line WHERE need_line.concept_id = listing.concept_id) DESC, listing.id LIMIT $1
"""
"""Listings, those first whose very goods somebody asks for."""


def match_speed(market: Market, *, distinct: int, seconds: float) -> Measures:
    """Matches of so many needs and listings through the API at one connection; the market must hold needs."""
    found: Measures = {}
    for name, kind, statement in (("need", "needs", OPEN_NEEDS), ("listing", "listings", LISTINGS_WANTED)):
        ids = asyncio.run(_ids(market, statement, distinct))
        tasks: list[Task] = [(get(f"/api/v1/{kind}/{id_}/matches"),) for id_ in ids]
        run_load(market.port, tasks, connections=1, seconds=min(seconds, 2.0))
        outcome = run_load(market.port, tasks, connections=1, seconds=seconds)
        measured = f"{len(ids)} distinct, one connection, a page of 20 and 20 near misses with every reason"
        found |= {
            f"matches_of_{name}_p50": Measure(outcome.percentile(0.5), "ms", f"aim: below 25; {measured}"),
            f"matches_of_{name}_p95": Measure(outcome.percentile(0.95), "ms", "-"),
            f"matches_of_{name}_failed": Measure(outcome.failed, "answers", "aim: 0"),
        }
    return found


async def _ids(market: Market, statement: str, count: int) -> list[str]:
    connection = await asyncpg.connect(market.running.database_url)
    try:
        rows = await connection.fetch(statement, count)
    finally:
        await connection.close()
    if not rows:
        raise RuntimeError("this market has nothing to match; seed needs too")
    return [str(row["id"]) for row in rows]
