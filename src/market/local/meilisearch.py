"""Meilisearch: where to find one, and how to run it on this machine."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from market.config import PROJECT_ROOT, Settings
from market.local.program import Program, free_port, spawn, stop, wait_until_ready
from market.local.secrets import kept_secret, private_directory

PINNED_BINARY = PROJECT_ROOT / "node_modules" / "@gaubee" / "meilisearch-linux-amd64" / "meilisearch"
"""What `npm ci` brings, pinned by integrity in package-lock.json (linux x86-64 only)."""

INDEXING_MEMORY = "1GiB"


@dataclass(frozen=True, kw_only=True)
class EngineSource:
    """Where the search engine comes from: an address of a running one, or a binary to run."""

    url: str | None = None
    binary: Path | None = None


@dataclass(frozen=True, kw_only=True)
class MeilisearchServer:
    """A prepared engine: run `program`, reach it at `url` with `key`."""

    program: Program
    url: str
    key: str


@dataclass(frozen=True, kw_only=True)
class RunningMeilisearch:
    """An engine that `start_meilisearch` started."""

    server: MeilisearchServer
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """`http://127.0.0.1:port`."""
        return self.server.url

    @property
    def key(self) -> str:
        """The master key."""
        return self.server.key

    def stop(self) -> None:
        """End it; an engine that hangs is killed."""
        stop(self.server.program, self.process)


def find_engine(settings: Settings) -> EngineSource | None:
    """An engine: MARKET_MEILI_URL, then a `meilisearch` on PATH, then the pinned binary; None when there is none."""
    if settings.meili_url is not None:
        return EngineSource(url=settings.meili_url)
    binary = find_binary()
    return EngineSource(binary=binary) if binary is not None else None


def find_binary() -> Path | None:
    """A `meilisearch` on PATH, else the pinned one of `node_modules`, else None."""
    on_path = shutil.which("meilisearch")
    if on_path is not None:
        return Path(on_path)
    return PINNED_BINARY if PINNED_BINARY.is_file() and make_executable(PINNED_BINARY) else None


def make_executable(binary: Path) -> bool:
    """Set the x bits that the npm archive does not carry; false when this user may not."""
    if not os.access(binary, os.X_OK):
        try:
            binary.chmod(binary.stat().st_mode | 0o111)
        except OSError:
            return False
    return True


def start_meilisearch(directory: Path, binary: Path) -> RunningMeilisearch:
    """Start an engine on a directory and wait until it is healthy.

    Raises:
        LocalServiceError: it did not start.
    """
    server = prepare_meilisearch(directory, binary)
    process = spawn(server.program)
    try:
        wait_until_ready(server.program, process)
    except BaseException:
        stop(server.program, process)
        raise
    return RunningMeilisearch(server=server, process=process)


def prepare_meilisearch(directory: Path, binary: Path, *, log: Path | None = None) -> MeilisearchServer:
    """Choose a port and write the command; the master key is made once and kept in the directory."""
    directory = private_directory(directory.absolute())
    key = kept_secret(directory, "meili_master_key")
    port = free_port()
    threads = max(1, (os.cpu_count() or 2) // 2)
    places = (
        "--db-path",
        "data.ms",
        "--dump-dir",
        "dumps",
        "--snapshot-dir",
        "snapshots",
    )
    absolute = tuple(part if part.startswith("--") else str(directory / part) for part in places)
    program = Program(
        name="search engine",
        argv=(
            *(
                str(binary),
                "--no-analytics",
                "--env",
                "production",
                "--log-level",
                "WARN",
            ),
            *("--http-addr", f"127.0.0.1:{port}", *absolute),
            *(
                "--max-indexing-memory",
                INDEXING_MEMORY,
                "--max-indexing-threads",
                str(threads),
            ),
        ),
        environment={"MEILI_MASTER_KEY": key},
        log=log or directory / "meilisearch.log",
        # LMDB survives a kill, and a dying parent should not wait for an index to be built.
        death_signal=signal.SIGKILL,
        stage=1,
        is_ready=partial(answers, port),
    )
    return MeilisearchServer(program=program, url=f"http://127.0.0.1:{port}", key=key)


def answers(port: int, _pid: int) -> bool:
    """Whether the engine on this port says that it is healthy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
