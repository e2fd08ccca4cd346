"""The running `market up` of a data directory: one at a time, and how other commands find it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import SecretStr

from market.config import Settings
from market.local.program import LocalServiceError
from market.local.secrets import private_directory, write_private

RUN_FILE = "run.json"
LOCK_FILE = "lock"
LOCK_PATIENCE_SECONDS = 1.0


class AlreadyRunning(LocalServiceError):
    """A `market up` holds this data directory; the message is for a person."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """What a `market up` wrote about itself."""

    pid: int
    started_at: str
    """RFC 3339, UTC."""
    api_url: str
    """`http://host:port` as this machine reaches it."""
    database_url: str
    secret_key: str
    meili_url: str | None = None
    """None: it runs without an engine."""
    meili_key: str | None = None
    pids: Mapping[str, int] = field(default_factory=dict)
    """Child by name; changes when a child is started again."""


@contextlib.contextmanager
def held_directory(data_dir: Path) -> Iterator[None]:
    """Hold a data directory for one `market up`; the kernel lets go of it however the process ends.

    Raises:
        AlreadyRunning: another one holds it.
    """
    path = private_directory(data_dir) / LOCK_FILE
    with path.open("a") as lock:
        deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
        while not _try_lock(lock.fileno(), fcntl.LOCK_EX):
            # A reader of the run file holds the lock for a moment: only a lasting hold is another `market up`.
            if time.monotonic() > deadline:
                running = read_run_file(data_dir)
                where = f" at {running.api_url} (process {running.pid})" if running else ""
                raise AlreadyRunning(f"A market already runs on {data_dir}{where}. Stop it, or choose --data-dir.")
            time.sleep(0.05)
        # One that was killed could not take its file away: nobody may find its children in the place of ours.
        (data_dir / RUN_FILE).unlink(missing_ok=True)
        try:
            yield
        finally:
            (data_dir / RUN_FILE).unlink(missing_ok=True)


def write_run_file(data_dir: Path, running: Running) -> None:
    """Tell other commands about this `market up`; holds secrets, so only the owner can read it."""
    write_private(data_dir / RUN_FILE, json.dumps(asdict(running), indent=2) + "\n")


def read_run_file(data_dir: Path) -> Running | None:
    """What the last `market up` here wrote, dead or alive; None when there is nothing readable."""
    try:
        return Running(**json.loads((data_dir / RUN_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def find_running(data_dir: Path) -> Running | None:
    """The living `market up` of a data directory, or None; a file left by a killed one does not count."""
    try:
        descriptor = os.open(data_dir / LOCK_FILE, os.O_RDONLY)
    except OSError:
        return None
    try:
        return None if _try_lock(descriptor, fcntl.LOCK_SH) else read_run_file(data_dir)
    finally:
        os.close(descriptor)


def found_settings(data_dir: Path | None = None) -> Settings:
    """Settings for a command: the environment's, completed from the running `market up` of the data directory."""
    return settings_with_running(Settings() if data_dir is None else Settings(data_dir=data_dir))


def settings_with_running(settings: Settings) -> Settings:
    """Fill what is unset (database, engine, secret key) from the running `market up` of `settings.data_dir`.

    The engine is only taken together with the database: an index of one market says nothing about another.
    """
    running = find_running(settings.data_dir)
    if running is None or settings.database_url is not None:
        return settings
    found: dict[str, object] = {"database_url": SecretStr(running.database_url)}
    if settings.meili_url is None and running.meili_url is not None:
        found["meili_url"] = running.meili_url
        found["meili_key"] = SecretStr(running.meili_key) if running.meili_key else None
    if settings.secret_key is None:
        found["secret_key"] = SecretStr(running.secret_key)
    return settings.model_copy(update=found)


def environment_of(settings: Settings) -> dict[str, str]:
    """What was found or decided, as the `MARKET_*` of a child; the rest it reads from the environment as we did."""
    secret = {
        "DATABASE_URL": settings.database_url,
        "DATABASE_WRITER_PASSWORD": settings.database_writer_password,
        "DATABASE_READER_PASSWORD": settings.database_reader_password,
        "MEILI_KEY": settings.meili_key,
        "SECRET_KEY": settings.secret_key,
        "PREVIOUS_SECRET_KEY": settings.previous_secret_key,
    }
    decided = {name: value.get_secret_value() for name, value in secret.items() if value is not None}
    if settings.meili_url is not None:
        decided["MEILI_URL"] = settings.meili_url
    decided |= {"HOST": settings.host, "PORT": str(settings.port), "DATA_DIR": str(settings.data_dir)}
    return {f"MARKET_{name}": value for name, value in decided.items()}


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
