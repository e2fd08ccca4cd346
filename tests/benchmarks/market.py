"""A whole market beside the benchmarks: `market up` on a directory of its own, and the command line on it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from market.config import PROJECT_ROOT
from market.local.running import Running, find_running

START_SECONDS, STOP_SECONDS = 120.0, 60.0
EMPTY = "empty"
"""A database with reference data and nothing else, of which others are copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A running market."""

    data_dir: Path
    running: Running
    ready_seconds: float
    """From the command to the first moment at which the API was ready."""

    @property
    def port(self) -> int:
        return urlsplit(self.running.api_url).port or 80

    @property
    def engine_port(self) -> int:
        return urlsplit(self.running.meili_url or "").port or 80

    def command(self, *arguments: str, database: str | None = None) -> float:
        """Run `market ...` on this market; the seconds that it took.

        Args:
            database: address of another database (see `database`) to run it on.

        Raises:
            RuntimeError: it failed; with what it said.
        """
        began = time.perf_counter()
        program = [sys.executable, "-m", "market", *arguments]
        chosen = {"MARKET_DATABASE_URL": database} if database else {}
        done = subprocess.run(
            program,
            env=environment(self.data_dir) | chosen,
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"market {' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return time.perf_counter() - began

    def database(self, name: str) -> str:
        """Address of a new database on the same server, with reference data and nothing else; no worker follows it."""
        empty = self._address(EMPTY)
        if not asyncio.run(_has_database(self.running.database_url, EMPTY)):
            asyncio.run(_create_database(self.running.database_url, EMPTY))
            self.command("migrate", database=empty)
            self.command("seed", "reference", database=empty)
        asyncio.run(_create_database(self.running.database_url, f"{name} TEMPLATE {EMPTY}"))
        return self._address(name)

    def _address(self, database: str) -> str:
        return urlsplit(self.running.database_url)._replace(path=f"/{database}").geturl()

    def api_processes(self) -> list[int]:
        """The processes that answer requests."""
        server = self.running.pids["API"]
        tasks = Path(f"/proc/{server}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()]


async def _has_database(url: str, name: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        return bool(await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name))
    finally:
        await connection.close()


async def _create_database(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


def environment(data_dir: Path) -> dict[str, str]:
    """This environment without settings of another market."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARKET_")}
    # Without the limits, which would end an attack before it is measured.
    limits = {"MARKET_ANONYMOUS_REQUESTS_PER_MINUTE": "0", "MARKET_SIGN_IN_ATTEMPTS_PER_MINUTE": "0"}
    return {**kept, "MARKET_DATA_DIR": str(data_dir), **limits}


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process, in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"process {pid} tells no resident size")


@contextmanager
def market_up(data_dir: Path) -> Iterator[Market]:
    """Run `market up` on a free port, and end it."""
    console = data_dir.with_name(f"{data_dir.name}.console")
    began = time.perf_counter()
    with console.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "market", "up", "--port", "0", "--data-dir", str(data_dir)],
            env=environment(data_dir),
            cwd=PROJECT_ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        while (running := find_running(data_dir)) is None:
            if process.poll() is not None or time.perf_counter() - began > START_SECONDS:
                raise RuntimeError(f"the market did not start:\n{console.read_text(encoding='utf-8')}")
            time.sleep(0.02)
        yield Market(data_dir=data_dir, running=running, ready_seconds=time.perf_counter() - began)
    finally:
        end(process, signal.SIGINT)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def end(process: subprocess.Popen[bytes], signal_: signal.Signals) -> None:
    """Ask a process to end, and kill it when it does not."""
    process.send_signal(signal_)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
