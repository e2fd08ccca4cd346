"""The background process, as a process: what it promises of its start, its end and the services that fail under it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.accounts.schemas import UserCreate
from market.accounts.service import create_user
from market.config import Settings
from market.core import clock
from market.core.access import SYSTEM
from market.core.db import create_engine
from market.core.followers import backlog
from market.core.idempotency import KEPT, StoredAnswer, forget_old_answers
from market.core.job_queue import enqueue
from market.local.postgres import RunningPostgres, start_postgres
from market.local.program import spawn, wait_until_ready
from market.local.running import environment_of
from market.migrate import upgrade_database
from market.reference.loading import load_reference
from market.worker import SCHEDULES, schedules_of
from tests.waiting import PATIENCE_SECONDS, eventually


class Worker:
    """A running `market worker` and what it has logged."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []

    async def until(self, event: str) -> dict[str, Any]:
        """The next logged event of this name."""
        assert self.process.stderr is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self.process.stderr:
                self.lines.append(json.loads(line))
                if self.lines[-1]["event"] == event:
                    return self.lines[-1]
        raise AssertionError(f"the worker ended without {event}: {self.lines}")

    async def stopped(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop; its exit code."""
        self.process.send_signal(number)
        await asyncio.wait_for(self.process.communicate(), PATIENCE_SECONDS)
        return self.process.returncode or 0


@asynccontextmanager
async def worker(settings: Settings, tmp_path: Path) -> AsyncIterator[Worker]:
    environment = {**os.environ, **environment_of(settings.model_copy(update={"data_dir": tmp_path / "data"}))}
    environment["MARKET_MEILI_INDEX_PREFIX"] = settings.meili_index_prefix
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "market", "worker"), env=environment, cwd=tmp_path, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield Worker(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def write(engine: AsyncEngine, email: str) -> UUID:
    async with AsyncSession(engine) as session, session.begin():
        user = await create_user(
            session, SYSTEM, UserCreate(full_name="Người Thử", email=email, password="mot-cau-du-dai")
        )
        return user.id


def started_again(server: RunningPostgres) -> RunningPostgres:
    """The same server on the same port."""
    process = spawn(server.server.program)
    wait_until_ready(server.server.program, process)
    return replace(server, process=process)


async def has_caught_up(engine: AsyncEngine) -> bool:
    async with AsyncSession(engine) as session:
        return await backlog(session, "search") == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_what_it_runs_and_ends_quietly_when_told(
    own_settings: Settings, tmp_path: Path, number: signal.Signals
) -> None:
    async with worker(own_settings, tmp_path) as process:
        ready = await process.until("worker_ready")
        assert "search" in ready["followers"]
        assert ready["schedules"] == [schedule.name for schedule in schedules_of(own_settings)]
        assert await process.stopped(number) == 0


async def test_it_follows_what_is_written(own_settings: Settings, own_engine: AsyncEngine, tmp_path: Path) -> None:
    await write(own_engine, "truoc@thu.example")
    async with worker(own_settings, tmp_path) as process:
        await process.until("worker_ready")
        await eventually(partial(has_caught_up, own_engine), what="what was there is followed")
        await write(own_engine, "sau@thu.example")
        await eventually(partial(has_caught_up, own_engine), what="what came later is followed")


async def test_it_waits_for_a_dead_search_engine_and_loses_nothing(
    own_settings: Settings, own_engine: AsyncEngine, tmp_path: Path
) -> None:
    await write(own_engine, "truoc@thu.example")
    nowhere = own_settings.model_copy(update={"meili_url": "http://127.0.0.1:9"})
    async with worker(nowhere, tmp_path) as process:
        await process.until("worker_ready")
        await process.until("indexes_not_checked")
        assert process.process.returncode is None
        assert await process.stopped() == 0


async def test_without_an_engine_there_is_no_search_follower(own_settings: Settings, tmp_path: Path) -> None:
    without = own_settings.model_copy(update={"meili_url": None, "meili_key": None})
    async with worker(without, tmp_path) as process:
        assert "search" not in (await process.until("worker_ready"))["followers"]
        assert await process.stopped() == 0


async def test_it_waits_for_a_database_that_is_not_there_yet(own_settings: Settings, tmp_path: Path) -> None:
    nowhere = own_settings.model_copy(update={"database_url": SecretStr("postgresql://a:b@127.0.0.1:9/none")})
    async with worker(nowhere, tmp_path) as process:
        await process.until("waiting_for_database")
        assert process.process.returncode is None
        assert await process.stopped() == 0


async def test_it_survives_a_restart_of_the_database(own_settings: Settings, tmp_path: Path) -> None:
    server = start_postgres(tmp_path / "postgres", durable=False)
    settings = own_settings.model_copy(update={"database_url": SecretStr(server.url("postgres"))})
    try:
        await asyncio.to_thread(upgrade_database, settings)
        engine = create_engine(settings.sqlalchemy_url())
        async with AsyncSession(engine) as session, session.begin():
            await load_reference(session, settings.seeds_dir / "reference")
        async with worker(settings, tmp_path) as process:
            await process.until("worker_ready")
            await write(engine, "truoc@thu.example")
            await eventually(partial(has_caught_up, engine), what="followed before the restart")
            await asyncio.to_thread(server.stop)
            await engine.dispose()
            await process.until("follower_failed")
            server = await asyncio.to_thread(started_again, server)
            await write(engine, "sau@thu.example")
            await eventually(partial(has_caught_up, engine), what="followed after the restart")
            assert await process.stopped() == 0
            await engine.dispose()
    finally:
        server.stop()


async def test_old_answers_are_forgotten_by_the_schedule(session: AsyncSession) -> None:
    (schedule,) = [schedule for schedule in SCHEDULES if schedule.run is forget_old_answers]
    for key, age in (("cũ", KEPT * 2), ("mới", KEPT / 2)):
        answer = {"fingerprint": b"", "status": 201, "headers": {}, "body": b"", "created_at": clock.now() - age}
        session.add(StoredAnswer(scope="thử", key=key, **answer))
    await session.flush()
    await schedule.run(session)
    assert (await session.scalars(text("SELECT key FROM idempotent_answer"))).all() == ["mới"]


async def test_a_job_nobody_knows_here_waits_for_a_worker_that_does(
    own_settings: Settings, own_engine: AsyncEngine, tmp_path: Path
) -> None:
    async with AsyncSession(own_engine) as session, session.begin():
        await enqueue(session, "from a later release", {})
    async with worker(own_settings, tmp_path) as process:
        await process.until("worker_ready")
        assert await process.stopped() == 0
    async with AsyncSession(own_engine) as session:
        assert (await session.scalars(text("SELECT status::text FROM pgqueuer"))).all() == ["queued"]
