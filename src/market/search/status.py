"""Whether the indexes say what the rows say: every document compared with what it should be now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.followers import backlog
from market.engine.gateway import Engine
from market.search.follower import FOLLOWER
from market.search.index import SearchIndex, id_chunks, load_documents

RETRY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """One index against its rows, in documents."""

    name: str
    expected: int
    """Rows that have a document."""
    indexed: int | None
    """Documents in the engine; None when there is no such index."""
    missing: int
    stale: int
    """Documents whose content differs from their rows now."""
    surplus: int
    """Documents whose rows nobody may see any more."""

    @property
    def true(self) -> bool:
        return self.indexed is not None and not (self.missing or self.stale or self.surplus)


@dataclass(frozen=True, slots=True)
class SearchStatus:
    """All indexes, and how many entries of the change log the follower has before it."""

    indexes: tuple[IndexStatus, ...]
    backlog: int

    @property
    def true(self) -> bool:
        """Nothing missing, nothing stale, nothing too much."""
        return all(index.true for index in self.indexes)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"true": self.true}


async def index_status(engine: Engine, sessions: async_sessionmaker[AsyncSession], index: SearchIndex) -> IndexStatus:
    """Compare an index with its rows, chunk by chunk.

    Raises:
        EngineDown, EngineRefused
    """
    indexed = await engine.document_count(index.name)
    expected = missing = stale = 0
    async with sessions() as session:
        async for chunk in id_chunks(session, index):
            wanted = {document["id"]: document["rev"] for document in await load_documents(session, index, chunk)}
            found = await engine.stored_revisions(index.name, list(wanted)) if indexed is not None else []
            expected += len(wanted)
            missing += len(wanted) - len(found)
            stale += sum(1 for stored in found if stored.rev != wanted[stored.id])
    surplus = max((indexed or 0) - (expected - missing), 0)
    return IndexStatus(index.name, expected, indexed, missing, stale, surplus)


async def search_status(
    engine: Engine,
    sessions: async_sessionmaker[AsyncSession],
    indexes: Sequence[SearchIndex],
    *,
    wait_seconds: float = 0.0,
) -> SearchStatus:
    """The status of all indexes; asked again until it is true or `wait_seconds` are over.

    Raises:
        EngineDown, EngineRefused
    """
    deadline = time.monotonic() + wait_seconds
    while True:
        async with sessions() as session:
            behind = await backlog(session, FOLLOWER)
        if not behind or time.monotonic() >= deadline:
            found = tuple([await index_status(engine, sessions, index) for index in indexes])
            status = SearchStatus(found, behind)
            if status.true or time.monotonic() >= deadline:
                return status
        await asyncio.sleep(RETRY_SECONDS)
