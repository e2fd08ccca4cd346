"""A market whose writes reach the engine, for tests of search and matching."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.followers import Follower, follow_once
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
