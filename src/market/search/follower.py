"""The follower of the change log that keeps the indexes true, and the watch over indexes that got lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.core.followers import Follower
from market.engine.gateway import Engine, EngineDown
from market.search.index import CHUNK, SearchIndex, load_documents

FOLLOWER = "search"
BATCH = 5000
SEARCHED = frozenset({"listing", "need"})
"""What comes in great numbers; what changed of it is read from its rows."""


def search_follower(engine: Engine, indexes: Sequence[SearchIndex]) -> Follower:
    """Re-reads every row that a batch touches, hands its document over (or takes it out) and waits for the engine.

    What goes wrong is raised, the cursor stays, the batch is tried again: documents are written whole, so that
    doing it twice changes nothing.
    """

    async def handle(session: AsyncSession, changes: Sequence[Change]) -> None:
        for index in indexes:
            if ids := await index.affected(session, changes):
                await lock_index(session, index.name)
                await require_index(engine, index.name)
                await refresh(engine, session, index, ids, into=index.name)

    # Somebody looks for what they have just published.
    return Follower(name=FOLLOWER, handle=handle, batch_size=BATCH, diffs_unread=SEARCHED, rest_seconds=0.0)


async def lock_index(session: AsyncSession, name: str) -> None:
    """Keep everybody else from reading rows for an index and writing it, until the transaction ends.

    Without it an older state of a row, read earlier but handed over later, could replace a newer one.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"search index {name}", 0))))


async def require_index(engine: Engine, name: str) -> None:
    """Refuse to write where there is no index: the engine would make one without settings.

    Raises:
        EngineDown: no such index (an engine that lost its files); `keep_indexes` will rebuild it.
    """
    if await engine.document_count(name) is None:
        raise EngineDown(f"there is no index {name}")


async def refresh(
    engine: Engine, session: AsyncSession, index: SearchIndex, ids: Collection[UUID], *, into: str
) -> None:
    """Bring those documents of the engine's index `into` to what their rows are now, and wait until it is done.

    Raises:
        EngineDown, EngineRefused, TaskFailed
    """
    tasks = []
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        documents = await load_documents(session, index, chunk)
        gone = set(map(str, chunk)) - {document["id"] for document in documents}
        if documents:
            tasks.append(await engine.upsert(into, documents))
        if gone:
            tasks.append(await engine.delete(into, gone))
    await engine.wait(tasks)


async def patient(session: AsyncSession, *, seconds: int) -> None:
    """Let this transaction wait longer for locks than a request would."""
    for setting in ("lock_timeout", "statement_timeout"):
        await session.execute(select(func.set_config(setting, f"{seconds}s", True)))
