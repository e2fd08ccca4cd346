"""Several machines, as far as one can hold them: two APIs, two workers, primary and replica, an engine, a proxy.

Nothing here restarts what ends, as no machine restarts another: each part is killed, its absence is measured on the
others, and only then it is started again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from market.config import PROJECT_ROOT, Settings
from market.local.meilisearch import find_binary, start_meilisearch
from market.local.postgres import start_postgres
from market.local.program import free_port, spawn, wait_until_ready
from market.local.running import Running, environment_of
from tests.local.processes import descendants
from tests.operations.standing import SECRET, ran
from tests.operations.test_replica import replica_of
from tests.trials.faults import CALM_SECONDS, Fault
from tests.trials.market import Market, signal_all
from tests.trials.reckoning import Outcome, is_well, outcome_of, recovered, until
from tests.trials.writing import Ledger, writing

PATIENCE_SECONDS = 90.0
READ = ("listings", "organizations", "needs", "listings?q=thanh long")

Start = Callable[[], "subprocess.Popen[bytes]"]


@dataclass
class Machines(Market):
    """Reached through the proxy's port; each part by its name."""

    settings: Settings = field(default_factory=Settings)
    starts: dict[str, Start] = field(default_factory=dict)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    """Of the APIs."""

    def running(self) -> Running:
        """Where database and engine are; no `market up` wrote it."""
        settings, url, key = self.settings, self.settings.database_url, self.settings.meili_key
        return Running(
            pid=os.getpid(),
            started_at="",
            api_url=self.url,
            database_url=url.get_secret_value() if url else "",
            secret_key="",
            meili_url=settings.meili_url,
            meili_key=key.get_secret_value() if key else None,
        )

    def begin(self, name: str) -> None:
        """Start a part (again)."""
        self.parts[name] = self.starts[name]()

    def kill(self, name: str) -> None:
        """A part and all below it, at once."""
        _end(self.parts[name])

    def serves(self, name: str) -> bool:
        """Whether an API takes requests (again): the other one may answer for it. Of other parts health tells."""
        port = self.ports.get(name)
        if port is None:
            return True
        try:
            return httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=3).is_success
        except httpx.TransportError:
            return False

    def python(self, *arguments: str, **more: str) -> Start:
        """A part that is a program of ours."""
        environment = {**os.environ, **environment_of(self.settings), **more}

        def start() -> subprocess.Popen[bytes]:
            with self.console.open("ab") as said:
                command = [sys.executable, "-m", *arguments]
                return subprocess.Popen(
                    command, cwd=PROJECT_ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
                )

        return start


class Readers(threading.Thread):
    """People without a name, whom the replica answers; what they got."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url, self.halt, self.statuses = url, threading.Event(), Counter[int]()

    def run(self) -> None:
        """Each on a connection of its own."""
        while not self.halt.wait(0.1):
            for path in READ:
                try:
                    self.statuses[httpx.get(f"{self._url}/api/v1/{path}", timeout=20).status_code] += 1
                except httpx.TransportError:
                    self.statuses[0] += 1

    def said(self) -> str:
        """A complaint where an answer was an error that nobody should get."""
        wrong = any(status >= 500 and status != 503 for status in self.statuses)
        told = ", ".join(f"{number} x {status or 'cut'}" for status, number in sorted(self.statuses.items()))
        return f"{'! ' if wrong else ''}reads {told}"


@contextmanager
def machines(place: Path) -> Iterator[Machines]:
    """All of them, and nothing left at the end."""
    binary = find_binary()
    if binary is None:
        raise FileNotFoundError("no Meilisearch on this platform")
    parts: dict[str, subprocess.Popen[bytes]] = {}
    try:
        primary = start_postgres(place / "primary")
        parts["primary"] = primary.process
        engine = start_meilisearch(place / "engine", binary)
        parts["engine"] = engine.process
        replica = replica_of(primary, place)
        parts["replica"] = replica.process
        settings = Settings(
            data_dir=place / "data",
            database_url=SecretStr(primary.url()),
            secret_key=SECRET,
            meili_url=engine.server.url,
            meili_key=SecretStr(engine.server.key),
        )
        made = Machines(place / "data", settings=settings, parts=parts)
        programs: dict[str, Any] = {"primary": primary.server, "replica": replica.server, "engine": engine.server}
        made.starts = {name: _again(server.program) for name, server in programs.items()}
        _begin_ours(made, replica.url())
        yield made
    finally:
        for process in [*parts.values()][::-1]:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    signal_all([process.pid, *descendants(process.pid)], signal.SIGKILL)
    process.wait(20)


def _again(program: Any) -> Start:
    def start() -> subprocess.Popen[bytes]:
        process = spawn(program)
        wait_until_ready(program, process)
        return process

    return start


def _begin_ours(made: Machines, read_url: str) -> None:
    filled = ran(made.settings, "market.local.contents")
    if filled.returncode:
        raise RuntimeError(filled.stderr[-500:])
    ports = [free_port(), free_port()]
    for number, port in enumerate(ports, 1):
        made.ports[f"API {number}"] = port
        made.starts[f"API {number}"] = made.python(
            "market", "serve", MARKET_PORT=str(port), MARKET_DATABASE_READ_URL=read_url
        )
        made.starts[f"worker {number}"] = made.python("market", "worker")
    made.starts["proxy"] = made.python("tests.trials.proxy", str(made.port), *map(str, ports))
    for name in made.starts.keys() - made.parts.keys():
        made.begin(name)
    if until(lambda: is_well(made), seconds=180) is None:
        raise RuntimeError(f"the machines are not well: {made.health()}")


def each_killed(name: str, market: Market) -> Outcome:
    """One part after the other, under writes; the note says how long nobody's write was taken without it."""
    market.end()  # two markets at once are too many for a small machine
    place = market.data_dir.with_name("machines")
    place.mkdir(mode=0o755)
    try:
        with machines(place) as made:
            readers, told = Readers(made.url), []
            with writing(made.url) as ledger:
                readers.start()
                time.sleep(CALM_SECONDS)
                for part in sorted(made.starts):
                    told.append(f"{part} {_without(made, part, ledger)}")
                readers.halt.set()
                readers.join()
                recovery = recovered(made, ledger, since=time.monotonic())
            return outcome_of(name, made, ledger, recovery, f"{', '.join(told)}; {readers.said()}")
    finally:
        market.start()


def _without(made: Machines, part: str, ledger: Ledger) -> str:
    """Seconds without an acknowledged write after a part was killed; then it comes back."""
    made.kill(part)
    since = time.monotonic()
    alone = part in {"primary", "proxy"}  # there is one of it, and nothing goes without it
    if alone:
        time.sleep(2)
        made.begin(part)

    def taken() -> bool:
        return any(sent > since for sent, _, _ in list(ledger.listed))

    seconds = until(taken, seconds=PATIENCE_SECONDS, since=since)
    if not alone:
        time.sleep(2)
        made.begin(part)
    well = until(lambda: made.serves(part) and is_well(made), seconds=PATIENCE_SECONDS)
    if seconds is None or well is None:
        return f"! never: {made.health()}"
    return f"{seconds:.1f} s"


MACHINES = (Fault("several machines, each part killed in turn", each_killed, 240),)
