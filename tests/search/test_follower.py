from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.core.access import SYSTEM
from market.core.changes import Cursor, record_change
from market.core.followers import backlog, follow_once, read_cursor, run_follower
from market.engine.gateway import Engine, EngineDown, TaskFailed
from market.search.follower import FOLLOWER, search_follower
from market.search.status import search_status
from tests.search.stalls import STALLS, Stall, open_stalls

Sessions = async_sessionmaker[AsyncSession]


async def _follow(engine: Engine, sessions: Sessions) -> int:
    return await follow_once(sessions, search_follower(engine, [STALLS]))


async def _found(engine: Engine, words: str) -> int:
    (found,) = await engine.search([{"indexUid": engine.index_name("listings"), "q": words}])
    return found.estimated_total_hits


async def _write(sessions: Sessions, *titles: str) -> list[Stall]:
    async with sessions.begin() as session:
        return await open_stalls(session, *titles)


async def _update(sessions: Sessions, stall: Stall, **fields: Any) -> None:
    async with sessions.begin() as session:
        row = await session.get_one(Stall, stall.id)
        for name, value in fields.items():
            setattr(row, name, value)
        await record_change(session, SYSTEM, row, verb="update")


async def test_what_was_written_is_found(search_engine: Engine, stall_sessions: Sessions) -> None:
    await _write(stall_sessions, "Bưởi da xanh", "Xoài cát")
    assert await _follow(search_engine, stall_sessions) == 2
    assert await _found(search_engine, "bưởi") == 1


async def test_what_was_renamed_is_found_by_its_new_name_only(search_engine: Engine, stall_sessions: Sessions) -> None:
    (stall,) = await _write(stall_sessions, "Bưởi")
    await _follow(search_engine, stall_sessions)
    await _update(stall_sessions, stall, title="Quýt")
    await _follow(search_engine, stall_sessions)
    assert (await _found(search_engine, "bưởi"), await _found(search_engine, "quýt")) == (0, 1)


async def test_what_was_closed_or_deleted_is_not_found(search_engine: Engine, stall_sessions: Sessions) -> None:
    closed, deleted = await _write(stall_sessions, "Bưởi Năm Roi", "Bưởi da xanh")
    await _follow(search_engine, stall_sessions)
    await _update(stall_sessions, closed, open=False)
    await _update(stall_sessions, deleted)
    async with stall_sessions.begin() as session:
        await session.execute(delete(Stall).where(Stall.id == deleted.id))
    await _follow(search_engine, stall_sessions)
    assert await _found(search_engine, "bưởi") == 0


async def test_many_changes_of_one_row_are_one_document(search_engine: Engine, stall_sessions: Sessions) -> None:
    loaded: list[UUID] = []

    async def load(session: AsyncSession, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        loaded.extend(ids)
        return await STALLS.load(session, ids)

    (stall,) = await _write(stall_sessions, "Bưởi")
    for price in (1000, 2000, 3000):
        await _update(stall_sessions, stall, price_vnd=price)
    follower = search_follower(search_engine, [dataclasses.replace(STALLS, load=load)])
    assert await follow_once(stall_sessions, follower) == 4
    assert loaded == [stall.id]


async def test_a_failed_task_leaves_the_cursor_where_it_was(search_engine: Engine, stall_sessions: Sessions) -> None:
    async def load(session: AsyncSession, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        return [document | {"id": "not an id"} for document in await STALLS.load(session, ids)]

    await _write(stall_sessions, "Bưởi")
    with pytest.raises(TaskFailed):
        await follow_once(stall_sessions, search_follower(search_engine, [dataclasses.replace(STALLS, load=load)]))
    async with stall_sessions() as session:
        assert await read_cursor(session, FOLLOWER) == Cursor()
    assert await _follow(search_engine, stall_sessions) == 1
    assert await _found(search_engine, "bưởi") == 1


async def test_an_engine_without_the_index_gets_no_documents(bare_engine: Engine, stall_sessions: Sessions) -> None:
    await _write(stall_sessions, "Bưởi")
    with pytest.raises(EngineDown):
        await _follow(bare_engine, stall_sessions)
    assert await bare_engine.document_count("listings") is None
    async with stall_sessions() as session:
        assert await backlog(session, FOLLOWER) == 1


async def test_doing_a_batch_twice_changes_nothing(search_engine: Engine, stall_sessions: Sessions) -> None:
    await _write(stall_sessions, "Bưởi", "Xoài")
    follower = search_follower(search_engine, [STALLS])
    assert await follow_once(stall_sessions, dataclasses.replace(follower, name="first")) == 2
    assert await follow_once(stall_sessions, dataclasses.replace(follower, name="second")) == 2
    assert (await search_status(search_engine, stall_sessions, [STALLS])).true


async def test_a_running_follower_brings_writes_as_they_come(
    search_engine: Engine, stall_sessions: Sessions, own_engine: AsyncEngine
) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(run_follower(own_engine, search_follower(search_engine, [STALLS]), stop=stop))
    for title in ("Bưởi", "Quýt", "Cam"):
        await _write(stall_sessions, title)
        status = await search_status(search_engine, stall_sessions, [STALLS], wait_seconds=10)
        assert (status.true, await _found(search_engine, title)) == (True, 1)
    stop.set()
    await running
