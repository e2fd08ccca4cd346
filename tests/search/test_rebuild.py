from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.core.access import SYSTEM
from market.core.changes import record_change
from market.core.followers import follow_once, run_follower
from market.engine.administration import create_index, drop_index, read_index_settings
from market.engine.gateway import Engine
from market.search.follower import search_follower
from market.search.index import SearchIndex
from market.search.rebuild import RebuildRunning, Rebuilt, keep_indexes, rebuild_index
from market.search.status import search_status
from tests.search.conftest import SEARCH_DIR
from tests.search.stalls import STALLS, Stall, open_stalls

Sessions = async_sessionmaker[AsyncSession]
Settings = dict[str, Any]


async def _write(sessions: Sessions, *titles: str) -> list[Stall]:
    async with sessions.begin() as session:
        return await open_stalls(session, *titles)


async def _true(engine: Engine, sessions: Sessions, *, wait_seconds: float = 0) -> bool:
    return (await search_status(engine, sessions, [STALLS], wait_seconds=wait_seconds)).true


async def _total(engine: Engine) -> int:
    (found,) = await engine.search([{"indexUid": engine.index_name("listings"), "q": "", "limit": 1}])
    return found.estimated_total_hits


async def test_a_rebuild_fills_an_index_from_the_rows(
    bare_engine: Engine, stall_sessions: Sessions, listings_settings: Settings
) -> None:
    await _write(stall_sessions, "Bưởi", "Xoài")
    steps: list[tuple[int, int]] = []
    rebuilt = await rebuild_index(
        bare_engine,
        stall_sessions,
        STALLS,
        settings=listings_settings,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert rebuilt == Rebuilt(documents=2, replayed=0)
    assert (steps[0], steps[-1]) == ((0, 2), (2, 2))
    assert await _true(bare_engine, stall_sessions)
    assert await bare_engine.document_count("listings-rebuild") is None


async def test_a_rebuild_brings_new_settings_and_drops_what_should_not_be_there(
    search_engine: Engine, stall_sessions: Sessions, listings_settings: Settings
) -> None:
    await _write(stall_sessions, "Bưởi")
    await search_engine.wait([await search_engine.upsert("listings", [{"id": "stray", "rev": "0"}])])
    settings = listings_settings | {"stopWords": ["kg"]}
    await rebuild_index(search_engine, stall_sessions, STALLS, settings=settings)
    actual = await read_index_settings(search_engine, search_engine.index_name("listings"))
    assert actual is not None
    assert actual["stopWords"] == ["kg"]
    assert await _true(search_engine, stall_sessions)


async def test_a_change_that_the_follower_passed_during_the_loading_is_not_lost(
    search_engine: Engine, stall_sessions: Sessions, listings_settings: Settings
) -> None:
    (stall,) = await _write(stall_sessions, "Bưởi")
    changed = False

    async def load(session: AsyncSession, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        nonlocal changed
        documents = await STALLS.load(session, ids)
        if not changed:
            changed = True
            async with stall_sessions.begin() as other:
                row = await other.get_one(Stall, stall.id)
                row.title = "Quýt"
                await record_change(other, SYSTEM, row, verb="update")
                await open_stalls(other, "Cam")
            await follow_once(stall_sessions, search_follower(search_engine, [STALLS]))
        return documents

    slow = dataclasses.replace(STALLS, load=load)
    rebuilt = await rebuild_index(search_engine, stall_sessions, slow, settings=listings_settings)
    assert rebuilt.replayed == 2
    assert await follow_once(stall_sessions, search_follower(search_engine, [STALLS])) == 0
    assert await _true(search_engine, stall_sessions)


async def test_no_search_fails_or_is_empty_during_rebuilds_under_writes_and_none_is_lost(
    search_engine: Engine, stall_sessions: Sessions, own_engine: AsyncEngine, listings_settings: Settings
) -> None:
    await _write(stall_sessions, *(f"Bưởi số {number}" for number in range(50)))
    stop = asyncio.Event()
    follower = asyncio.create_task(run_follower(own_engine, search_follower(search_engine, [STALLS]), stop=stop))
    assert await _true(search_engine, stall_sessions, wait_seconds=10)
    totals: list[int] = []

    async def keep_searching() -> None:
        while not stop.is_set():
            totals.append(await _total(search_engine))
            await asyncio.sleep(0.01)

    async def keep_writing() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            await _write(stall_sessions, f"Cam số {number}")
            await asyncio.sleep(0.02)

    clients = [asyncio.create_task(keep_searching()), asyncio.create_task(keep_writing())]
    for _ in range(2):
        await rebuild_index(search_engine, stall_sessions, STALLS, settings=listings_settings)
    stop.set()
    await asyncio.gather(*clients, follower)
    await follow_once(stall_sessions, search_follower(search_engine, [STALLS]))
    assert totals == sorted(totals)
    assert totals[0] >= 50
    assert await _true(search_engine, stall_sessions)


async def test_a_rebuild_cut_short_leaves_nothing_behind_after_the_next(
    search_engine: Engine, stall_sessions: Sessions, listings_settings: Settings
) -> None:
    async def load(_session: AsyncSession, _ids: Sequence[UUID]) -> list[dict[str, Any]]:
        raise InterruptedError

    await _write(stall_sessions, "Bưởi")
    await follow_once(stall_sessions, search_follower(search_engine, [STALLS]))
    broken = dataclasses.replace(STALLS, load=load)
    with pytest.raises(InterruptedError):
        await rebuild_index(search_engine, stall_sessions, broken, settings=listings_settings)
    assert await _total(search_engine) == 1
    await search_engine.wait([await search_engine.upsert("listings-rebuild", [{"id": "stray"}])])
    await rebuild_index(search_engine, stall_sessions, STALLS, settings=listings_settings)
    assert await _true(search_engine, stall_sessions)
    assert await search_engine.document_count("listings-rebuild") is None


async def test_one_index_is_rebuilt_by_one_at_a_time(
    search_engine: Engine, stall_sessions: Sessions, listings_settings: Settings
) -> None:
    async def load(session: AsyncSession, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        with pytest.raises(RebuildRunning):
            await rebuild_index(search_engine, stall_sessions, STALLS, settings=listings_settings)
        return await STALLS.load(session, ids)

    await _write(stall_sessions, "Bưởi")
    index = dataclasses.replace(STALLS, load=load)
    assert (await rebuild_index(search_engine, stall_sessions, index, settings=listings_settings)).documents == 1


async def _keep(engine: Engine, sessions: Sessions, index: SearchIndex, directory: Path = SEARCH_DIR) -> str:
    return (await keep_indexes(engine, sessions, [index], search_dir=directory))[index.name]


async def test_an_index_that_got_lost_emptied_or_spoiled_is_rebuilt_by_itself(
    bare_engine: Engine, stall_sessions: Sessions, listings_settings: Settings
) -> None:
    name = bare_engine.index_name("listings")
    await _write(stall_sessions, "Bưởi", "Xoài")
    assert await _keep(bare_engine, stall_sessions, STALLS) == "missing"
    assert await _true(bare_engine, stall_sessions)
    assert await _keep(bare_engine, stall_sessions, STALLS) == "good"

    await drop_index(bare_engine, name)
    await create_index(bare_engine, name, listings_settings)
    assert await _keep(bare_engine, stall_sessions, STALLS) == "empty"
    assert await _true(bare_engine, stall_sessions)

    await drop_index(bare_engine, name)
    await bare_engine.wait([await bare_engine.upsert("listings", [{"id": "stray"}])])
    assert await _keep(bare_engine, stall_sessions, STALLS) == "other settings"
    assert await _true(bare_engine, stall_sessions)


async def test_an_empty_market_has_good_indexes_after_the_first_start(
    bare_engine: Engine, stall_sessions: Sessions
) -> None:
    assert await _keep(bare_engine, stall_sessions, STALLS) == "missing"
    assert await _keep(bare_engine, stall_sessions, STALLS) == "good"
