"""Looks at everything the market stands on, part by part with a reason, in less than a second whatever hangs."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import asyncpg

from market.core.eras import AHEAD, WHAT_TO_DO
from market.core.signs_of_life import name_of

PROBE_SECONDS = 0.75
WORKER_SILENT, BEHIND, STUCK = timedelta(seconds=15), timedelta(seconds=30), timedelta(minutes=10)
CLOCKS_APART = timedelta(seconds=5)
LOW_DISK, FULL_DISK = 1024**3, 64 * 1024**2
"""Free bytes below which the disk is `degraded` and `down`."""

WRITE = """
INSERT INTO sign_of_life (name, at) VALUES ($1, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at RETURNING at
"""
WORKERS = "SELECT clock_timestamp() - max(at) FROM sign_of_life WHERE starts_with(name, 'worker:')"
FOLLOWERS = """
SELECT name, clock_timestamp() - (
    SELECT at FROM change WHERE (change.xid, change.id) > (follower_cursor.xid, follower_cursor.change_id)
    ORDER BY change.xid, change.id LIMIT 1
) AS behind FROM follower_cursor
"""
JOBS = """
SELECT entrypoint, count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (
    WHERE status = 'queued' AND execute_after < clock_timestamp() - $1::interval
       OR status = 'picked' AND heartbeat < clock_timestamp() - $1::interval
) AS stuck FROM pgqueuer WHERE status IN ('failed', 'queued', 'picked') GROUP BY entrypoint
"""

State = Literal["ok", "degraded", "down"]
PartName = Literal[
    "database", "catalogue", "log", "clock", "worker", "index", "followers", "jobs", "mail", "disk", "engine"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is, and why it is not well; what to do is in English, for operators."""

    name: PartName
    state: State = "ok"
    reason: str = ""
    what_to_do: str = ""


class Probe:
    """Looks once at a time, however many ask. Make one in each process.

    Args:
        database_url: `postgresql://...`; each look makes a connection of its own, as a pool may be what is exhausted.
        data_dir: whose disk is looked at.
        engine: whether the engine answers; None without one.
        mail_job: name of the job that sends mail.
    """

    def __init__(
        self, database_url: str, *, data_dir: Path, engine: Callable[[], Awaitable[bool]] | None, mail_job: str
    ) -> None:
        self._url, self._data_dir, self._engine, self._mail_job = database_url, data_dir, engine, mail_job
        self._looking: asyncio.Task[list[Finding]] | None = None

    async def look(self) -> list[Finding]:
        """Every part, in less than a second."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    async def _look(self) -> list[Finding]:
        works: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._of_database()),
            asyncio.create_task(self._of_engine()),
            asyncio.create_task(asyncio.to_thread(disk_of, self._data_dir)),
        ]
        await asyncio.wait(works, timeout=PROBE_SECONDS)
        hung = (
            Finding("database", "down", f"no answer in {PROBE_SECONDS} s", "look whether PostgreSQL runs and is busy"),
            Finding("engine", "degraded", "no answer in time", "look at the search engine; searches use PostgreSQL"),
            Finding("disk", "degraded", "the disk does not answer", "look at the disk of the data directory"),
        )
        found: list[Finding] = []
        for work, otherwise in zip(works, hung, strict=True):
            if not work.done():
                work.cancel()
                found.append(otherwise)
            elif work.exception() is not None:
                found.append(Finding(otherwise.name, otherwise.state, type(work.exception()).__name__))
            else:
                outcome = work.result()
                found += outcome if isinstance(outcome, list) else [outcome]
        return found

    async def _of_engine(self) -> Finding:
        if self._engine is None:
            return Finding("engine", "degraded", "none is configured", "set MARKET_MEILI_URL")
        if await self._engine():
            return Finding("engine")
        return Finding("engine", "degraded", "does not answer", "look at the search engine; searches use PostgreSQL")

    async def _of_database(self) -> list[Finding]:
        try:
            connection = await asyncpg.connect(self._url, timeout=PROBE_SECONDS)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            return [Finding("database", "down", f"no connection: {type(error).__name__}", "start PostgreSQL")]
        try:
            await connection.execute("SET statement_timeout = '700ms'")
            return await self._parts(connection)
        finally:
            # Never wait for a server that may hang.
            connection.terminate()

    async def _parts(self, connection: asyncpg.Connection[Any]) -> list[Finding]:
        found: list[Finding] = []
        try:
            found += await _written(connection)
        except asyncpg.UndefinedTableError:
            return [Finding("database", "down", "its schema is older than this program", "run `market migrate`")]
        except asyncpg.PostgresError as error:
            found.append(Finding("database", "down", f"not writable: {type(error).__name__}", _writable_again(error)))
        looks = (_of_log, _of_workers, _of_followers)
        for look in looks:
            with contextlib.suppress(asyncpg.PostgresError):
                found += await look(connection)
        with contextlib.suppress(asyncpg.PostgresError):
            found += await _of_jobs(connection, self._mail_job)
        return found


def _writable_again(error: asyncpg.PostgresError) -> str:
    full = isinstance(error, asyncpg.DiskFullError)
    return "make room on the database's disk" if full else "look at the log of PostgreSQL: is it a replica, is it full"


async def _written(connection: asyncpg.Connection[Any]) -> list[Finding]:
    at: datetime = await connection.fetchval(WRITE, name_of("probe").rpartition(":")[0])
    apart = abs(datetime.now(UTC) - at)
    if apart > CLOCKS_APART:
        reason = f"{apart.total_seconds():.0f} s apart from the database's"
        return [Finding("database"), Finding("clock", "degraded", reason, "set both clocks by NTP")]
    return [Finding("database"), Finding("clock")]


async def _of_log(connection: asyncpg.Connection[Any]) -> list[Finding]:
    ahead = await connection.fetchval(AHEAD)
    return [Finding("log", "down", "ahead of its cluster", WHAT_TO_DO) if ahead else Finding("log")]


async def _of_workers(connection: asyncpg.Connection[Any]) -> list[Finding]:
    silent: timedelta | None = await connection.fetchval(WORKERS)
    if silent is None:
        return [Finding("worker", "degraded", "none has ever run", "start `market worker`")]
    if silent > WORKER_SILENT:
        reason = f"no sign of life for {silent.total_seconds():.0f} s"
        return [Finding("worker", "degraded", reason, "start `market worker` again, and look at its log")]
    return [Finding("worker")]


async def _of_followers(connection: asyncpg.Connection[Any]) -> list[Finding]:
    late = {row["name"]: row["behind"] for row in await connection.fetch(FOLLOWERS) if row["behind"] is not None}
    others = {name: behind for name, behind in late.items() if name != "search" and behind > BEHIND}
    return [
        _late("index", {"search": late["search"]} if late.get("search", timedelta()) > BEHIND else {}),
        _late("followers", others),
    ]


def _late(name: PartName, late: dict[str, timedelta]) -> Finding:
    if not late:
        return Finding(name)
    reason = ", ".join(f"{follower} is {behind.total_seconds():.0f} s behind" for follower, behind in late.items())
    return Finding(name, "degraded", reason, "look at the worker's log for follower_failed")


async def _of_jobs(connection: asyncpg.Connection[Any], mail_job: str) -> list[Finding]:
    rows = await connection.fetch(JOBS, STUCK)
    mail = [row for row in rows if row["entrypoint"] == mail_job]
    return [
        _stuck(
            "jobs", [row for row in rows if row["entrypoint"] != mail_job], "look at the worker's log for job_failed"
        ),
        _stuck("mail", mail, "look whether MARKET_SMTP_URL answers, and at the worker's log for job_failed"),
    ]


def _stuck(name: PartName, rows: Sequence[Any], what_to_do: str) -> Finding:
    failed, stuck = sum(row["failed"] for row in rows), sum(row["stuck"] for row in rows)
    if not failed and not stuck:
        return Finding(name)
    return Finding(name, "degraded", f"{failed} failed for good, {stuck} waiting for 10 minutes and more", what_to_do)


def disk_of(place: Path) -> Finding:
    """Free space where the data directory is, or will be."""
    existing = next(path for path in (place.absolute(), *place.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free > LOW_DISK:
        return Finding("disk")
    state: State = "down" if free < FULL_DISK else "degraded"
    return Finding("disk", state, f"{free / 1024**2:.0f} MiB free at {existing}", "make room")
