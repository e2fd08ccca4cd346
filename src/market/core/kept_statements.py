"""Reads that nearly every request makes: one value, by a statement that is put into words once for the process.

A session puts each statement together, looks its words up, and takes it through objects of its own: four fifths of the
processor time of reading one row by its id. Here the driver gets the words and the values, on a connection of the same
pool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import asyncpg as dialects
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.util import greenlet_spawn

from market.core.traces import span, statement_facts

MOST_CLOSED = 64
"""Connections of a pool that the server may have ended; each is found out without asking it."""

if TYPE_CHECKING:
    Driver = asyncpg.Connection[asyncpg.Record]


class KeptStatement:
    """A SELECT, mostly of one value. Its parameters have names (`bindparam`), its lists are arrays (`= ANY`): its words
    are the same each time."""

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=dialects.dialect())  # type: ignore[no-untyped-call]
        self.words = str(compiled)
        self._facts = statement_facts(self.words)
        self._names = tuple(compiled.positiontup or ())
        self._constants: Mapping[str, Any] = compiled.params
        if "POSTCOMPILE" in self.words:
            raise ValueError("a list whose length changes the words: compare with ANY of an array")

    async def value(self, driver: Driver, values: Mapping[str, Any]) -> Any:
        """What the first row has; None where there is no row."""
        given = {**self._constants, **values}
        with span(str(self._facts["db.query.summary"]), "client", self._facts):
            return await driver.fetchval(self.words, *(given[name] for name in self._names))

    async def rows(self, driver: Driver, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """All rows; JSON in them is decoded."""
        given = {**self._constants, **values}
        with span(str(self._facts["db.query.summary"]), "client", self._facts):
            found: Sequence[Any] = await driver.fetch(self.words, *(given[name] for name in self._names))
        return found


class Reader:
    """Where kept statements are sent: the connections of some sessions.

    Args:
        sessions: of the process; where they share one connection (a test's), what it has not committed is read too.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._engine = bind if isinstance(bind := sessions.kw["bind"], AsyncEngine) else None

    async def value(self, statement: KeptStatement, **values: Any) -> Any:
        """What the first row has; None where there is no row.

        Raises:
            ConnectionError: the server has ended the connection.
            asyncpg.PostgresError: it refuses the statement.
        """
        if self._engine is None:
            return await self._within_a_session(statement, values)
        connection, driver = await _open_connection(self._engine)
        try:
            found = await statement.value(driver, values)
        except asyncpg.PostgresError:
            await _put_back(self._engine, connection)
            raise
        except BaseException as error:
            connection.invalidate()  # what was broken off may still be under way
            if isinstance(error, asyncpg.InterfaceError) and driver.is_closed():
                raise ConnectionError("the server has ended the connection") from error
            raise
        await _put_back(self._engine, connection)
        return found

    async def _within_a_session(self, statement: KeptStatement, values: Mapping[str, Any]) -> Any:
        async with self._sessions() as session:
            return await WithinTransaction(session).value(statement, **values)


class WithinTransaction:
    """Where kept statements are sent that must see what a session has written: its own connection.

    Objects of the session are not flushed for it. The driver's transaction begins with the session's first statement of
    its own: locks are never taken here.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def value(self, statement: KeptStatement, **values: Any) -> Any:
        """As of a `Reader`."""
        return await statement.value(await self._driver(), values)

    async def rows(self, statement: KeptStatement, **values: Any) -> Sequence[Mapping[str, Any]]:
        """All rows; JSON in them is decoded."""
        return await statement.rows(await self._driver(), values)

    async def _driver(self) -> Any:
        raw = await (await self._session.connection()).get_raw_connection()
        return raw.driver_connection


async def _open_connection(engine: AsyncEngine) -> tuple[Any, Driver]:
    """A connection of the pool that the server has not ended meanwhile."""
    for _ in range(MOST_CLOSED):
        connection: Any = await engine.raw_connection()
        driver: Driver = connection.driver_connection
        if not driver.is_closed():
            return connection, driver
        connection.invalidate()
    raise ConnectionError("no connection of the pool is open")


async def _put_back(engine: AsyncEngine, connection: Any) -> None:
    pool: Any = engine.pool
    if pool.overflow() > 0:
        await greenlet_spawn(connection.close)  # one too many is closed, which waits for the server
    else:
        connection.close()


@lru_cache(maxsize=8)
def reader_of(sessions: async_sessionmaker[AsyncSession]) -> Reader:
    """The reader beside these sessions."""
    return Reader(sessions)
