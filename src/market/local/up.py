"""`market up`: the whole market on this machine, from database to API, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ipaddress
import json
import os
import signal
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from market.config import Settings
from market.core.roles import READER, WRITER
from market.engine.keys import SEARCH, WORK, KeysNotMade, ensure_keys
from market.local.filled import is_filled, note_filled
from market.local.meilisearch import MeilisearchServer, find_engine, prepare_meilisearch
from market.local.postgres import ensure_database, prepare_postgres
from market.local.program import LocalServiceError, Program, free_port, require_free
from market.local.running import Running, environment_of, held_directory, write_run_file
from market.local.secrets import kept_secret, private_directory
from market.local.supervisor import Supervisor

NO_ENGINE = (
    "No Meilisearch found (MARKET_MEILI_URL, `meilisearch` on PATH, node_modules): "
    "serving degraded, searches are answered by PostgreSQL."
)

API_READY_SECONDS = 180.0
"""On a machine with much else to do its start takes a minute; one that cannot start ends by itself."""
NO_PASSWORDS = {"database_writer_password": None, "database_reader_password": None}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a start went, for the person who started it."""

    settings: Settings
    """Complete: database, engine if any, secret key, port."""
    api_url: str
    seconds: float


def run_market(settings: Settings, *, demo: bool, console: Console) -> None:
    """Start everything, say where it is, and serve until SIGINT or SIGTERM; a second signal does not wait.

    Raises:
        LocalServiceError: something did not start, or another `market up` holds the data directory.
    """
    data_dir = private_directory(settings.data_dir.absolute())
    settings = settings.model_copy(update={"data_dir": data_dir})
    with held_directory(data_dir):
        asyncio.run(_until_told_to_stop(settings, demo=demo, console=console))


def _say(console: Console, sentence: str) -> None:
    # A terminal that was closed must not keep children from being stopped or started again.
    with contextlib.suppress(OSError):
        console.print(sentence, style="yellow", markup=False, highlight=False, soft_wrap=True)


async def _until_told_to_stop(settings: Settings, *, demo: bool, console: Console) -> None:
    supervisor = Supervisor(say=partial(_say, console))
    work = asyncio.create_task(_serve(supervisor, settings, demo=demo, console=console))
    loop = asyncio.get_running_loop()

    def told_to_stop() -> None:
        if work.cancelling():
            supervisor.kill()
        work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, told_to_stop)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await work
    finally:
        _say(console, "Stopping.")
        await supervisor.stop()


async def _serve(supervisor: Supervisor, settings: Settings, *, demo: bool, console: Console) -> None:
    outcome = await start_market(supervisor, settings, demo=demo, console=console)
    supervisor.changed = partial(_write_run_file, supervisor, outcome, datetime.now(UTC))
    supervisor.changed()
    console.print(_addresses(outcome))
    await asyncio.Event().wait()


async def start_market(supervisor: Supervisor, settings: Settings, *, demo: bool, console: Console) -> Outcome:
    """Database and engine side by side, then migrations and contents, then API, worker and the demo story.

    Raises:
        LocalServiceError: something did not start.
    """
    began = time.monotonic()
    secret_key = settings.secret_key or SecretStr(kept_secret(settings.data_dir, "secret_key"))
    settings = settings.model_copy(update={"secret_key": secret_key, "port": _port(settings)})
    console.print("Starting database and search engine.")
    database, engine = await asyncio.gather(
        _start_database(supervisor, settings), _start_engine(supervisor, settings, console)
    )
    settings = settings.model_copy(update={**database.settings, **engine.settings})
    ours = bool(database.settings)
    if not (ours and is_filled(settings)):
        await supervisor.run(_contents(settings))
        if ours:
            note_filled(settings)
    console.print("Starting API and worker, and telling the demo story." if demo else "Starting API and worker.")
    working = settings.model_copy(update=database.lesser)
    serving = working.model_copy(update=engine.lesser)
    story = [supervisor.run(_market_program(settings, "seeding the demo", "seed", "demo"))] if demo else []
    await asyncio.gather(
        *story,
        supervisor.start(
            _api_program(serving, settings),
            ready_seconds=API_READY_SECONDS,
        ),
        supervisor.start(_worker_program(working)),
    )
    return Outcome(settings=settings, api_url=_api_url(settings), seconds=time.monotonic() - began)


