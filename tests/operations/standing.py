"""A market of processes for the trials of operations: its own PostgreSQL and API, no engine, no `market up`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from market.config import PROJECT_ROOT, Settings
from market.local.postgres import RunningPostgres, start_postgres
from market.local.program import free_port
from market.local.running import environment_of
from tests.local.first_start import filled_postgres
from tests.local.processes import descendants

SECRET = SecretStr("x" * 40)


@dataclass(frozen=True)
class Standing:
    """Where it is, and how its database can be made to hang."""

    settings: Settings
    postgres: RunningPostgres
    http: httpx.Client
    api: subprocess.Popen[bytes]
    """`market serve`; its children answer."""

    def answering(self) -> set[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.api.pid}/task/{self.api.pid}/children").read_text(encoding="utf-8").split()
        return {int(pid) for pid in children if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes()}

    def signal_database(self, number: signal.Signals) -> None:
        """Send a signal to every process of the database."""
        pid = self.postgres.process.pid
        for process in (pid, *descendants(pid)):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    @contextmanager
    def frozen_database(self) -> Iterator[None]:
        """SIGSTOP, then SIGCONT."""
        self.signal_database(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal_database(signal.SIGCONT)

    def until_ready(self, seconds: float = 180.0) -> float:
        """Wait until it serves; how long it took."""
        began = time.monotonic()
        while True:
            try:
                if self.http.get("/health/ready").status_code == 200:
                    return time.monotonic() - began
            except httpx.TransportError:
                pass
            assert time.monotonic() - began < seconds
            time.sleep(0.05)


def ran(settings: Settings, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`python -m ...` on this market, to its end."""
    environment = {**os.environ, **environment_of(settings), **more}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env=environment,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def serving(settings: Settings, **more: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    """`market serve` on these settings; what it says goes to `api.log` beside its data."""
    log = settings.data_dir.with_name("api.log")
    with (
        log.open("ab") as said,
        subprocess.Popen(
            [sys.executable, "-m", "market", "serve"],
            env={**os.environ, **environment_of(settings), **more},
            cwd=PROJECT_ROOT,
            stdout=said,
            stderr=said,
        ) as process,
    ):
        try:
            limits = httpx.Limits(max_connections=None)
            with httpx.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=60, limits=limits) as http:
                yield http, process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def standing(directory: Path, **more: str) -> Iterator[Standing]:
    """A filled database and an API on it."""
    postgres = start_postgres(filled_postgres(directory / "postgres"), durable=False)
    try:
        settings = Settings(
            data_dir=directory / "data", database_url=SecretStr(postgres.url()), secret_key=SECRET, port=free_port()
        )
        with serving(settings, **more) as (http, api):
            market = Standing(settings, postgres, http, api)
            market.until_ready()
            yield market
    finally:
        postgres.stop()
