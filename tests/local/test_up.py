"""`market up` as a person runs it: a process, its console, its signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from market.local.running import Running, find_running
from tests.local.processes import PATIENCE_SECONDS, descendants, is_alive, wait_until_gone

WITHOUT_ENGINE = """
import sys
from pathlib import Path
from market.local import meilisearch
meilisearch.PINNED_BINARY = Path("there is none")
from market.cli import main
main()
"""


@dataclass
class Market:
    """A `market up` beside the tests."""

    process: subprocess.Popen[bytes]
    data_dir: Path
    console: Path

    def until_ready(self) -> Running:
        """Wait until it has written its run file."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (running := find_running(self.data_dir)) is None:
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        return running

    def until_said(self, sentence: str) -> str:
        """Wait until the console holds the sentence."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while sentence not in self.said():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        return self.said()

    def said(self) -> str:
        return self.console.read_text(encoding="utf-8")

    def end(self, number: signal.Signals) -> tuple[int, list[int]]:
        """Send a signal; the exit code, and the processes that stayed behind."""
        everything = [self.process.pid, *descendants(self.process.pid)]
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_SECONDS)
        return code, wait_until_gone(everything)


@contextmanager
def market_up(data_dir: Path, *, source: str | None = None, path: str | None = None) -> Iterator[Market]:
    """Run `market up` on a free port with an environment of its own; whatever is left of it is killed."""
    console = data_dir.with_name(f"{data_dir.name}-{time.monotonic_ns()}.console")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARKET_")}
    program = ["-c", source] if source else ["-m", "market"]
    with console.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *program, "up", "--port", "0", "--data-dir", str(data_dir)],
            stdout=output,
            stderr=output,
            env={**environment, "PATH": path if path is not None else os.environ["PATH"]},
            start_new_session=True,
        )
    try:
        yield Market(process=process, data_dir=data_dir, console=console)
    finally:
        process.kill()
        process.wait()


async def value(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_a_later_start_on_the_same_directory_continues_with_the_data(tmp_path: Path) -> None:
    with market_up(tmp_path / "data") as first:
        running = first.until_ready()
        assert running.api_url in first.until_said("The market is ready")
        assert (tmp_path / "data" / "run.json").stat().st_mode & 0o777 == 0o600
        assert set(running.pids) == {"database", "search engine", "API", "worker"}
        await value(running.database_url, "CREATE TABLE kept AS SELECT 'sầu riêng' AS crop")
        assert first.end(signal.SIGINT) == (0, [])
        assert find_running(tmp_path / "data") is None
    with market_up(tmp_path / "data") as second:
        again = second.until_ready()
        assert again.secret_key == running.secret_key
        assert await value(again.database_url, "SELECT crop FROM kept") == "sầu riêng"
        assert second.end(signal.SIGTERM) == (0, [])


def test_whatever_is_killed_comes_back_and_a_second_up_is_refused(tmp_path: Path) -> None:
    with market_up(tmp_path / "data") as market:
        running = market.until_ready()
        for name in running.pids:
            os.kill(running.pids[name], signal.SIGKILL)
        for name in running.pids:
            market.until_said(f"The {name} ended unexpectedly (killed by SIGKILL)")
            market.until_said(f"The {name} is back.")
        now = market.until_ready()
        assert not set(now.pids.values()) & set(running.pids.values())
        assert httpx.get(f"{now.api_url}/health/ready").status_code == 200
        with market_up(tmp_path / "data") as other:
            assert other.process.wait(PATIENCE_SECONDS) == 1
            assert f"A market already runs on {tmp_path / 'data'} at {now.api_url}" in other.said()
        assert httpx.get(f"{now.api_url}/health/ready").status_code == 200


def test_a_market_killed_with_9_leaves_no_process(tmp_path: Path) -> None:
    with market_up(tmp_path / "data") as market:
        running = market.until_ready()
        assert all(is_alive(pid) for pid in running.pids.values())
        code, left = market.end(signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert left == []


def test_without_an_engine_it_serves_degraded_and_says_so(tmp_path: Path) -> None:
    with market_up(tmp_path / "data", source=WITHOUT_ENGINE, path="") as market:
        running = market.until_ready()
        assert running.meili_url is None
        assert "No Meilisearch found" in market.until_said("The market is ready")
        assert httpx.get(f"{running.api_url}/health/ready").status_code == 200
