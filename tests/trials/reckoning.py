"""After a fault: when the market was well again, and what became of the writes that it had acknowledged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg
import httpx
from pydantic import SecretStr

from market.config import Settings
from market.core.db import create_engine, create_sessions
from market.engine.gateway import Engine, EngineDown, EngineRefused
from market.indexes import INDEXES
from market.local.running import Running
from market.search.status import search_status
from tests.trials.market import Market
from tests.trials.writing import Ledger

WELL_SECONDS = 120.0

TITLES = """
SELECT title, count(*) FROM (SELECT title FROM listing UNION ALL SELECT title FROM need) AS written
WHERE title = ANY($1) GROUP BY title
"""
PRICES = """
SELECT (diff->'price_vnd'->>1)::bigint AS price, count(*) FROM change
WHERE entity = 'listing' AND verb = 'edit' AND (diff->'price_vnd'->>1)::bigint = ANY($1) GROUP BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One line of the table."""

    fault: str
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    refused: int = 0
    """Answers of 503."""
    failed: int = 0
    """Other answers of 500 and above."""
    slowest: float = 0.0
    """Seconds of the slowest answer of a write."""
    writes_again: float | None = None
    """Seconds from the end of the fault to the first write that was sent and acknowledged; None: never."""
    well_again: float | None = None
    """Seconds until every part says that it is well and every document is what its row says; None: never."""
    note: str = ""
    skipped: bool = False

    @property
    def good(self) -> bool:
        """Nothing lost, nothing doubled, nothing failed but by 503, and well again."""
        kept = not (self.lost or self.doubled or self.failed)
        return self.skipped or (kept and self.well_again is not None and "!" not in self.note)


async def lost_and_doubled(url: str, ledger: Ledger) -> tuple[int, int]:
    """How many acknowledged writes are not there, and how many are there more than once."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(TITLES, list(ledger.titles))
        rows += await connection.fetch(PRICES, list(ledger.prices))
    finally:
        await connection.close()
    return ledger.acknowledged - len(rows), sum(row["count"] > 1 for row in rows)


async def index_is_true(running: Running, *, wait_seconds: float) -> bool:
    """Whether every document is what its row says."""
    if running.meili_url is None:
        return True
    database = create_engine(Settings(database_url=SecretStr(running.database_url)).sqlalchemy_url(), pool_size=2)
    engine = Engine(running.meili_url, key=running.meili_key)
    try:
        return (await search_status(engine, create_sessions(database), INDEXES, wait_seconds=wait_seconds)).true
    except (EngineDown, EngineRefused):
        return False
    finally:
        await engine.close()
        await database.dispose()


def until(condition: Callable[[], bool], *, seconds: float, since: float | None = None) -> float | None:
    """Seconds from `since` (or now) until it holds; None when it does not in time."""
    began = time.monotonic() if since is None else since
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return None
        time.sleep(0.05)
    return time.monotonic() - began


def is_well(market: Market) -> bool:
    """Whether every part says so."""
    parts = market.health()
    return bool(parts) and set(parts.values()) == {"ok"}


def finds(market: Market, title: str) -> bool:
    """Whether the engine's index, not the database in its place, finds a listing."""
    try:
        page = httpx.get(f"{market.url}/api/v1/listings", params={"q": title}, timeout=5).json()
    except (httpx.HTTPError, ValueError):
        return False
    return not page.get("degraded", True) and title in {item["title"] for item in page["items"]}


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """Seconds since the end of a fault; None where it did not come."""

    since: float
    """When the fault ended, monotonic."""
    writes: float | None
    well: float | None


def recovered(market: Market, ledger: Ledger, *, since: float) -> Recovery:
    """Wait until a listing sent after the fault is acknowledged and found, and every part says that it is well."""
    later: list[tuple[float, str]] = []

    def acknowledged() -> bool:
        later[:] = [(answered, title) for sent, answered, title in list(ledger.listed) if sent > since]
        return bool(later)

    if until(acknowledged, seconds=WELL_SECONDS) is None:
        return Recovery(since=since, writes=None, well=None)
    answered, title = later[0]
    found = until(lambda: finds(market, title), seconds=WELL_SECONDS)
    well = until(lambda: is_well(market), seconds=WELL_SECONDS, since=since) if found is not None else None
    return Recovery(since=since, writes=answered - since, well=well)


def outcome_of(fault: str, market: Market, ledger: Ledger, recovery: Recovery, note: str) -> Outcome:
    """The line of a fault, after its writers have ended."""
    running, well = market.running(), recovery.well
    complaints = [note] if note else []
    if well is not None and not asyncio.run(index_is_true(running, wait_seconds=WELL_SECONDS)):
        well = None
        complaints.append("! the index is not what the rows say")
    lost, doubled = asyncio.run(lost_and_doubled(running.database_url, ledger))
    complaints += [f"! {strange}" for strange in ledger.strange[:1]]
    if ledger.given_up:
        complaints.append(f"! {ledger.given_up} writes never acknowledged")
    return Outcome(
        fault=fault,
        acknowledged=ledger.acknowledged,
        lost=lost,
        doubled=doubled,
        refused=ledger.statuses[503],
        failed=sum(number for status, number in ledger.statuses.items() if status >= 500 and status != 503),
        slowest=ledger.slowest,
        writes_again=recovery.writes,
        well_again=well,
        note="; ".join(complaints),
    )
