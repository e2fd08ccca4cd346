"""Documents held against their rows: some again and again, all each night. What is wrong is put right and counted.

The follower keeps the indexes true as long as everything works as it should. This is for what should not happen: a
document that was lost, altered or left behind. Whatever the log names and the follower has not come to is left out, so
that a document which is only late counts as nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.changes import Change
from market.core.followers import read_cursor
from market.engine.gateway import Engine, StoredRevision
from market.search.follower import BATCH, FOLLOWER, lock_index, patient, refresh
from market.search.index import SearchIndex, load_documents

log = structlog.get_logger(__name__)

SAMPLE = 100
"""Rows, and documents, that are looked at in each index at once."""
LOCK_SECONDS = 30

NOTE = """
INSERT INTO sign_of_life (name, at, detail)
VALUES (:name, clock_timestamp(), jsonb_build_object('compared', CAST(:compared AS int), 'wrong', CAST(:wrong AS int)))
ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at, detail = jsonb_build_object(
    'compared', (sign_of_life.detail->>'compared')::bigint + :compared,
    'wrong', (sign_of_life.detail->>'wrong')::bigint + :wrong
)
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found."""

    documents: int = 0
    wrong: int = 0
    """Missing, stale or surplus, and put right."""


@dataclass(slots=True)
class Walk:
    """Where the samples of an index have come to: every row and every document has its turn, then it begins anew."""

    row: UUID | None = None
    """The last row looked at, in order of id."""
    document: int = 0
    """How many documents were looked at, in the engine's order."""
    turns: int = 0
    """How often it has come to the end of both."""
    ended: set[str] = field(default_factory=set)

    def pass_end(self, of: str) -> None:
        """Note that rows or documents were gone through."""
        self.ended.add(of)
        if len(self.ended) == 2:
            self.turns += 1
            self.ended.clear()


async def compare_sample(
    engine: Engine, sessions: async_sessionmaker[AsyncSession], index: SearchIndex, walk: Walk, *, size: int = SAMPLE
) -> Compared:
    """Compare the next rows, and the next documents, of a walk.

    Raises:
        EngineDown, EngineRefused, TaskFailed
    """
    found = Compared()
    for next_ids in (_next_rows, _next_documents):
        async with sessions.begin() as session:
            await patient(session, seconds=LOCK_SECONDS)
            ids = await next_ids(engine, session, index, walk, size)
            wrong = await _put_right(engine, session, index, ids) if ids else 0
            found = Compared(found.documents + len(ids), found.wrong + wrong)
            values = {"name": f"documents:{index.name}", "compared": len(ids), "wrong": wrong}
            await session.execute(text(NOTE), values)
    return found


async def compare_all(
    engine: Engine, sessions: async_sessionmaker[AsyncSession], indexes: Sequence[SearchIndex], *, size: int = 1000
) -> Compared:
    """Every row and every document of every index; writes and searches go on.

    Raises:
        EngineDown, EngineRefused, TaskFailed
    """
    documents = wrong = 0
    for index in indexes:
        if await engine.document_count(index.name) is None:
            continue  # it is being built anew, which compares everything
        walk = Walk()
        while not walk.turns:
            found = await compare_sample(engine, sessions, index, walk, size=size)
            documents, wrong = documents + found.documents, wrong + found.wrong
    log.info("indexes_compared", documents=documents, wrong=wrong)
    return Compared(documents, wrong)


NextIds = Callable[[Engine, AsyncSession, SearchIndex, Walk, int], Awaitable[list[UUID]]]


async def _next_rows(_engine: Engine, session: AsyncSession, index: SearchIndex, walk: Walk, size: int) -> list[UUID]:
    ids = index.public_ids()
    column = ids.selected_columns[0]
    if walk.row is not None:
        ids = ids.where(column > walk.row)
    found = list((await session.scalars(ids.order_by(column).limit(size))).all())
    walk.row = found[-1] if len(found) == size else None
    if walk.row is None:
        walk.pass_end("rows")
    return found


async def _next_documents(
    engine: Engine, _session: AsyncSession, index: SearchIndex, walk: Walk, size: int
) -> list[UUID]:
    stored = await engine.stored_page(index.name, offset=walk.document, limit=size)
    walk.document = walk.document + size if len(stored) == size else 0
    if not walk.document:
        walk.pass_end("documents")
    return [UUID(document.id) for document in stored]


async def _put_right(engine: Engine, session: AsyncSession, index: SearchIndex, ids: Sequence[UUID]) -> int:
    """Compare those documents with their rows and bring what is wrong to what it should be; how many were wrong."""
    await lock_index(session, index.name)
    # Rows first, then the log: what was written before the rows were read and not followed is in what is left of it.
    wanted = {document["id"]: document["rev"] for document in await load_documents(session, index, ids)}
    late = await _late(session, index)
    if late is None:
        return 0
    stored = await engine.stored_revisions(index.name, [str(id_) for id_ in ids])
    wrong = wrong_among(ids, wanted, stored) - late
    if wrong:
        log.error("documents_wrong", index=index.name, number=len(wrong), first=str(min(wrong)))
        await refresh(engine, session, index, wrong, into=index.name)
    return len(wrong)


def wrong_among(ids: Sequence[UUID], wanted: dict[str, str], stored: Sequence[StoredRevision]) -> set[UUID]:
    """Those whose document is missing, has another revision than it should, or should not be there."""
    there = {document.id: document.rev for document in stored}
    return {id_ for id_ in ids if wanted.get(str(id_)) != there.get(str(id_))}


async def _late(session: AsyncSession, index: SearchIndex) -> set[UUID] | None:
    """The ids whose documents the follower has still to come to; None when those are too many to look at."""
    cursor = await read_cursor(session, FOLLOWER)
    before_it = select(Change).where(tuple_(Change.xid, Change.id) > (cursor.xid, cursor.id))
    changes = (await session.scalars(before_it.order_by(Change.xid, Change.id).limit(BATCH))).all()
    return None if len(changes) == BATCH else await index.affected(session, changes)
