"""A new index beside the old one, filled from PostgreSQL, then exchanged: no search fails or finds nothing meanwhile.

The place in the log is noted before the first row is read. Whatever was logged since is applied again to the new
index, first while the follower goes on with the old one, at last with the follower held back for a moment; so the
new index knows at the exchange all that the follower has passed, and the follower brings the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.changes import Change, Cursor, settled_changes
from market.core.errors import Conflict
from market.core.language import Message
from market.engine.administration import (
    IndexState,
    create_index,
    drop_index,
    read_index_settings,
    settings_agree,
    swap_indexes,
)
from market.engine.gateway import Engine
from market.search.follower import BATCH, lock_index, patient, refresh
from market.search.index import IndexSettings, SearchIndex, id_chunks, load_documents, read_settings

log = structlog.get_logger(__name__)

TASKS_IN_FLIGHT = 32
CALM = 200
"""So few entries left to catch up with that the follower may be held back for them."""
LOCK_SECONDS = 120

Progress = Callable[[int, int], None]
"""Called with the documents handed over and the documents there are."""


class RebuildRunning(Conflict):
    code = "rebuild-running"
    detail = Message(vi="Chỉ mục này đang được dựng lại.", en="This index is being rebuilt already.")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    documents: int
    replayed: int
    """Log entries that came in meanwhile and were applied to the new index."""


async def rebuild_index(
    engine: Engine,
    sessions: async_sessionmaker[AsyncSession],
    index: SearchIndex,
    *,
    settings: IndexSettings,
    progress: Progress = lambda _done, _total: None,
) -> Rebuilt:
    """Build an index anew with these settings and put it in the place of the old one.

    What an interrupted rebuild left behind is removed first.

    Raises:
        RebuildRunning: somebody else is rebuilding this index.
        EngineDown, EngineRefused, TaskFailed: the old index stays as it is.
    """
    live, draft = index.name, f"{index.name}-rebuild"
    async with sessions() as guard:
        key = func.hashtextextended(f"search rebuild {engine.index_name(live)}", 0)
        if not await guard.scalar(select(func.pg_try_advisory_xact_lock(key))):
            raise RebuildRunning
        await drop_index(engine, engine.index_name(draft))
        await create_index(engine, engine.index_name(draft), settings)
        noted = await settled_end(sessions)
        documents = await _fill(engine, sessions, index, into=draft, progress=progress)
        place, replayed = await _catch_up(engine, sessions, index, noted, into=draft)
        if await engine.document_count(live) is None:
            await create_index(engine, engine.index_name(live), settings)
        replayed += await _exchange(engine, sessions, index, place, draft=draft)
        await drop_index(engine, engine.index_name(draft))
    log.info("index_rebuilt", index=live, documents=documents, replayed=replayed)
    return Rebuilt(documents, replayed)


async def settled_end(sessions: async_sessionmaker[AsyncSession]) -> Cursor:
    """The last entry of the log that nothing can come before any more; the beginning when there is none."""
    horizon = text("change.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    newest = select(Change.xid, Change.id).where(horizon).order_by(Change.xid.desc(), Change.id.desc()).limit(1)
    async with sessions() as session:
        row = (await session.execute(newest)).one_or_none()
    return Cursor(row.xid, row.id) if row else Cursor()


async def _fill(
    engine: Engine, sessions: async_sessionmaker[AsyncSession], index: SearchIndex, *, into: str, progress: Progress
) -> int:
    done, tasks = 0, []
    async with sessions() as session:
        total = await session.scalar(select(func.count()).select_from(index.public_ids().subquery())) or 0
        progress(0, total)
        async for chunk in id_chunks(session, index):
            documents = await load_documents(session, index, chunk)
            if documents:
                tasks.append(await engine.upsert(into, documents))
            done += len(documents)
            progress(done, max(total, done))
            if len(tasks) > TASKS_IN_FLIGHT:
                await engine.wait([tasks.pop(0)])
    await engine.wait(tasks)
    return done


async def _catch_up(
    engine: Engine,
    sessions: async_sessionmaker[AsyncSession],
    index: SearchIndex,
    place: Cursor,
    *,
    into: str,
) -> tuple[Cursor, int]:
    """Apply the log to the new index until little is left. Nobody else writes that index, so no lock is needed."""
    replayed = 0
    while True:
        async with sessions() as session:
            changes = await _next_changes(session, place)
            await _apply(engine, session, index, changes, into=into)
        replayed += len(changes)
        if changes:
            place = Cursor(changes[-1].xid, changes[-1].id)
        if len(changes) <= CALM:
            return place, replayed


async def _exchange(
    engine: Engine,
    sessions: async_sessionmaker[AsyncSession],
    index: SearchIndex,
    place: Cursor,
    *,
    draft: str,
) -> int:
    """Hold the follower back, apply what is left of the log, exchange the indexes."""
    replayed = 0
    async with sessions.begin() as session:
        await patient(session, seconds=LOCK_SECONDS)
        await lock_index(session, index.name)
        while changes := await _next_changes(session, place):
            await _apply(engine, session, index, changes, into=draft)
            replayed += len(changes)
            place = Cursor(changes[-1].xid, changes[-1].id)
        await swap_indexes(engine, engine.index_name(index.name), engine.index_name(draft))
    return replayed


async def _next_changes(session: AsyncSession, place: Cursor) -> Sequence[Change]:
    return (await session.scalars(settled_changes(place, limit=BATCH))).all()


async def _apply(
    engine: Engine, session: AsyncSession, index: SearchIndex, changes: Sequence[Change], *, into: str
) -> None:
    if changes and (ids := await index.affected(session, changes)):
        await refresh(engine, session, index, ids, into=into)


async def index_state(
    engine: Engine, sessions: async_sessionmaker[AsyncSession], index: SearchIndex, *, settings: IndexSettings
) -> IndexState:
    """Whether an index can be followed as it is, or why it must be rebuilt.

    Raises:
        EngineDown, EngineRefused
    """
    actual = await read_index_settings(engine, engine.index_name(index.name))
    if actual is None:
        return "missing"
    if not settings_agree(actual, settings):
        return "other settings"
    if not await engine.document_count(index.name):
        async with sessions() as session:
            if (await session.scalars(index.public_ids().limit(1))).first() is not None:
                return "empty"
    return "good"


async def keep_indexes(
    engine: Engine,
    sessions: async_sessionmaker[AsyncSession],
    indexes: Sequence[SearchIndex],
    *,
    search_dir: Path,
) -> dict[str, IndexState]:
    """Rebuild every index that is missing, empty without reason or has other settings than its file.

    For the start of the worker and again and again after it. Returns in which state each index was found.

    Raises:
        EngineDown, EngineRefused, TaskFailed
    """
    states: dict[str, IndexState] = {}
    for index in indexes:
        settings = read_settings(search_dir, index.name)
        states[index.name] = state = await index_state(engine, sessions, index, settings=settings)
        if state != "good":
            log.warning("index_rebuilding", index=index.name, state=state)
            try:
                await rebuild_index(engine, sessions, index, settings=settings)
            except RebuildRunning:
                log.info("index_rebuilt_elsewhere", index=index.name)
    return states
