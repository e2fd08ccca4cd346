from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.config import Settings
from market.core import jobs as jobs_module
from market.core.job_queue import enqueue, run_jobs
from market.core.jobs import LONGEST_RETRY, Job, Schedule
from tests.waiting import eventually

PATIENCE_SECONDS = 20
AT_ONCE = timedelta(0)
Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
def own_sessions(own_engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(own_engine, expire_on_commit=False, autoflush=False)


class Desk:
    """Does jobs by writing a row, and tells a test what it did."""

    def __init__(self, *, failures: int = 0) -> None:
        self.done: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self.tried: list[Mapping[str, Any]] = []
        self._failures = failures

    async def run(self, session: AsyncSession, payload: Mapping[str, Any]) -> None:
        self.tried.append(payload)
        await session.execute(text("INSERT INTO post VALUES (:words)"), {"words": payload["words"]})
        if len(self.tried) <= self._failures:
            raise RuntimeError("no connection to the post office")
        self.done.put_nowait(payload)

    async def next(self) -> Mapping[str, Any]:
        return await asyncio.wait_for(self.done.get(), PATIENCE_SECONDS)


@pytest.fixture(autouse=True)
async def _post(own_sessions: Sessions) -> None:
    async with own_sessions.begin() as session:
        await session.execute(text("CREATE TABLE post (words text)"))


async def posted(sessions: Sessions) -> list[str]:
    async with sessions() as session:
        return list((await session.scalars(text("SELECT words FROM post"))).all())


async def queued(sessions: Sessions) -> list[tuple[str, str, int]]:
    async with sessions() as session:
        rows = await session.execute(text("SELECT entrypoint, status::text, attempts FROM pgqueuer ORDER BY id"))
        return [(row.entrypoint, row.status, row.attempts) for row in rows]


@asynccontextmanager
async def working(
    settings: Settings, sessions: Sessions, *parts: Job, schedules: tuple[Schedule, ...] = ()
) -> AsyncIterator[None]:
    assert settings.database_url is not None
    url, stop = settings.database_url.get_secret_value(), asyncio.Event()
    work = asyncio.create_task(run_jobs(url, sessions, jobs=parts, schedules=schedules, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(work, PATIENCE_SECONDS)


async def put(sessions: Sessions, words: str, **options: Any) -> None:
    async with sessions.begin() as session:
        await enqueue(session, "post", {"words": words}, **options)


async def test_a_job_is_done_in_a_transaction_of_its_own(own_settings: Settings, own_sessions: Sessions) -> None:
    desk = Desk()
    await put(own_sessions, "thư")
    async with working(own_settings, own_sessions, Job("post", desk.run)):
        assert await desk.next() == {"words": "thư"}
    assert await posted(own_sessions) == ["thư"]
    assert await queued(own_sessions) == []


async def test_a_job_that_was_rolled_back_with_its_cause_is_never_done(
    own_settings: Settings, own_sessions: Sessions
) -> None:
    desk = Desk()
    async with own_sessions() as session:
        await enqueue(session, "post", {"words": "không gửi"})
        await session.rollback()
    await put(own_sessions, "gửi")
    async with working(own_settings, own_sessions, Job("post", desk.run)):
        await desk.next()
    assert desk.tried == [{"words": "gửi"}]


async def test_a_job_written_while_the_worker_runs_is_done(own_settings: Settings, own_sessions: Sessions) -> None:
    desk = Desk()
    async with working(own_settings, own_sessions, Job("post", desk.run)):
        for words in ("một", "hai"):
            await put(own_sessions, words)
            assert await desk.next() == {"words": words}


async def test_a_job_that_fails_is_tried_again_and_its_half_work_undone(
    own_settings: Settings, own_sessions: Sessions
) -> None:
    desk = Desk(failures=2)
    await put(own_sessions, "thư")
    async with working(own_settings, own_sessions, Job("post", desk.run, attempts=3, first_retry=AT_ONCE)):
        await desk.next()
    assert len(desk.tried) == 3
    assert await posted(own_sessions) == ["thư"]


async def test_a_job_that_failed_for_good_is_kept_and_holds_up_nobody(
    own_settings: Settings, own_sessions: Sessions
) -> None:
    lost, sound = Desk(failures=9), Desk()
    await put(own_sessions, "mất")
    parts = (Job("post", lost.run, attempts=2, first_retry=AT_ONCE), Job("other", sound.run))
    async with working(own_settings, own_sessions, *parts):
        await eventually(partial(is_failed, own_sessions), what="the job is failed")
        async with own_sessions.begin() as session:
            await enqueue(session, "other", {"words": "khác"})
        await sound.next()
    assert len(lost.tried) == 2
    assert await posted(own_sessions) == ["khác"]
    assert await queued(own_sessions) == [("post", "failed", 1)]


async def is_failed(sessions: Sessions) -> bool:
    return ("post", "failed", 1) in await queued(sessions)


async def test_the_same_work_waiting_twice_is_done_once(own_settings: Settings, own_sessions: Sessions) -> None:
    desk = Desk()
    for _ in range(3):
        await put(own_sessions, "một lần", dedupe_key="một lần")
    async with working(own_settings, own_sessions, Job("post", desk.run)):
        await desk.next()
    assert len(desk.tried) == 1


async def test_work_for_later_waits(own_settings: Settings, own_sessions: Sessions) -> None:
    desk = Desk()
    await put(own_sessions, "mai", after=timedelta(days=1))
    await put(own_sessions, "nay")
    async with working(own_settings, own_sessions, Job("post", desk.run)):
        assert await desk.next() == {"words": "nay"}
    assert await queued(own_sessions) == [("post", "queued", 0)]


async def test_a_job_broken_off_by_the_end_of_its_worker_is_queued_again(
    own_settings: Settings, own_sessions: Sessions
) -> None:
    began = asyncio.Event()

    async def endless(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        await session.execute(text("INSERT INTO post VALUES ('nửa')"))
        began.set()
        await asyncio.Event().wait()

    assert own_settings.database_url is not None
    await put(own_sessions, "dài")
    url, stop = own_settings.database_url.get_secret_value(), asyncio.Event()
    work = asyncio.create_task(run_jobs(url, own_sessions, jobs=[Job("post", endless)], stop=stop))
    await asyncio.wait_for(began.wait(), PATIENCE_SECONDS)
    stop.set()
    work.cancel()
    await asyncio.wait([work], timeout=PATIENCE_SECONDS)

    assert work.done()
    assert await posted(own_sessions) == []
    assert [status for _, status, _ in await queued(own_sessions)] == ["queued"]


async def test_it_survives_the_loss_of_its_connection(own_settings: Settings, own_sessions: Sessions) -> None:
    desk = Desk()
    async with working(own_settings, own_sessions, Job("post", desk.run)):
        await put(own_sessions, "trước")
        await desk.next()
        async with own_sessions() as session:
            others = "application_name = 'market jobs' AND datname = current_database()"
            await session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        await put(own_sessions, "sau")
        assert await desk.next() == {"words": "sau"}


async def test_a_schedule_runs_at_its_minute(
    own_settings: Settings, own_sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = asyncio.Event()

    async def every_second(session: AsyncSession) -> None:
        await session.execute(text("INSERT INTO post VALUES ('giờ')"))
        ran.set()

    schedule = Schedule("chime", "* * * * * *", every_second)
    async with working(own_settings, own_sessions, schedules=(schedule,)):
        await asyncio.wait_for(ran.wait(), PATIENCE_SECONDS)
    assert "giờ" in await posted(own_sessions)


def test_waits_between_attempts_double_up_to_half_a_day() -> None:
    job = Job("post", Desk().run, attempts=40)
    waits = [job.retry_after(failures) for failures in range(1, 41)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40)]
    assert waits[38] == LONGEST_RETRY == jobs_module.LONGEST_RETRY
    assert waits[39] is None
