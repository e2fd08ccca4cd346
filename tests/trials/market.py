"""The market under trial: `market up` of a temporary directory, with two answering processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from market.config import PROJECT_ROOT
from market.local.program import free_port
from market.local.running import Running, find_running
from tests.local.processes import descendants

START_SECONDS = 180.0
ANSWERING = "2"
"""Processes of the API, so that one of them can be killed."""


@dataclass
class Market:
    """Started, killed and started again on the same directory and port."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    tree: Path = PROJECT_ROOT
    """Whose code it runs: this one's, or another release's."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def console(self) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}.console")

    def command(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        """`market ...` beside it, its output on the console file."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MARKET_")} | more
        with self.console.open("ab") as console:
            return subprocess.Popen(
                [sys.executable, "-m", "market", *arguments],
                stdout=console,
                stderr=console,
                stdin=subprocess.DEVNULL,
                env={
                    **kept,
                    "PYTHONPATH": str(self.tree / "src"),
                    "MARKET_PROCESSES": ANSWERING,
                    "MARKET_BACKUP_PASSPHRASE": "mot cau that dai",
                },
                cwd=self.tree,
                start_new_session=True,
            )

    def command_on(self, url: str, *arguments: str) -> subprocess.Popen[bytes]:
        """`market ...` on a database that no `market up` serves."""
        return self.command(*arguments, "--data-dir", str(self.data_dir), MARKET_DATABASE_URL=url)

    def run(self, *arguments: str) -> int:
        """A command to its end; its exit code."""
        return self.command(*arguments, "--data-dir", str(self.data_dir)).wait(180)

    def start(self) -> float:
        """`market up`; seconds until it is ready."""
        began = time.monotonic()
        self.process = self.command("up", "--port", str(self.port), "--data-dir", str(self.data_dir))
        while find_running(self.data_dir) is None:
            if self.process.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise RuntimeError(f"the market did not start:\n{self.said()[-3000:]}")
            time.sleep(0.05)
        return time.monotonic() - began

    def said(self) -> str:
        """Everything on its console."""
        return self.console.read_text(encoding="utf-8", errors="replace") if self.console.exists() else ""

    def running(self) -> Running:
        """What it wrote of itself."""
        running = find_running(self.data_dir)
        if running is None:
            raise RuntimeError(f"the market is gone:\n{self.said()[-3000:]}")
        return running

    def pid(self, name: str) -> int:
        """Of a child, by what a person calls it."""
        return self.running().pids[name]

    def answering(self) -> list[int]:
        """The API's processes that answer: its own children, but not theirs."""
        api = self.pid("API")
        children = Path(f"/proc/{api}/task/{api}/children").read_text(encoding="utf-8").split()
        return [int(pid) for pid in children if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def family(self, name: str) -> list[int]:
        """A child and every process below it."""
        return [self.pid(name), *descendants(self.pid(name))]

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send `market up` a signal and wait until everything below it is gone."""
        if self.process is None:
            return
        below = descendants(self.process.pid)
        self.process.send_signal(number)
        self.process.wait(60)
        deadline = time.monotonic() + 30
        while any(_lives(pid) for pid in below) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.process = None

    def health(self) -> dict[str, str]:
        """State by part; empty when nobody answers."""
        with suppress(httpx.HTTPError, ValueError, KeyError):
            parts = httpx.get(f"{self.url}/health/ready", timeout=3).json()["parts"]
            return {part["name"]: part["state"] for part in parts}
        return {}


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in {"Z", "X"}
    return False


def signal_all(pids: list[int], number: signal.Signals) -> None:
    """A signal to each of them that is still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


@contextmanager
def market_under_trial(data_dir: Path) -> Iterator[Market]:
    """Started, and ended whatever happens."""
    market = Market(data_dir)
    try:
        market.start()
        yield market
    finally:
        with suppress(subprocess.TimeoutExpired):
            market.end()
        if market.process is not None:
            market.end(signal.SIGKILL)
