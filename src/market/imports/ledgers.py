"""What is written down of the rows of an import: how far it has come, and what became of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.db import insert_rows
from market.core.errors import FieldError
from market.core.language import Language
from market.imports.kinds.kind import Outcome
from market.imports.models import ImportedRow, ImportProgress
from market.imports.refusals import Refusals
from market.imports.rows import Row

Noted = tuple[Row, Outcome]
"""A row, and what became of it."""


class ImportedMeanwhile(ValueError):
    """Another run of the same import was quicker; nothing of this chunk was kept. The message is for a person."""


class Place(Protocol):
    """How far an import has come."""

    next_line: int

    async def move(self, session: AsyncSession, *, next_line: int, noted: Sequence[Noted]) -> None:
        """Note in the transaction of some rows that they were dealt with.

        Raises:
            ImportedMeanwhile: somebody else did so before.
        """


class Ledger(Protocol):
    """Where it is written down what became of rows."""

    async def write(self, session: AsyncSession, noted: Sequence[Noted]) -> None:
        """Write down a chunk, in its transaction; written again, it replaces what did not settle."""

    def settle(self) -> None:
        """The chunk was kept."""


@dataclass(slots=True)
class FileLedger:
    """Refused rows in a file beside the one they came from."""

    refusals: Refusals
    language: Language

    async def write(self, session: AsyncSession, noted: Sequence[Noted]) -> None:
        del session
        self.refusals.write(told for row, outcome in noted for told in self._told(row, outcome))

    def settle(self) -> None:
        self.refusals.settle()

    def _told(self, row: Row, outcome: Outcome) -> list[dict[str, Any]]:
        if outcome.did == "refused":
            given = row.lines[0].given if row.lines else row.given
            return [self._entry(row.line, given, outcome.errors)]
        return [self._entry(line.line, line.given, line.errors) for line in row.lines if line.errors]

    def _entry(self, line: int, given: Any, errors: Sequence[FieldError]) -> dict[str, Any]:
        return {"line": line, "row": given, "errors": [error.render(self.language) for error in errors]}


@dataclass(slots=True)
class TableLedger:
    """Every row of a task in the database."""

    import_id: UUID

    async def write(self, session: AsyncSession, noted: Sequence[Noted]) -> None:
        rows = [entry for row, outcome in noted for entry in self._entries(row, outcome)]
        lines = [row["line"] for row in rows]
        table = ImportedRow
        await session.execute(
            delete(table).where(table.import_id == self.import_id, table.line.between(min(lines), max(lines)))
        )
        await insert_rows(session, table.__table__, list({row["line"]: row for row in rows}.values()))

    def settle(self) -> None:
        """The transaction says it all."""

    def _entries(self, row: Row, outcome: Outcome) -> list[dict[str, Any]]:
        if len(row.lines) < 2:
            return [self._entry(row.line, outcome.did, outcome, outcome.errors, row.remarks)]
        own = {id(error) for line in row.lines for error in line.errors}
        common = [error for error in outcome.errors if id(error) not in own]
        shared = [remark for remark in row.remarks if not any(remark in line.remarks for line in row.lines)]
        entries = []
        for at, line in enumerate(row.lines):
            did = "refused" if line.errors else outcome.did
            errors = [*line.errors, *(common if at == 0 else ())]
            entries.append(self._entry(line.line, did, outcome, errors, [*line.remarks, *(shared if at == 0 else ())]))
        return entries

    def _entry(
        self, line: int, did: str, outcome: Outcome, errors: Sequence[FieldError], remarks: Sequence[FieldError]
    ) -> dict[str, Any]:
        return {
            "import_id": self.import_id,
            "line": line,
            "did": did,
            "entity_id": outcome.id if did != "refused" else None,
            "errors": [in_both(error) for error in errors],
            "remarks": [in_both(remark) for remark in remarks],
        }


def in_both(error: FieldError) -> dict[str, str]:
    """An error in both languages, as it is kept."""
    words = {language: error.message.text(language, **error.parameters) for language in ("vi", "en")}
    return {"pointer": error.pointer, "code": error.code, **words}


@dataclass(slots=True)
class TaskPlace:
    """How far a task has come; see `ImportProgress`."""

    import_id: UUID
    next_line: int = 1
    codes: Counter[str] = field(default_factory=Counter)

    async def move(self, session: AsyncSession, *, next_line: int, noted: Sequence[Noted]) -> None:
        """As `Place` says."""
        progress = ImportProgress
        counts: Counter[str] = Counter(outcome.did for _, outcome in noted)
        bad = sum(bool(line.errors) for row, outcome in noted if outcome.did != "refused" for line in row.lines)
        counts["refused"] += bad
        codes = self.codes + _codes(noted)
        moved = (
            update(progress)
            .where(progress.import_id == self.import_id, progress.next_line == self.next_line)
            .values(
                next_line=next_line,
                **{name: getattr(progress, name) + counts[name] for name in DID},
                codes=dict(codes),
                updated_at=clock.now(),
            )
            .returning(progress.import_id)
        )
        if await session.scalar(moved) is None:
            raise ImportedMeanwhile(f"another worker went on after line {self.next_line}")
        self.codes = codes


DID = ("created", "updated", "unchanged", "skipped", "refused")


def _codes(noted: Sequence[Noted]) -> Counter[str]:
    codes: Counter[str] = Counter()
    for row, outcome in noted:
        errors = outcome.errors if outcome.did == "refused" else [e for line in row.lines for e in line.errors]
        codes.update({error.code for error in errors})
    return codes


async def begun(session: AsyncSession, import_id: UUID, *, trial: bool) -> TaskPlace:
    """The place of a task: of a trial or a first run its beginning, of a run that was broken off where it goes on."""
    columns = select(ImportProgress.trial, ImportProgress.next_line, ImportProgress.codes)
    rows = columns.where(ImportProgress.import_id == import_id).with_for_update()
    there = (await session.execute(rows)).one_or_none()
    if there is not None and not trial and not there.trial:
        return TaskPlace(import_id, there.next_line, Counter(there.codes))
    await session.execute(delete(ImportProgress).where(ImportProgress.import_id == import_id))
    await session.execute(delete(ImportedRow).where(ImportedRow.import_id == import_id))
    fresh = {"import_id": import_id, "trial": trial, "next_line": 1, "total": 0, "codes": {}, "updated_at": clock.now()}
    await insert_rows(session, ImportProgress.__table__, [{**fresh, **dict.fromkeys(DID, 0)}])
    return TaskPlace(import_id)


async def progress_of(session: AsyncSession, import_ids: Sequence[UUID]) -> dict[UUID, ImportProgress]:
    """How far these tasks have come."""
    rows = select(ImportProgress).where(ImportProgress.import_id.in_(import_ids))
    return {row.import_id: row for row in await session.scalars(rows)}
