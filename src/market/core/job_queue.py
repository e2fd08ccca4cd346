"""The queue of jobs, kept by PgQueuer; a job is written on the caller's own transaction and rolled back with it.

At least once: a job that fails is tried again after a while that doubles, one whose worker died is taken over by
another, and one that failed for good stays in the queue as `failed`, for a person to look at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import msgspec
import structlog
from pgqueuer import PgQueuer, Queries
from pgqueuer.db import AsyncpgDriver
from pgqueuer.errors import RetryRequested
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.jobs import Job, Schedule
from market.core.traces import carried, span

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pgqueuer.models import Job as QueuedJob

log = structlog.get_logger(__name__)

RECONNECT_SECONDS = (0.2, 10.0)
LOOK_EVERY = timedelta(seconds=2)
"""How often the queue is looked at without a notification."""
TAKEN_OVER_AFTER = timedelta(seconds=30)
"""A job of a worker that gave no sign of life for so long is given to another."""

BREAK_OFF_SECONDS = 1.0

Sessions = async_sessionmaker[AsyncSession]


async def enqueue(
    session: AsyncSession,
    job: str,
    payload: Mapping[str, Any],
    *,
    after: timedelta | None = None,
    dedupe_key: str | None = None,
) -> None:
    """Write a job in this session's transaction; with a `dedupe_key` a second one waiting is left out."""
    await (await _queries(session)).enqueue(
        job,
        msgspec.json.encode(payload),
        execute_after=after,
        dedupe_key=dedupe_key,
        headers=carried(),
        on_conflict="skip",
    )


async def enqueue_many(session: AsyncSession, job: str, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Write a job for each payload in this session's transaction, with one statement."""
    encoded: list[bytes | None] = [msgspec.json.encode(payload) for payload in payloads]
    if encoded:
        headers = [carried()] * len(encoded)
        await (await _queries(session)).enqueue([job] * len(encoded), encoded, [0] * len(encoded), headers=headers)


async def _queries(session: AsyncSession) -> Queries:
    # The first statement opens the transaction; only then is the raw connection inside it.
    await session.execute(text("SELECT 1"))
    raw = await (await session.connection()).get_raw_connection()
    driver = cast("asyncpg.Connection[asyncpg.Record]", raw.driver_connection)
    return Queries(AsyncpgDriver(driver))


async def run_jobs(
    database_url: str,
    sessions: Sessions,
    *,
    jobs: Sequence[Job],
    schedules: Sequence[Schedule] = (),
    stop: asyncio.Event,
) -> None:
    """Do jobs and keep schedules until `stop`; a lost database is waited for.

    Jobs under way when `stop` is set are finished; a caller that cannot wait cancels this, and they are queued again.

    Args:
        database_url: `postgresql://...`; the queue is watched on a connection of its own.
    """
    delay, longest = RECONNECT_SECONDS
    while not stop.is_set():
        try:
            async with _queue(database_url) as queue:
                delay = RECONNECT_SECONDS[0]
                under_way: set[asyncio.Task[Any]] = set()
                for job in jobs:
                    queue.entrypoint(job.name, on_failure="hold")(_entrypoint(sessions, job, under_way))
                for schedule in schedules:
                    queue.schedule(schedule.name, schedule.crontab, clean_old=True)(_scheduled(sessions, schedule))
                await _work(queue, under_way, stop)
        except Exception:
            log.warning("jobs_interrupted", retry_in_seconds=delay, exc_info=True)
            await _sleep(stop, delay)
            delay = min(delay * 2, longest)


@asynccontextmanager
async def _queue(database_url: str) -> AsyncIterator[PgQueuer]:
    connection = await asyncpg.connect(database_url, server_settings={"application_name": "market jobs"})
    try:
        queue = PgQueuer(AsyncpgDriver(connection))
        connection.add_termination_listener(lambda _: queue.shutdown.set())
        yield queue
    finally:
        await connection.close(timeout=1)


async def _work(queue: PgQueuer, under_way: set[asyncio.Task[Any]], stop: asyncio.Event) -> None:
    running = asyncio.create_task(queue.run(dequeue_timeout=LOOK_EVERY, heartbeat_timeout=TAKEN_OVER_AFTER))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        queue.shutdown.set()
        await asyncio.wait({running})
    except asyncio.CancelledError:
        # The queue waits for its jobs even when it is cancelled.
        queue.shutdown.set()
        for job in under_way:
            job.cancel()
        await asyncio.wait({running}, timeout=BREAK_OFF_SECONDS)
        running.cancel()
        raise
    finally:
        stopping.cancel()
    running.result()


def _entrypoint(
    sessions: Sessions, job: Job, under_way: set[asyncio.Task[Any]]
) -> Callable[[QueuedJob], Awaitable[None]]:
    async def run(queued: QueuedJob) -> None:
        task = asyncio.current_task()
        if task is not None:
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        facts = {"market.job_id": queued.id, "market.attempt": queued.attempts + 1}
        try:
            with span(f"job {job.name}", "consumer", facts, carrier=queued.headers):
                async with sessions.begin() as session:
                    await job.run(session, msgspec.json.decode(queued.payload or b"{}"))
        except asyncio.CancelledError:
            # The queue would take a cancelled job for one that nobody wants any more.
            raise RetryRequested(reason="the worker stopped") from None
        except Exception as error:
            failures = queued.attempts + 1
            again = job.retry_after(failures)
            if again is None:
                log.exception("job_failed", job=job.name, id=queued.id, attempts=failures)
                raise
            log.warning("job_retried", job=job.name, id=queued.id, attempts=failures, after=str(again), exc_info=True)
            raise RetryRequested(again, reason=type(error).__name__) from None

    return run


def _scheduled(sessions: Sessions, schedule: Schedule) -> Callable[[Any], Awaitable[None]]:
    async def run(_: Any) -> None:
        try:
            with span(f"schedule {schedule.name}"):
                async with sessions.begin() as session:
                    await schedule.run(session)
        except Exception:
            log.exception("schedule_failed", schedule=schedule.name)

    return run


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
