"""A market whose writes reach the engine, for tests of search and matching."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import meilisearch
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.followers import Follower, follow_once
from market.engine.gateway import Engine
from tests.people import Client


@dataclass
class Searched:
    """An HTTP client and the follower that keeps its indexes."""

    client: Client
    sessions: async_sessionmaker[AsyncSession]
    follower: Follower

    async def settle(self) -> None:
        """Follow the change log until nothing is left."""
        while await follow_once(self.sessions, self.follower):
            pass


async def emptied(engine: Engine, indexes: Iterable[str]) -> None:
    """Take every document out of these indexes; what they are told of their goods (settings) stays."""
    client = meilisearch.Client(engine.url, engine.key)
    tasks = [await asyncio.to_thread(client.index(uid).delete_all_documents) for uid in indexes]
    await engine.wait(task.task_uid for task in tasks)
