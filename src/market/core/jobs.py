"""Work for later, kept by PgQueuer; a job is written on the caller's own transaction and rolled back with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import asyncpg
import msgspec
from pgqueuer import Queries
from pgqueuer.db import AsyncpgDriver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Job:
    """What the worker does when a job of this name comes up. The payload is what `enqueue` was given."""

    name: str
    run: Callable[[AsyncSession, Mapping[str, Any]], Awaitable[None]]
    attempts: int = 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the worker does again and again, at the minutes a crontab expression (UTC) names."""

    name: str
    crontab: str
    run: Callable[[AsyncSession], Awaitable[None]]


async def enqueue(
    session: AsyncSession,
    job: str,
    payload: Mapping[str, Any],
    *,
    after: timedelta | None = None,
    dedupe_key: str | None = None,
) -> None:
    """Write a job in this session's transaction; with a `dedupe_key` a second one waiting is left out."""
    # The first statement opens the transaction; only then is the raw connection inside it.
    await session.execute(text("SELECT 1"))
    raw = await (await session.connection()).get_raw_connection()
    driver = cast("asyncpg.Connection[asyncpg.Record]", raw.driver_connection)
    await Queries(AsyncpgDriver(driver)).enqueue(
        job, msgspec.json.encode(payload), execute_after=after, dedupe_key=dedupe_key, on_conflict="skip"
    )
