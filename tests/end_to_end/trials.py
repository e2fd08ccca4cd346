"""What the trials of losing nothing share: listings by the thousand, killing a child of `market up`, counting."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from market.config import PROJECT_ROOT
from market.local.running import find_running
from tests.benchmarks.market import Market, environment

ROWS = int(os.environ.get("MARKET_TEST_LOST_ROWS", "6000"))
"""Listings that a trial imports; 20,000 for the full one."""
PATIENCE_SECONDS = 180.0
OWNER = "HTX Giả lập 0001"


def written(path: Path, rows: int = ROWS) -> Path:
    """A file of listings, each with a title of its own."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            listing = {
                "title": f"Thanh long ruột đỏ đợt {number}",
                "concept": "dragon-fruit-red",
                "province": {"code": "82"},
                "unit": "KGM",
                "publish": True,
            }
            file.write(json.dumps(listing, ensure_ascii=False) + "\n")
    return path


@contextmanager
def started(market: Market, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`market ...` on this market, running beside the test; ended with it."""
    with subprocess.Popen(
        [sys.executable, "-m", "market", *arguments],
        env=environment(market.data_dir),
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def _kept(url: str) -> tuple[int, int]:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        (row,) = await connection.fetch(
            "SELECT count(*), count(DISTINCT title) FROM listing WHERE title LIKE 'Thanh long ruột đỏ đợt %'"
        )
        return row[0], row[1]
    finally:
        await connection.close()


def kept(market: Market) -> tuple[int, int]:
    """How many of the imported listings there are, and how many titles among them."""
    return asyncio.run(_kept(market.running.database_url))


def until(reached: Callable[[], bool]) -> None:
    """Wait for something, with patience."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kill(market: Market, name: str) -> None:
    """Kill a child of `market up` with 9."""
    running = find_running(market.data_dir)
    assert running is not None
    os.kill(running.pids[name], signal.SIGKILL)
