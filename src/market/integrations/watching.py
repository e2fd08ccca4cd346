"""Waiting for news: one look at the end of the log for all who wait in this process, however many they are."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.changes import Cursor
from market.core.errors import Unavailable

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.2
MOST_WAITING = 500
SPREAD_SECONDS = 0.2
"""Those who are woken read the log one after another rather than all at once."""

END = text(
    "SELECT xid, id FROM change WHERE xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint "
    "ORDER BY xid DESC, id DESC LIMIT 1"
)

Sessions = async_sessionmaker[AsyncSession]


async def end_of_log(session: AsyncSession) -> Cursor:
    """The last entry that nothing can overtake any more."""
    row = (await session.execute(END)).one_or_none()
    return Cursor(row[0], row[1]) if row else Cursor()


class LogWatch:
    """Tells who waits when the settled part of the log has grown."""

    def __init__(self) -> None:
        self._waiting = 0
        self._grown = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._sessions: Sessions | None = None

    @asynccontextmanager
    async def watching(self, sessions: Sessions) -> AsyncIterator[None]:
        """While inside, `grown` can be waited for.

        Raises:
            Unavailable: too many wait in this process already.
        """
        if self._waiting >= MOST_WAITING:
            raise Unavailable(headers={"Retry-After": "5"})
        self._waiting += 1
        self._sessions = sessions
        try:
            yield
        finally:
            self._waiting -= 1

    def mark(self) -> asyncio.Event:
        """What is set when the log grows after this; taken before the log is read, so that nothing falls between."""
        return self._grown

    async def grown(self, mark: asyncio.Event, seconds: float) -> bool:
        """Wait until the log has grown since a mark; False when it did not in so many seconds."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(self._sessions))
        try:
            await asyncio.wait_for(mark.wait(), max(seconds, 0))
        except TimeoutError:
            return False
        await asyncio.sleep(random.uniform(0, SPREAD_SECONDS) if self._waiting > 10 else 0)  # noqa: S311
        return True

    async def _look(self, sessions: Sessions | None) -> None:
        seen: Cursor | None = None
        while self._waiting and sessions is not None:
            try:
                async with sessions() as session:
                    end: Cursor | None = await end_of_log(session)
            except Exception as error:
                log.warning("log_not_watched", reason=type(error).__name__)
                end = seen
            # Unlike who waits, the first look does not know what was there before.
            if end != seen:
                seen = end
                woken, self._grown = self._grown, asyncio.Event()
                woken.set()
            await asyncio.sleep(LOOK_SECONDS)