@dataclass(frozen=True, kw_only=True)
class Started:
    """What was started of ours, as settings; empty where somebody else's is used as it was given."""

    settings: dict[str, object] = field(default_factory=dict)
    """As its owner reaches it, or for the engine the worker."""
    lesser: dict[str, object] = field(default_factory=dict)
    """As processes reach it that do less."""


async def _start_database(supervisor: Supervisor, settings: Settings) -> Started:
    if settings.database_url is not None:
        return Started()
    log = settings.data_dir / "logs" / "database.log"
    server = await asyncio.to_thread(prepare_postgres, settings.data_dir / "postgres", log=log)
    await supervisor.start(server.program)
    await asyncio.to_thread(ensure_database, server)
    writer, reader = (kept_secret(settings.data_dir, f"{role}_password") for role in (WRITER, READER))
    return Started(
        settings={
            "database_url": SecretStr(server.url()),
            "database_writer_password": SecretStr(writer),
            "database_reader_password": SecretStr(reader),
        },
        lesser={"database_url": SecretStr(server.url_of(WRITER, writer)), **NO_PASSWORDS},
    )


async def _start_engine(supervisor: Supervisor, settings: Settings, console: Console) -> Started:
    source = find_engine(settings)
    if source is None:
        _say(console, NO_ENGINE)
        return Started()
    if source.binary is None:
        return Started(settings={"meili_url": source.url})
    log = settings.data_dir / "logs" / "search-engine.log"
    directory = settings.data_dir / "meilisearch"
    server = _kept_engine(directory, source.binary, log)
    try:
        await supervisor.start(server.program)
    except LocalServiceError as error:
        # Whatever an engine holds is in PostgreSQL too: another version, or broken files, must not stop a market.
        aside = set_aside(directory)
        if aside is None:
            raise
        _say(console, f"The search engine does not open its files ({first_line(error)}).")
        _say(console, f"They were moved to {aside}; the worker builds the indexes anew.")
        server = _kept_engine(directory, source.binary, log)
        await supervisor.start(server.program)
    return Started(
        settings={"meili_url": server.url, "meili_key": SecretStr(WORK.value(server.key))},
        lesser={"meili_key": SecretStr(SEARCH.value(server.key))},
    )


def _kept_engine(directory: Path, binary: Path, log: Path) -> MeilisearchServer:
    """An engine that has its keys whenever it serves, and is started anew when its files are gone from under it."""
    server = prepare_meilisearch(directory, binary, log=log)
    files = directory.absolute() / "data.ms"
    ready, gone = partial(_serves_with_keys, server), partial(_is_gone, files)
    mend = partial(_mended_engine, directory)
    return replace(server, program=replace(server.program, is_ready=ready, hangs=gone, mend=mend))


def _mended_engine(directory: Path) -> str:
    aside = set_aside(directory)
    return f"Its files were moved to {aside}; the worker builds the indexes anew." if aside is not None else ""


def _serves_with_keys(server: MeilisearchServer, pid: int) -> bool:
    if not server.program.is_ready(pid):
        return False
    try:
        ensure_keys(server.url, server.key)
    except KeysNotMade:
        return False
    return True


def _is_gone(files: Path) -> bool:
    return not (files / "VERSION").exists()


def first_line(error: Exception) -> str:
    """What went wrong, without the log."""
    return str(error).partition("\n")[0].rstrip(":")


