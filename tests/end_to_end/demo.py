"""The market as `make demo` starts it, for tests that do what the README says."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from market.config import PROJECT_ROOT
from market.local.running import Running, find_running
from tests.local.processes import descendants, wait_until_gone

PATIENCE_SECONDS = 180.0


@dataclass(frozen=True)
class Demo:
    """A running demo, and the environment in which commands find it."""

    running: Running
    environment: dict[str, str]

    @property
    def data_dir(self) -> Path:
        """Where it keeps everything."""
        return Path(self.environment["MARKET_DATA_DIR"])

    @property
    def console(self) -> Path:
        """What it has said."""
        return self.data_dir.with_name("demo.console")

    def bash(self, script: str, *, seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run a script as a person would who stands in the project's folder."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=PROJECT_ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )


@contextmanager
def make_demo(data_dir: Path) -> Iterator[Demo]:
    """`make demo` on a free port and in a data directory of its own; Ctrl-C at the end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MARKET_", "MAKE"))}
    environment |= {"MARKET_PORT": "0", "MARKET_DATA_DIR": str(data_dir), "COLUMNS": "200"}
    console = data_dir.with_name("demo.console")
    with console.open("wb") as output:
        make = subprocess.Popen(
            ["make", "demo"], cwd=PROJECT_ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (running := find_running(data_dir)) is None:
            assert make.poll() is None, console.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, console.read_text(encoding="utf-8")
            time.sleep(0.2)
        yield Demo(running, environment | {"MARKET": f"{running.api_url}/api/v1"})
    finally:
        everything = [make.pid, *descendants(make.pid)]
        os.killpg(make.pid, signal.SIGINT)
        make.wait(60)
        assert wait_until_gone(everything) == []
