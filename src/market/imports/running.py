"""An import from its first row to its last: chunks read ahead, kept in order, refused rows written down."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from market.core.access import Actor
from market.core.errors import FieldError
from market.core.validation import field_errors
from market.imports.kinds.kind import Kind, Outcomes
from market.imports.owners import NO_OWNER, NOT_YOURS, Owner, find_owners
from market.imports.rows import Row
from market.imports.tables.asking import Question
from market.imports.writing import Entry, Stopped, Writer
from market.reference.catalogue import Catalogue

CHUNK = 1000
"""Rows in one transaction: long ones would hold back every follower of the change log."""

R = TypeVar("R")
Checked = tuple[Row, Any]


@dataclass(slots=True)
class Report:
    """What an import did."""

    kept: int = 0
    """Rows of earlier runs on the same file included."""
    refused: int = 0
    kept_before: int = 0
    """Rows of earlier runs alone."""
    codes: Counter[str] = field(default_factory=Counter)
    """How often rows were refused for what."""
    did: Counter[str] = field(default_factory=Counter)
    """How many rows were created, updated, unchanged, skipped, refused; of this run alone."""
    twins_in_file: int = 0
    """Papers that stand in the file twice, as far as one can tell."""
    asks: dict[str, Question] = field(default_factory=dict)
    """What only a person knows of some rows, by its id."""
    next_line: int = 1
    """Every row that begins before this line has been dealt with."""
    finished: bool = False
    in_doubt: bool = False
    """The database went away in the last commit and it is unknown whether the rows from `next_line` on were kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How an import is done.

    Args:
        catalogue: what rows are checked against.
        owner: the organization of rows that name none.
        advanced: called after each chunk.
    """

    writer: Writer
    kind: Kind
    catalogue: Catalogue
    owner: UUID | None
    stop: asyncio.Event
    advanced: Callable[[Report], None]


async def run_import(task: Import, rows: Iterator[Row], *, kept: int = 0, refused: int = 0) -> Report:
    """Import every row. Told to `stop`, it ends with the chunk at hand; the report says where to go on.

    Args:
        kept: rows of an earlier run that this one continues.
        refused: likewise.
    """
    report = Report(kept=kept, refused=refused, kept_before=kept)
    owners: dict[str, Owner] = {}
    stopping = asyncio.ensure_future(task.stop.wait())
    chunk: asyncio.Future[list[Checked]] = _beside(_next_chunk, task, rows)
    try:
        while not task.stop.is_set():
            await asyncio.wait((chunk, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not chunk.done():
                break
            checked = chunk.result()
            if not checked:
                report.finished = True
                break
            chunk = _beside(_next_chunk, task, rows)
            outcomes = await _keep_chunk(task, checked, owners)
            _note(task, [row for row, _ in checked], outcomes, report)
    except Stopped as stopped:
        report.in_doubt = stopped.in_doubt
    finally:
        stopping.cancel()
    return report


def _next_chunk(task: Import, rows: Iterator[Row]) -> list[Checked]:
    return [(row, _prepared(task, row)) for row in islice(rows, CHUNK)]


def _prepared(task: Import, row: Row) -> Any:
    if row.errors:
        return None
    try:
        return task.kind.prepare(task.kind.model.model_validate(row.body), task.catalogue)
    except ValidationError as error:
        row.errors.extend(field_errors(error.errors(include_input=False)))
        return None


async def _keep_chunk(task: Import, checked: Sequence[Checked], owners: dict[str, Owner]) -> Outcomes:
    unknown = {row.organization for row, _ in checked if row.organization} - owners.keys()
    if unknown:
        event = task.writer.options.event
        owners |= await task.writer.patiently(lambda session: find_owners(session, unknown, event=event))
    entries = [_entry(task, row, prepared, owners) for row, prepared in checked]
    return await task.writer.keep(entries, next_line=checked[-1][0].last_line + 1)


def _entry(task: Import, row: Row, prepared: Any, owners: Mapping[str, Owner]) -> Entry:
    if not task.kind.owned:
        return (row, None, None if row.errors else prepared)
    owner = owners[row.organization] if row.organization else task.owner or NO_OWNER
    if isinstance(owner, FieldError):
        row.errors.append(owner)
    elif not _may_own(task.writer.actor, owner, task.kind):
        row.errors.append(NOT_YOURS)
    return (row, None, None) if row.errors or isinstance(owner, FieldError) else (row, owner, prepared)


def _may_own(actor: Actor, owner: UUID, kind: Kind) -> bool:
    """Whether rows may be of this organization: officers register others, only administrators offer for them.

    Of delegates the event's room decides: who runs it names those of whoever is registered.
    """
    if kind.name == "delegates":
        return True
    if kind.name == "registrations":
        return actor.is_officer or actor.belongs_to(owner)
    return actor.is_admin or actor.belongs_to(owner)


def _note(task: Import, rows: Sequence[Row], outcomes: Outcomes, report: Report) -> None:
    for row, outcome in zip(rows, outcomes, strict=True):
        report.did[outcome.did] += 1
        report.asks |= {question.id: question for question in row.asks}
        if outcome.did != "refused":
            report.kept += 1
            continue
        report.refused += 1
        report.codes.update({error.code for error in row.errors})
        report.twins_in_file += any(remark.code == "probable-duplicate" for remark in row.remarks)
    report.next_line = rows[-1].last_line + 1
    task.advanced(report)


def _beside(work: Callable[..., R], *arguments: Any) -> asyncio.Future[R]:
    """Run blocking work in a thread that does not keep the process from ending (standard input may never end)."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[R] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: R | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = context.run(work, *arguments)
        except Exception as failure:
            error = failure
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            return  # the loop has ended, nobody waits any more

    threading.Thread(target=run, daemon=True).start()
    return future
