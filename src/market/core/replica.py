"""Reads from a streaming replica that may lag, so that nobody misses what they have just written.

Who writes is told the position of the write in the database's log (`Market-Position`). Who sends it with a read is
answered by the replica when it has come that far, waited for a moment, and by the primary otherwise. Who asks without
a name may be answered by the replica at once; who has a name and sends no position, by the primary.
"""

from __future__ import annotations

import asyncio
import time

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.core.db import create_sessions

log = structlog.get_logger(__name__)

HEADER = b"market-position"
LOOK_SECONDS, WAIT_SECONDS, POLL_SECONDS = 1.0, 0.3, 0.03
MOST_LAG_SECONDS = 5.0
"""A replica that is further behind is not read: rights that were taken away must not last longer than that."""
WRITTEN = "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint"
REPLAYED = """
SELECT pg_is_in_recovery(), (coalesce(pg_last_wal_replay_lsn(), '0/0') - '0/0')::bigint,
       CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0) END
"""
RECEIVERS = "SELECT count(*) FROM pg_stat_wal_receiver"
"""One while it is connected to the primary; what it says of itself is for superusers."""


class Replica:
    """A replica, and how far it has come. One in each process.

    Args:
        engine: of the replica.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.sessions: async_sessionmaker[AsyncSession] = create_sessions(engine)
        self.usable = False
        self.position = 0
        """Bytes of the log that it is known to have replayed."""

    async def watch(self) -> None:
        """Look again and again whether it answers, streams and is near enough."""
        while True:
            usable = await self._look()
            if usable != self.usable:
                log.warning("replica_usable" if usable else "replica_left_out", position=self.position)
            self.usable = usable
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> bool:
        try:
            async with asyncio.timeout(LOOK_SECONDS), self.sessions() as session:
                recovering, position, lag = (await session.execute(text(REPLAYED))).one()
                streams = await session.scalar(text(RECEIVERS))
        except Exception as error:
            log.debug("replica_silent", reason=type(error).__name__)
            return False
        self.position = max(self.position, position)
        return bool(recovering and streams and lag <= MOST_LAG_SECONDS)

    async def has(self, position: int) -> bool:
        """Whether it has come to a position, waiting for it a moment."""
        deadline = time.monotonic() + WAIT_SECONDS
        while self.usable:
            if self.position >= position:
                return True
            if time.monotonic() > deadline or not await self._look():
                return False
            if self.position < position:
                await asyncio.sleep(POLL_SECONDS)
        return False

    async def may_answer(self, headers: dict[bytes, bytes]) -> bool:
        """Whether a read with these headers may be answered by it."""
        if not self.usable:
            return False
        position = headers.get(HEADER)
        if position is None:
            return not {b"authorization", b"cookie"} & headers.keys()
        return position.isdigit() and len(position) < 20 and await self.has(int(position))


async def position_of(sessions: async_sessionmaker[AsyncSession]) -> bytes:
    """Where the primary's log has come to: at or behind whatever was committed before."""
    async with sessions() as session:
        return str(await session.scalar(text(WRITTEN))).encode()
