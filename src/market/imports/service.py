"""Verbs of imports: bring a file, choose its columns, answer what is asked, run it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.service import attach
from market.core import clock
from market.core.access import Actor
from market.core.blobs import BlobStore
from market.core.changes import record_change
from market.core.errors import FieldError, ValidationFailed
from market.core.ids import new_id
from market.core.job_queue import enqueue
from market.core.language import Message
from market.core.uploads import Upload
from market.imports import policy
from market.imports.kinds.every import KINDS
from market.imports.kinds.kind import Options
from market.imports.ledgers import in_both
from market.imports.models import ImportTask
from market.imports.schemas import ImportChange, ImportOptions
from market.imports.sheets.grids import Book, UnreadableFile
from market.imports.sheets.opening import open_book
from market.imports.table_files import Importer, TableFile, shown, table_file
from market.imports.tables.fields import field_of, known_fields
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue

JOB = "import_file"
PREVIEWED = 20
READ_AT_ONCE_BYTES = 1024 * 1024
"""A larger file is first looked at by the worker."""

UNKNOWN_FIELD = Message(vi="Không có trường {field}; có: {known}.", en="No field {field}; there are: {known}.")
EVENT_MISSING = Message(vi="Nêu sự kiện (options.event).", en="Name the event (options.event).")


async def bring_file(
    session: AsyncSession,
    actor: Actor,
    upload: Upload,
    *,
    kind: str,
    options: ImportOptions,
    store: BlobStore,
    catalogue: Catalogue,
) -> ImportTask:
    """Keep a file, and say what is understood of it. Nothing is imported yet.

    Raises:
        NotAllowed: no organization is acted for.
        ValidationFailed: the file is refused, or what was said of its columns.
        Unavailable: the blob store does not take it.
    """
    policy.require_can_import(actor, kind)
    if kind in ("registrations", "delegates") and options.event is None:
        raise ValidationFailed.single("/options/event", "missing", EVENT_MISSING)
    task = ImportTask(
        id=new_id(),
        organization_id=actor.organization_id,
        user_id=actor.user_id,
        credential_id=actor.credential_id,
        actor_kind=actor.kind,
        kind=kind,
        file_name=upload.file_name,
        sha256="",
        size=len(upload.body),
        state="checking",
        options=options.model_dump(mode="json", exclude={"columns", "answers"}),
        columns={},
        answers=dict(options.answers),
        found={},
    )
    _choose(task, options)
    if len(upload.body) <= READ_AT_ONCE_BYTES:
        await look(session, task, upload.body, catalogue=catalogue, actor=actor)
        _refuse_unreadable(task)
    scan = await attach(session, actor, upload, store=store, subject="import", subject_id=task.id, kind="table")
    task.sha256 = scan.sha256
    await record_change(session, actor, task, verb="create")
    await _check_later(session, task)
    return task


def _refuse_unreadable(task: ImportTask) -> None:
    """Keep nothing of a file that cannot be read.

    Raises:
        ValidationFailed: with the reason.
    """
    if task.problem is not None:
        said = Message(vi=str(task.problem["vi"]), en=str(task.problem["en"]))
        raise ValidationFailed(errors=[FieldError("/file", str(task.problem["code"]), said)])


async def change_import(
    session: AsyncSession, actor: Actor, task: ImportTask, change: ImportChange, *, body: bytes, catalogue: Catalogue
) -> ImportTask:
    """Correct columns and answer questions; the trial begins anew.

    Args:
        body: of the file.

    Raises:
        NotInThisState: it runs, or has run.
        ValidationFailed: there is no such field.
    """
    policy.require_state(task, "asking", "checking", "ready")
    _choose(task, change)
    task.answers = {**task.answers, **change.answers}
    sent = change.model_dump(mode="json", exclude_unset=True, include={"publish", "sign", "stock_days"})
    task.options = {**task.options, **sent}
    if len(body) <= READ_AT_ONCE_BYTES:
        await look(session, task, body, catalogue=catalogue, actor=actor)
    else:
        task.state = "checking"
    await record_change(session, actor, task, verb="edit")
    await _check_later(session, task)
    return task


async def run_import(session: AsyncSession, actor: Actor, task: ImportTask) -> ImportTask:
    """Import the file: a job does, and goes on where it was broken off.

    Raises:
        NotInThisState: something must be answered first, or it has run.
    """
    policy.require_state(task, "ready", "running")
    task.state = "running"
    await record_change(session, actor, task, verb="run")
    await enqueue(session, JOB, {"import_id": str(task.id), "run": True})
    return task


async def _check_later(session: AsyncSession, task: ImportTask) -> None:
    if task.state == "checking":
        await enqueue(session, JOB, {"import_id": str(task.id), "run": False})


def _choose(task: ImportTask, change: ImportChange | ImportOptions) -> None:
    chosen = dict(task.columns)
    for at, column in enumerate(change.columns):
        if column.field is not None and field_of(task.kind, column.field) is None:
            known = ", ".join(known_fields(task.kind))
            pointer = f"/columns/{at}/field"
            raise ValidationFailed.single(pointer, "unknown-field", UNKNOWN_FIELD, field=column.field, known=known)
        chosen[str(column.position)] = column.field
    task.columns = chosen


async def look(
    session: AsyncSession, task: ImportTask, body: bytes, *, catalogue: Catalogue, actor: Actor
) -> TableFile | None:
    """Open and lay out the file, and note on the task what was found; None when it is refused."""
    importer = await importer_of(session, task, actor)
    try:
        table = await asyncio.to_thread(_table, task, body, catalogue, importer)
    except UnreadableFile as refused:
        words = {language: refused.message.text(language, **refused.parameters) for language in ("vi", "en")}
        task.problem, task.state = {"code": refused.code, **words}, "failed"
        return None
    task.state = "asking" if table.open_questions else "checking"
    return table


def _table(task: ImportTask, body: bytes, catalogue: Catalogue, importer: Importer) -> TableFile:
    book = open_book(body, name=task.file_name)
    table = table_file(
        book,
        kind=KINDS[task.kind],
        catalogue=catalogue,
        name=task.file_name,
        chosen={int(position) - 1: field for position, field in task.columns.items()},
        answers=task.answers,
        options=options_of(task),
        importer=importer,
    )
    task.found = _found(table, book)
    return table


def options_of(task: ImportTask) -> Options:
    """What the task was asked for."""
    given = task.options
    event = UUID(given["event"]) if given.get("event") else None
    return Options(event, bool(given["publish"]), bool(given["sign"]), int(given["stock_days"]), given.get("mandate"))


async def importer_of(session: AsyncSession, task: ImportTask, actor: Actor) -> Importer:
    """Who imports, for the reading of rows."""
    if task.organization_id is None:
        return Importer(names_others=True)
    organization = await session.get_one(Organization, task.organization_id)
    province = {"code": organization.province_code, "version": organization.province_version}
    del actor
    return Importer(organization.name, province)


def _found(table: TableFile, book: Book) -> dict[str, Any]:
    layout = table.layout
    return {
        "format": book.format,
        "encoding": book.encoding,
        "sheets": [sheet.name for sheet in layout.sheets],
        "heading_row": layout.sheets[0].line(layout.headings[0].first_row) if layout.sheets else None,
        "columns": [asdict(column) | {"position": column.position + 1} for column in layout.columns],
        "questions": [question_found(question) for question in layout.questions],
        "remarks": [{"code": code, **_both(message, about)} for code, message, about in layout.remarks],
        "preview": [
            {
                "line": line.line,
                "given": line.given,
                "values": shown(line),
                "errors": [in_both(error) for error in line.errors],
                "remarks": [in_both(remark) for remark in line.remarks],
            }
            for line in islice(table.lines(), PREVIEWED)
        ],
        "things": [
            {"lines": [line.line for line in row.lines], "body": row.body} for row in islice(table.rows(), PREVIEWED)
        ],
    }


def question_found(question: Any) -> dict[str, Any]:
    """A question as it is kept with the task."""
    choices = [{"value": one.value, **_both(one.label, {})} for one in question.choices]
    about = {"id": question.id, "required": question.required, "takes": question.takes}
    return {**about, **_both(question.text, question.parameters), "choices": choices}


def _both(message: Message, about: Mapping[str, object]) -> dict[str, str]:
    return {"vi": message.text("vi", **about), "en": message.text("en", **about)}


def finished(task: ImportTask, *, state: str) -> None:
    """Note that a trial or a run has ended."""
    task.state = state  # type: ignore[assignment]
    if state == "done":
        task.finished_at = clock.now()
