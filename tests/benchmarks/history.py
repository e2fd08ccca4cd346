"""How long it takes to walk the whole history of agreements and find that it is what was recorded."""

from __future__ import annotations

import asyncio
import os
import time

from sqlalchemy import func, select

from market.agreements.history.chain import chain_follower
from market.agreements.models import AgreementLink
from market.core.db import create_engine, create_sessions
from market.core.followers import follow_once
from tests.benchmarks.market import Market
from tests.benchmarks.measures import Measure, Measures


def audit_speed(market: Market, *, agreements: int) -> Measures:
    """Invent agreements with their history in a database of their own, link it, and run `market audit verify`."""
    database = market.database("history")
    seconds = market.command(
        "seed", "synthetic", "--listings", "0", "--needs", "0", "--agreements", str(agreements), database=database
    )
    links, linking = asyncio.run(_linked(database))
    verifying = market.command("audit", "verify", database=database)
    over = f"over {links:,} entries of {agreements:,} agreements"
    return {
        "agreements_invented_per_second": Measure(agreements / seconds, "agreements/s", "with about 5 lines each"),
        "chain_per_second": Measure(links / linking, "entries/s", "linked by the follower"),
        "audit_verify": Measure(verifying, "s", f"the whole command, {over}; aim: below 30 for 230,000"),
        "audit_entries": Measure(links / verifying, "entries/s", f"by {os.cpu_count()} processors"),
    }


async def _linked(url: str) -> tuple[int, float]:
    engine = create_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    sessions, follower = create_sessions(engine), chain_follower()
    try:
        began = time.perf_counter()
        while await follow_once(sessions, follower):
            pass
        seconds = time.perf_counter() - began
        async with sessions() as session:
            links = await session.scalar(select(func.count()).select_from(AgreementLink))
        return links or 0, seconds
    finally:
        await engine.dispose()
