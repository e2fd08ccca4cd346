"""Worker, engine and database killed in the middle of an import: nothing lost, nothing doubled, everything searchable.

MARKET_TEST_LOST_ROWS sets how many listings are imported (20,000 for the full trial).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg

from market.config import PROJECT_ROOT
from market.local.running import find_running
from tests.benchmarks.market import Market, environment, market_up

ROWS = int(os.environ.get("MARKET_TEST_LOST_ROWS", "6000"))
PATIENCE_SECONDS = 180.0
OWNER = "HTX Giả lập 0001"


def written(path: Path) -> str:
    """A file of listings, each with a title of its own."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(ROWS):
            listing = {
                "title": f"Thanh long ruột đỏ đợt {number}",
                "concept": "dragon-fruit-red",
                "province": {"code": "82"},
                "unit": "KGM",
                "publish": True,
            }
            file.write(json.dumps(listing, ensure_ascii=False) + "\n")
    return str(path)


async def _kept(url: str) -> tuple[int, int]:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        (row,) = await connection.fetch(
            "SELECT count(*), count(DISTINCT title) FROM listing WHERE title LIKE 'Thanh long ruột đỏ đợt %'"
        )
        return row[0], row[1]
    finally:
        await connection.close()


def until_kept(market: Market, rows: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while asyncio.run(_kept(market.running.database_url))[0] < rows:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def killed(market: Market, name: str) -> None:
    """Kill a child of `market up` with 9."""
    running = find_running(market.data_dir)
    assert running is not None
    os.kill(running.pids[name], signal.SIGKILL)


def test_kills_during_an_import_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    file = written(tmp_path / "listings.ndjson")
    with market_up(tmp_path / "data") as market:
        market.command("seed", "synthetic", "--listings", "1", "--needs", "0")
        importing = subprocess.Popen(
            [sys.executable, "-m", "market", "import", "listings", file, "--organization", OWNER],
            env=environment(market.data_dir),
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            until_kept(market, ROWS // 6)
            killed(market, "worker")
            killed(market, "search engine")
            until_kept(market, ROWS // 3)
            killed(market, "database")
            said, _ = importing.communicate(timeout=PATIENCE_SECONDS)
        finally:
            importing.kill()
            importing.wait()
        assert importing.returncode == 0, said
        assert f"{ROWS:,} listings kept, 0 refused" in said
        assert "The database is away" in said
        assert asyncio.run(_kept(market.running.database_url)) == (ROWS, ROWS)
        market.command("search", "status", "--wait", str(PATIENCE_SECONDS))
