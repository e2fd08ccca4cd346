"""Processes that follow the change log, each with its own cursor: search, alerts, webhooks, the hash chain.

At least once: a follower's cursor moves only after its work is done, so a crash repeats the last batch and
loses nothing. One holder per follower, by an advisory lock that dies with its connection.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from sqlalchemy import BigInteger, Select, case, func, null, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.changes import CHANNEL, Change, Cursor, settled_changes
from market.core.db import Base
from market.core.traces import span

log = structlog.get_logger(__name__)

POLL_SECONDS = 2.0
"""How long a follower sleeps without a notification; also what a lost notification costs."""
UNSETTLED_SECONDS = 0.05
"""How long it sleeps when entries are there that an older transaction still holds back: its end need not notify."""
FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 0.2, 10.0
MOST_REQUESTS = 20
"""Entries of a batch whose requests its span names."""
BUSY = 4
"""Entries of a batch by which writes come faster than batches are done."""
LONGEST_REST = 0.25
"""Seconds. Fewer and larger batches cost whoever waits for an answer less; what comes alone is dealt with at once."""
STAND_BACK_SECONDS = 0.05
"""How long those that rest wait when woken: all are, in one process, and what somebody waits for goes first."""
HEALTHY_SECONDS = 30.0
"""A follower that worked this long before it failed is tried again at once, as if for the first time."""


HELD_BACK = """
SELECT EXISTS (
    SELECT FROM change WHERE (xid, id) > (
        coalesce((SELECT xid FROM follower_cursor WHERE name = $1), -4611686018427387904),
        coalesce((SELECT change_id FROM follower_cursor WHERE name = $1), 0)
    )
)
"""


class FollowerCursor(Base):
    """How far a follower has come."""

    __tablename__ = "follower_cursor"

    name: Mapped[str] = mapped_column(primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger, default=0)
    change_id: Mapped[int] = mapped_column(BigInteger, default=0)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


@dataclass(frozen=True, slots=True)
class Follower:
    """What to do with each batch of the log.

    `handle` gets entries in reading order and must be idempotent; it runs in the transaction that moves the
    cursor, so what it writes to the database happens exactly once.
    """

    name: str
    handle: Callable[[AsyncSession, Sequence[Change]], Awaitable[None]]
    batch_size: int = 1000
    entities: frozenset[str] | None = None
    """What it wants to be told of; the rest of the log it passes over unread. None: everything."""
    diffs_unread: frozenset[str] = frozenset()
    """Of these entities it gets entries without their diff, which is most of an entry and of the time to read it."""
    rest_seconds: float = 0.2
    """How long it rests after each batch: at a hundred writes a second a look for each of them takes a processor."""


async def read_cursor(session: AsyncSession, name: str) -> Cursor:
    """Where the follower stands; the beginning of the log when it never ran."""
    row = await session.get(FollowerCursor, name)
    return Cursor(row.xid, row.change_id) if row else Cursor()


async def move_cursor(session: AsyncSession, name: str, cursor: Cursor) -> None:
    """Note that everything up to `cursor` is done."""
    values = {"xid": cursor.xid, "change_id": cursor.id, "updated_at": clock.now()}
    statement = insert(FollowerCursor).values(name=name, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


async def backlog(session: AsyncSession, name: str) -> int:
    """How many entries the follower still has before it, settled or not."""
    cursor = await read_cursor(session, name)
    place = tuple_(Change.xid, Change.id) > (cursor.xid, cursor.id)
    return await session.scalar(select(func.count()).select_from(Change).where(place)) or 0


async def skip_to_end(session: AsyncSession, name: str) -> None:
    """Move the cursor over everything settled, without doing anything for it (after a full rebuild)."""
    horizon = text("xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    newest = select(Change.xid, Change.id).where(horizon).order_by(Change.xid.desc(), Change.id.desc()).limit(1)
    if row := (await session.execute(newest)).one_or_none():
        await move_cursor(session, name, Cursor(row.xid, row.id))


async def follow_once(sessions: async_sessionmaker[AsyncSession], follower: Follower) -> int:
    """Handle one batch and move the cursor in one transaction. Returns how many entries it had or passed over."""
    async with sessions.begin() as session:
        cursor = await read_cursor(session, follower.name)
        batch = settled_changes(cursor, limit=follower.batch_size)
        if follower.entities is None:
            changes = await _entries(session, batch, follower)
            places: Sequence[Any] = changes
        else:
            places = (await session.execute(batch.with_only_columns(Change.xid, Change.id))).all()
            changes = await _wanted(session, batch, places, follower) if places else []
        if changes:
            with span(f"follow {follower.name}", "consumer", {"market.entries": len(changes)}) as told:
                told.tell("market.request_ids", _some_requests(changes))
                await follower.handle(session, changes)
        if places:
            await move_cursor(session, follower.name, Cursor(places[-1].xid, places[-1].id))
        return len(places)


def _some_requests(changes: Sequence[Any]) -> list[str]:
    """By whose requests the entries were written, as far as a span can say."""
    return sorted({change.request_id for change in changes[:MOST_REQUESTS] if change.request_id})


async def _wanted(
    session: AsyncSession, batch: Select[Change], places: Sequence[Any], follower: Follower
) -> Sequence[Any]:
    # Entries may have become settled since their places were read; those are the next batch's.
    end = tuple_(Change.xid, Change.id) <= (places[-1].xid, places[-1].id)
    return await _entries(session, batch.where(Change.entity.in_(follower.entities or ()), end), follower)


async def _entries(session: AsyncSession, batch: Select[Change], follower: Follower) -> Sequence[Any]:
    """The entries as rows with the names of `Change`: objects of them would only be read once."""
    columns: list[Any] = [column for column in Change.__table__.c if column is not Change.__table__.c.diff]
    diff: Any = Change.diff
    if follower.diffs_unread:
        diff = case((Change.entity.in_(follower.diffs_unread), null()), else_=Change.diff)
    return (await session.execute(batch.with_only_columns(*columns, diff.label("diff")))).all()


async def run_follower(engine: AsyncEngine, follower: Follower, *, stop: asyncio.Event) -> None:
    """Follow the log until `stop`: woken by notifications, polling as a fallback, retrying with backoff."""
    sessions = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)
    delay = FIRST_RETRY_SECONDS
    while not stop.is_set():
        began = time.monotonic()
        try:
            await _hold_and_follow(engine, sessions, follower, stop=stop)
        except Exception:
            if time.monotonic() - began > HEALTHY_SECONDS:
                delay = FIRST_RETRY_SECONDS
            log.warning("follower_failed", follower=follower.name, retry_in_seconds=delay, exc_info=True)
            await _sleep(stop, delay)
            delay = min(delay * 2, LAST_RETRY_SECONDS)
        else:
            delay = FIRST_RETRY_SECONDS


async def _hold_and_follow(
    engine: AsyncEngine, sessions: async_sessionmaker[AsyncSession], follower: Follower, *, stop: asyncio.Event
) -> None:
    """Hold the follower's lock on one connection and work as long as that connection lives."""
    async with engine.connect() as connection:
        raw = await _driver_connection(connection)
        woken = asyncio.Event()
        if not await raw.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", f"follower:{follower.name}"):
            await _sleep(stop, POLL_SECONDS)
            return
        await raw.add_listener(CHANNEL, lambda *_: woken.set())
        try:
            while not stop.is_set():
                woken.clear()
                began = time.monotonic()
                if passed := await follow_once(sessions, follower):
                    await _sleep(stop, _rest(follower, passed, time.monotonic() - began))
                else:
                    held_back = await raw.fetchval(HELD_BACK, follower.name)
                    await _wait_any(stop, woken, UNSETTLED_SECONDS if held_back else POLL_SECONDS)
                    await _sleep(stop, min(follower.rest_seconds, STAND_BACK_SECONDS))
        finally:
            # A pooled connection would carry the lock and the listener to its next user.
            await connection.invalidate()


def _rest(follower: Follower, passed: int, seconds: float) -> float:
    """How long to rest after a batch of so many entries that took so many seconds; not at all with more there."""
    if passed >= follower.batch_size:
        return 0.0
    return max(follower.rest_seconds, min(seconds, LONGEST_REST) if passed >= BUSY else 0.0)


async def _driver_connection(connection: object) -> asyncpg.Connection[asyncpg.Record]:
    raw = await connection.get_raw_connection()  # type: ignore[attr-defined]
    driver: asyncpg.Connection[asyncpg.Record] = raw.driver_connection
    return driver


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    if seconds <= 0:
        return
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _wait_any(stop: asyncio.Event, woken: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(woken.wait())]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiting in waits:
            waiting.cancel()
