"""The worker that tries and runs imports: through the real queue, and on where it was broken off."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from market.attachments.files import blobs_of
from market.config import Settings
from market.core.changes import Change
from market.core.db import create_sessions
from market.core.job_queue import run_jobs
from market.imports.models import ImportProgress, ImportTask
from market.imports.tasks import import_job
from market.listings.models import Listing
from tests.imports.sheets import brought, read, sent, workbook, worked
from tests.people import Client

ROWS: list[list[Any]] = [
    ["Mã hàng", "Tên hàng", "ĐVT", "Đơn giá"],
    *([f"M{number}", f"Cà rốt loại {number}", "kg", 10000 + number] for number in range(2500)),
]


async def test_the_queue_tries_a_file_and_runs_it_when_told(
    own_settings: Settings, own_engine: AsyncEngine, own_client: Client
) -> None:
    coop = await own_client.register("producer")
    stop = asyncio.Event()
    jobs = [import_job(partial(blobs_of, own_settings))]
    url = own_settings.database_url.get_secret_value() if own_settings.database_url else ""
    work = asyncio.create_task(run_jobs(url, create_sessions(own_engine), jobs=jobs, stop=stop))
    try:
        task = (await sent(coop, workbook(ROWS[:20]), "listings")).json()
        assert task["state"] == "checking"
        assert [column["field"] for column in task["columns"]] == ["external_id", "title", "unit", "price_vnd"]
        assert (await _settled(coop, task["id"], "ready"))["counts"]["created"] == 19
        assert (await coop.post(f"/imports/{task['id']}/run")).status_code == 202
        done = await _settled(coop, task["id"], "done")
        assert (done["counts"]["created"], done["progress"]) == (19, 1.0)
        assert (await coop.post(f"/imports/{task['id']}/run")).status_code == 409
    finally:
        stop.set()
        await work


async def _settled(who: Client, import_id: str, state: str) -> dict[str, Any]:
    for _ in range(300):
        task = await read(who, import_id)
        if task["state"] == state:
            return task
        await asyncio.sleep(0.1)
    raise AssertionError(task)


async def test_a_run_that_was_broken_off_goes_on_after_the_last_chunk_and_adds_nothing_twice(
    own_engine: AsyncEngine, own_client: Client
) -> None:
    coop = await own_client.register("producer")
    task = await brought(coop, workbook(ROWS), "listings")
    assert task["counts"]["created"] == 2500
    assert (await coop.post(f"/imports/{task['id']}/run")).status_code == 202
    await worked(coop, task["id"], run=True)
    sessions = create_sessions(own_engine)
    import_id = UUID(task["id"])
    async with sessions.begin() as session:
        # As a worker would leave it that died before it could say that it had finished.
        await session.execute(update(ImportTask.__table__).where(ImportTask.id == import_id).values(state="running"))  # type: ignore[arg-type]
        progress = await session.get_one(ImportProgress, import_id)
        assert (progress.next_line, progress.created) == (2502, 2500)
    await worked(coop, task["id"], run=True)
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Listing)) == 2500
        actors = select(Change.actor_kind, Change.user_id).where(Change.entity == "listing").distinct()
        assert (await session.execute(actors)).all() == [("user", UUID(coop.user["id"]))]
    assert (await read(coop, task["id"]))["counts"]["created"] == 2500
