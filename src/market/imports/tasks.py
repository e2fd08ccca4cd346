"""The worker's side of imports: a trial that keeps nothing, and the run, a thousand rows at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID

import structlog
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.access import SYSTEM, Actor, ActorKind
from market.core.blobs import BlobStore, get_blob
from market.core.changes import record_change
from market.core.jobs import Job
from market.core.language import Message
from market.imports.ledgers import TableLedger, TaskPlace, begun
from market.imports.models import ImportProgress, ImportTask
from market.imports.running import Import, Report, run_import
from market.imports.service import JOB, finished, look, question_found
from market.imports.table_files import TableFile
from market.imports.tables import asking
from market.imports.tables.asking import Choice, Question
from market.imports.writing import Writer
from market.organizations.authentication import actor_again
from market.reference.types import known_catalogue

log = structlog.get_logger(__name__)
Sessions = async_sessionmaker[AsyncSession]

MOST_ASKED = 50
"""Questions at once; the rest come when these are answered."""
RIGHTS_GONE = Message(
    vi="Người gửi tệp không còn quyền làm việc này cho tổ chức.", en="Who sent the file may not do this any more."
)


def import_job(store: Callable[[], BlobStore]) -> Job:
    """Tries and runs imports; the store is opened by the first."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        # A run is many transactions of its own: one that lasts would hold back every follower of the log.
        sessions = async_sessionmaker(
            session.bind, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint"
        )
        await work_on(sessions, store(), UUID(str(payload["import_id"])), run=bool(payload["run"]))

    return Job(JOB, run)


async def work_on(sessions: Sessions, store: BlobStore, import_id: UUID, *, run: bool) -> None:
    """Try a task, or run it; one that is in another state by now is left alone."""
    async with sessions() as session:
        catalogue = await known_catalogue(session)
        task = await session.get(ImportTask, import_id, with_for_update=True)
        if task is None or task.state != ("running" if run else "checking"):
            return
        actor = await _actor(session, task)
        body = await get_blob(store, task.sha256)
        table = await look(session, task, body, catalogue=catalogue, actor=actor) if actor else None
        if actor is None:
            words = {language: RIGHTS_GONE.text(language) for language in ("vi", "en")}
            task.problem, task.state = {"code": "not-allowed", **words}, "failed"
        elif table is not None and not table.open_questions:
            task.state = "running" if run else "checking"
        place = await begun(session, import_id, trial=not run) if task.state in ("running", "checking") else None
        if place is not None and table is not None:
            await _count_rows(session, table, import_id)
        await record_change(session, actor or SYSTEM, task, verb="read")
        await session.commit()
    if table is None or place is None or actor is None:
        return
    report = await _work(sessions, table, place, actor, task, trial=not run)
    await _finish(sessions, table, report, import_id, actor, trial=not run)


async def _actor(session: AsyncSession, task: ImportTask) -> Actor | None:
    return await actor_again(
        session,
        user_id=task.user_id,
        organization_id=task.organization_id,
        kind=cast("ActorKind", task.actor_kind),
        credential_id=task.credential_id,
    )


async def _count_rows(session: AsyncSession, table: TableFile, import_id: UUID) -> None:
    await session.execute(update(ImportProgress).where(ImportProgress.import_id == import_id).values(total=table.total))


async def _work(
    sessions: Sessions, table: TableFile, place: TaskPlace, actor: Actor, task: ImportTask, *, trial: bool
) -> Report:
    stop = asyncio.Event()
    writer = Writer(
        sessions=sessions,
        kind=table.kind,
        ledger=TableLedger(place.import_id),
        place=place,
        dry_run=trial,
        stop=stop,
        waiting=lambda why: log.warning("import_waits", import_id=str(place.import_id), why=why),
        catalogue=table.catalogue,
        actor=actor,
        answers=table.answers,
        options=table.options,
    )
    job = Import(
        writer=writer,
        kind=table.kind,
        catalogue=table.catalogue,
        owner=task.organization_id,
        stop=stop,
        advanced=lambda _: None,
    )
    first = place.next_line
    return await run_import(job, (row for row in table.rows() if row.line >= first))


async def _finish(
    sessions: Sessions, table: TableFile, report: Report, import_id: UUID, actor: Actor, *, trial: bool
) -> None:
    async with sessions() as session:
        task = await session.get_one(ImportTask, import_id, with_for_update=True)
        if task.state != ("checking" if trial else "running"):
            return
        state = "ready" if trial else "done"
        questions = _left_to_ask(table, report) if trial else []
        if questions:
            state = "asking"
            task.found = {**task.found, "questions": [*task.found["questions"], *map(question_found, questions)]}
        if (left := table.left_out()) and not any(one["code"] == "rows-left-out" for one in task.found["remarks"]):
            said = {language: asking.ROWS_LEFT_OUT.text(language, lines=left) for language in ("vi", "en")}
            task.found = {**task.found, "remarks": [*task.found["remarks"], {"code": "rows-left-out", **said}]}
        finished(task, state=state)
        await record_change(session, actor, task, verb="check" if trial else "finish")
        await session.commit()


def _left_to_ask(table: TableFile, report: Report) -> list[Question]:
    """What the trial has shown that only a person knows."""
    twins = _about_twins(table, report)
    asked = [question for id_, question in report.asks.items() if id_ not in table.answers]
    return [*([twins] if twins else []), *asked[:MOST_ASKED]]


def _about_twins(table: TableFile, report: Report) -> Question | None:
    """What to do with rows whose like is there already, in the market or further up in the file."""
    count = report.codes["probable-duplicate"]
    if not count:
        return None
    if table.kind.name == "agreements" and "duplicates" not in table.answers and report.twins_in_file:
        choices = [Choice("skip", asking.SKIP), Choice("keep", asking.KEEP)]
        return Question("duplicates", asking.TWICE, {"count": report.twins_in_file}, choices)
    if "existing" in table.answers:
        return None
    update_too = [Choice("update", asking.UPDATE)] if table.kind.name != "agreements" else []
    choices = [*update_too, Choice("add", asking.ADD), Choice("skip", asking.SKIP)]
    text = asking.PAPERS_EXISTING if table.kind.name == "agreements" else asking.EXISTING
    return Question("existing", text, {"count": count}, choices)
