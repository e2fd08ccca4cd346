"""The engine is killed, or loses its files, while documents come in."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.core.followers import run_follower
from market.engine.administration import create_index
from market.engine.gateway import Engine, EngineDown
from market.local.meilisearch import MeilisearchServer, find_binary, prepare_meilisearch
from market.local.program import spawn, stop, wait_until_ready
from market.search.follower import search_follower
from market.search.rebuild import keep_indexes
from market.search.status import search_status
from tests.search.conftest import SEARCH_DIR
from tests.search.stalls import STALLS, open_stalls

Sessions = async_sessionmaker[AsyncSession]


class Machine:
    """An engine of its own, that can be killed and started again at the same address."""

    def __init__(self, directory: Path, binary: Path) -> None:
        self.directory = directory
        self.server: MeilisearchServer = prepare_meilisearch(directory, binary)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = spawn(self.server.program)
        wait_until_ready(self.server.program, self.process)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def lose_files(self) -> None:
        shutil.rmtree(self.directory / "data.ms")

    def stop(self) -> None:
        if self.process is not None:
            stop(self.server.program, self.process)


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    binary = find_binary()
    assert binary is not None
    machine = Machine(tmp_path / "engine", binary)
    machine.start()
    yield machine
    machine.stop()


@pytest.fixture
async def fragile_engine(machine: Machine, listings_settings: dict[str, Any]) -> AsyncIterator[Engine]:
    engine = Engine(machine.server.url, key=machine.server.key)
    await create_index(engine, "listings", listings_settings)
    yield engine
    await engine.close()


async def _write(sessions: Sessions, *, batches: int) -> None:
    for batch in range(batches):
        async with sessions.begin() as session:
            await open_stalls(session, *(f"Bưởi {batch} số {number}" for number in range(300)))


async def test_nothing_is_lost_when_the_engine_is_killed_while_documents_come_in(
    machine: Machine, fragile_engine: Engine, stall_sessions: Sessions, own_engine: AsyncEngine
) -> None:
    stopped = asyncio.Event()
    following = asyncio.create_task(run_follower(own_engine, search_follower(fragile_engine, [STALLS]), stop=stopped))
    await _write(stall_sessions, batches=3)
    machine.kill()
    with pytest.raises(EngineDown):
        await fragile_engine.search([])
    await _write(stall_sessions, batches=2)
    await asyncio.to_thread(machine.start)
    status = await search_status(fragile_engine, stall_sessions, [STALLS], wait_seconds=60)
    stopped.set()
    await following
    assert (status.true, status.backlog, status.indexes[0].indexed) == (True, 0, 1500)


async def test_nothing_is_lost_when_the_worker_is_killed_in_the_middle_of_a_batch(
    fragile_engine: Engine, stall_sessions: Sessions, own_engine: AsyncEngine
) -> None:
    await _write(stall_sessions, batches=4)
    for _ in range(3):
        following = asyncio.create_task(
            run_follower(own_engine, search_follower(fragile_engine, [STALLS]), stop=asyncio.Event())
        )
        await asyncio.sleep(0.1)
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following
    stopped = asyncio.Event()
    following = asyncio.create_task(run_follower(own_engine, search_follower(fragile_engine, [STALLS]), stop=stopped))
    status = await search_status(fragile_engine, stall_sessions, [STALLS], wait_seconds=60)
    stopped.set()
    await following
    assert (status.true, status.backlog) == (True, 0)


async def test_an_engine_that_lost_its_files_is_filled_again_under_a_running_follower(
    machine: Machine, fragile_engine: Engine, stall_sessions: Sessions, own_engine: AsyncEngine
) -> None:
    stopped = asyncio.Event()
    following = asyncio.create_task(run_follower(own_engine, search_follower(fragile_engine, [STALLS]), stop=stopped))
    await _write(stall_sessions, batches=2)
    assert (await search_status(fragile_engine, stall_sessions, [STALLS], wait_seconds=60)).true
    machine.kill()
    machine.lose_files()
    await asyncio.to_thread(machine.start)
    await _write(stall_sessions, batches=1)
    lost = await search_status(fragile_engine, stall_sessions, [STALLS])
    assert (lost.indexes[0].indexed, lost.indexes[0].missing) == (None, 900)
    assert await keep_indexes(fragile_engine, stall_sessions, [STALLS], search_dir=SEARCH_DIR) == {
        "listings": "missing"
    }
    status = await search_status(fragile_engine, stall_sessions, [STALLS], wait_seconds=60)
    stopped.set()
    await following
    assert (status.true, status.indexes[0].indexed) == (True, 900)