def set_aside(directory: Path) -> Path | None:
    """Move an engine's files away, beside themselves; its key stays. None when there are none."""
    files = directory / "data.ms"
    if not files.exists():
        return None
    aside = directory / f"data.ms.set-aside-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    files.rename(aside)
    return aside


def _api_program(serving: Settings, settings: Settings) -> Program:
    program = _market_program(serving, "API", "serve", is_ready=partial(_api_is_ready, settings))
    return replace(program, hangs=partial(_api_is_silent, settings))


def _api_is_silent(settings: Settings) -> bool:
    """Whether no process of it answers at all; one of several that hangs is exchanged by their own server."""
    return not _asked(settings, "/health/live")


def _worker_program(settings: Settings) -> Program:
    program = _market_program(settings, "worker", "worker")
    return replace(program, settle_seconds=1.0, hangs=partial(_worker_is_silent, settings))


def _worker_is_silent(settings: Settings) -> bool:
    """Whether the API, which sees the database, sees no sign of life of any worker."""
    parts = _asked(settings, "/health/ready").get("parts", [])
    return any(part["name"] == "worker" and "no sign of life" in part["reason"] for part in parts)


def _asked(settings: Settings, path: str) -> dict[str, Any]:
    host, _, port = _api_url(settings).removeprefix("http://").rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=3.0)
    try:
        connection.request("GET", path)
        said: dict[str, Any] = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        connection.close()
    return said


def _contents(settings: Settings) -> Program:
    program = _market_program(settings, "setting up the database")
    return replace(program, argv=(sys.executable, "-m", "market.local.contents"))


def _market_program(settings: Settings, name: str, *arguments: str, is_ready: partial[bool] | None = None) -> Program:
    program = Program(
        name=name,
        argv=(sys.executable, "-m", "market", *arguments),
        environment={"PYTHONUNBUFFERED": "1", **environment_of(settings)},
        log=settings.data_dir / "logs" / f"{name.lower()}.log",
        stage=2,
    )
    return replace(program, is_ready=is_ready) if is_ready else program


def _port(settings: Settings) -> int:
    """The API's port; 0 asks for a free one.

    Raises:
        LocalServiceError: another program listens there.
    """
    if settings.port == 0:
        return free_port()
    require_free(settings.host, settings.port)
    return settings.port


def _api_url(settings: Settings) -> str:
    host = settings.host
    with contextlib.suppress(ValueError):  # a name such as localhost is no address
        host = "127.0.0.1" if ipaddress.ip_address(host).is_unspecified else host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _api_is_ready(settings: Settings, _pid: int) -> bool:
    host, _, port = _api_url(settings).removeprefix("http://").rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5.0)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _write_run_file(supervisor: Supervisor, outcome: Outcome, started_at: datetime) -> None:
    settings = outcome.settings
    if settings.database_url is None or settings.secret_key is None:
        raise RuntimeError("the start left out the database or the secret key")
    running = Running(
        pid=os.getpid(),
        started_at=started_at.isoformat(),
        api_url=outcome.api_url,
        database_url=settings.database_url.get_secret_value(),
        secret_key=settings.secret_key.get_secret_value(),
        meili_url=settings.meili_url,
        meili_key=settings.meili_key.get_secret_value() if settings.meili_key else None,
        pids=supervisor.pids(),
    )
    write_run_file(settings.data_dir, running)


def _addresses(outcome: Outcome) -> Table:
    settings = outcome.settings
    table = Table(title=f"The market is ready ({outcome.seconds:.1f} s)", show_header=False, title_justify="left")
    table.add_row("API", f"{outcome.api_url}/api/v1")
    table.add_row("Documentation", f"{outcome.api_url}/schema")
    table.add_row("Search", settings.meili_url or "degraded: answered by PostgreSQL")
    table.add_row("Data", str(settings.data_dir))
    table.add_row("Logs", str(Path(settings.data_dir) / "logs"))
    table.add_row("Stop", "Ctrl-C")
    return table
