from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.accounts.models import User
from market.core import followers
from market.core.access import SYSTEM
from market.core.changes import Change, record_change
from market.core.followers import Follower, backlog, follow_once, read_cursor, run_follower, skip_to_end

PATIENCE_SECONDS = 20


@pytest.fixture
def own_sessions(own_engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(own_engine, expire_on_commit=False, autoflush=False)


async def write(session: AsyncSession, name: str) -> UUID:
    user = User(full_name=name, email=f"{name}@thu.example", password_hash="-", platform_roles=[])
    await record_change(session, SYSTEM, user, verb=name)
    return user.id


async def written(sessions: async_sessionmaker[AsyncSession], *names: str) -> None:
    for name in names:
        async with sessions.begin() as session:
            await write(session, name)


class Reader:
    """A follower that remembers what it was given, and lets a test wait for it."""

    def __init__(self, before: Callable[[AsyncSession, list[str]], Awaitable[None]] | None = None) -> None:
        self.seen: list[str] = []
        self.batches: list[list[str]] = []
        self._before = before
        self._news = asyncio.Condition()

    async def handle(self, session: AsyncSession, changes: Sequence[Change]) -> None:
        batch = [change.verb for change in changes]
        self.batches.append(batch)
        if self._before is not None:
            await self._before(session, batch)
        self.seen += batch
        async with self._news:
            self._news.notify_all()

    async def until(self, condition: Callable[[list[str]], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: condition(self.seen))


@asynccontextmanager
async def running(engine: AsyncEngine, *parts: Follower) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.timeout(PATIENCE_SECONDS * 2), asyncio.TaskGroup() as group:
        for follower in parts:
            group.create_task(run_follower(engine, follower, stop=stop))
        try:
            yield
        finally:
            stop.set()


async def test_entries_come_in_order_and_once(own_sessions: async_sessionmaker[AsyncSession]) -> None:
    reader = Reader()
    follower = Follower("reader", reader.handle, batch_size=2)
    await written(own_sessions, "mot", "hai", "ba")
    assert [await follow_once(own_sessions, follower) for _ in range(3)] == [2, 1, 0]
    assert reader.batches == [["mot", "hai"], ["ba"]]


async def test_what_a_follower_does_not_want_to_be_told_of_it_passes_over(
    own_sessions: async_sessionmaker[AsyncSession],
) -> None:
    deaf, reader = Reader(), Reader()
    of_listings = Follower("deaf", deaf.handle, batch_size=2, entities=frozenset({"listing"}))
    of_people = Follower("reader", reader.handle, batch_size=2, entities=frozenset({User.__tablename__}))
    await written(own_sessions, "mot", "hai", "ba")
    assert [await follow_once(own_sessions, of_listings) for _ in range(3)] == [2, 1, 0]
    assert [await follow_once(own_sessions, of_people) for _ in range(3)] == [2, 1, 0]
    assert (deaf.batches, reader.batches) == ([], [["mot", "hai"], ["ba"]])
    async with own_sessions() as session:
        assert await backlog(session, "deaf") == 0


async def test_a_batch_that_fails_is_repeated_and_nothing_of_it_is_kept(
    own_sessions: async_sessionmaker[AsyncSession],
) -> None:
    async def crash(session: AsyncSession, batch: list[str]) -> None:
        await session.execute(text("CREATE TABLE done (n int)"))
        if len(reader.batches) == 1:
            raise RuntimeError("lights out")

    reader = Reader(crash)
    follower = Follower("reader", reader.handle)
    await written(own_sessions, "mot")
    with pytest.raises(RuntimeError, match="lights out"):
        await follow_once(own_sessions, follower)
    assert await follow_once(own_sessions, follower) == 1
    assert reader.batches == [["mot"], ["mot"]]
    assert reader.seen == ["mot"]


async def test_each_follower_has_its_own_place(own_sessions: async_sessionmaker[AsyncSession]) -> None:
    quick, slow = Reader(), Reader()
    await written(own_sessions, "mot", "hai")
    await follow_once(own_sessions, Follower("quick", quick.handle))
    async with own_sessions() as session:
        assert (await backlog(session, "quick"), await backlog(session, "slow")) == (0, 2)
    await follow_once(own_sessions, Follower("slow", slow.handle, batch_size=1))
    async with own_sessions() as session:
        assert await backlog(session, "slow") == 1


async def test_after_a_rebuild_what_was_built_in_is_skipped(own_sessions: async_sessionmaker[AsyncSession]) -> None:
    reader = Reader()
    follower = Follower("reader", reader.handle)
    await written(own_sessions, "cu")
    async with own_sessions.begin() as session:
        await skip_to_end(session, "reader")
    await written(own_sessions, "moi")
    await follow_once(own_sessions, follower)
    assert reader.seen == ["moi"]


async def test_a_commit_wakes_it_long_before_it_would_look(
    own_engine: AsyncEngine, own_sessions: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "POLL_SECONDS", 3600.0)
    reader = Reader()
    await written(own_sessions, "mot")
    async with running(own_engine, Follower("reader", reader.handle)):
        await reader.until(lambda seen: seen == ["mot"])
        await written(own_sessions, "hai")
        await reader.until(lambda seen: seen == ["mot", "hai"])


async def test_an_entry_held_back_is_handled_when_the_silent_transaction_before_it_ends(
    own_engine: AsyncEngine, own_sessions: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "POLL_SECONDS", 3600.0)
    reader = Reader()
    async with running(own_engine, Follower("reader", reader.handle)):
        async with own_sessions.begin() as silent:
            await silent.execute(text("SELECT pg_current_xact_id()"))
            await written(own_sessions, "mot")
            assert reader.seen == []
        await reader.until(lambda seen: seen == ["mot"])


async def test_one_holder_works_and_another_takes_over(
    own_engine: AsyncEngine, own_sessions: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "POLL_SECONDS", 0.1)
    one, other = Reader(), Reader()
    stop_one, stop_other = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(run_follower(own_engine, Follower("same", one.handle), stop=stop_one))
        await written(own_sessions, "mot")
        await one.until(lambda seen: seen == ["mot"])
        group.create_task(run_follower(own_engine, Follower("same", other.handle), stop=stop_other))
        await written(own_sessions, "hai")
        await one.until(lambda seen: seen == ["mot", "hai"])
        stop_one.set()
        await written(own_sessions, "ba")
        await other.until(lambda seen: seen == ["ba"])
        stop_other.set()


async def test_it_survives_the_loss_of_its_connections(
    own_engine: AsyncEngine, own_sessions: async_sessionmaker[AsyncSession]
) -> None:
    reader = Reader()
    async with running(own_engine, Follower("reader", reader.handle)):
        await written(own_sessions, "mot")
        await reader.until(lambda seen: seen == ["mot"])
        async with own_engine.connect() as connection:
            others = "pid <> pg_backend_pid() AND datname = current_database()"
            await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        await own_engine.dispose()
        await written(own_sessions, "hai")
        # At least once: the connection may be lost between the work and the commit that moves the cursor.
        await reader.until(lambda seen: list(dict.fromkeys(seen)) == ["mot", "hai"])


async def test_it_waits_longer_after_every_failure_in_a_row(
    own_engine: AsyncEngine, own_sessions: async_sessionmaker[AsyncSession], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    enough = asyncio.Event()

    async def sleep(stop: asyncio.Event, seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 8:
            enough.set()
            await stop.wait()

    async def fail(session: AsyncSession, batch: list[str]) -> None:
        raise RuntimeError("engine down")

    monkeypatch.setattr(followers, "_sleep", sleep)
    reader = Reader(fail)
    await written(own_sessions, "mot")
    async with running(own_engine, Follower("reader", reader.handle)):
        await asyncio.wait_for(enough.wait(), PATIENCE_SECONDS)
    assert waited == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    async with own_sessions() as session:
        assert (await read_cursor(session, "reader")).id == 0


async def test_writes_that_come_fast_are_handled_together_and_one_alone_at_once(
    own_engine: AsyncEngine, own_sessions: async_sessionmaker[AsyncSession]
) -> None:
    reader = Reader()
    names = [f"n{number}" for number in range(40)]
    async with running(own_engine, Follower("reader", reader.handle, rest_seconds=1.0)):
        await written(own_sessions, "first")
        await reader.until(lambda seen: "first" in seen)
        await written(own_sessions, *names)
        await reader.until(lambda seen: names[-1] in seen)
    assert reader.seen == ["first", *names]
    assert reader.batches[0] == ["first"]
    assert len(reader.batches) < len(names) / 2


async def test_behind_a_full_batch_there_is_no_rest(
    own_engine: AsyncEngine, own_sessions: async_sessionmaker[AsyncSession]
) -> None:
    reader = Reader()
    await written(own_sessions, *(f"n{number}" for number in range(60)))
    began = asyncio.get_running_loop().time()
    async with running(own_engine, Follower("reader", reader.handle, batch_size=2, rest_seconds=2.0)):
        await reader.until(lambda seen: len(seen) == 60)
    assert asyncio.get_running_loop().time() - began < 30
