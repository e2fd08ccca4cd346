"""Going on where an import of the same file ended, however it ended: by what stands beside the rows it kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.ids import new_id
from market.imports.ledgers import ImportedMeanwhile, Noted
from market.imports.models import ImportedFile


@dataclass(slots=True)
class FilePlace:
    """How far the import of a file has come; see `ImportedFile`."""

    id: UUID
    next_line: int
    kept: int
    refused: int

    async def move(self, session: AsyncSession, *, next_line: int, noted: Sequence[Noted]) -> None:
        """Note in the transaction of some rows that they were dealt with.

        Raises:
            ImportedMeanwhile: somebody else did so before.
        """
        file = ImportedFile
        refused = sum(outcome.did == "refused" for _, outcome in noted)
        kept = len(noted) - refused
        moved = (
            update(file)
            .where(file.id == self.id, file.next_line == self.next_line)
            .values(next_line=next_line, kept=file.kept + kept, refused=file.refused + refused, updated_at=clock.now())
            .returning(file.id)
        )
        if await session.scalar(moved) is None:
            raise ImportedMeanwhile(f"another import of this file is running; it went on after line {self.next_line}")


async def place_of(
    session: AsyncSession, *, sha256: str, kind: str, owner: UUID | None, from_line: int | None
) -> FilePlace:
    """Where to go on with a file; commits.

    Args:
        from_line: go on there, whatever was done before.
    """
    file = ImportedFile
    values = {"id": new_id(), "sha256": sha256, "kind": kind, "organization_id": owner, "next_line": from_line or 1}
    noted = insert(file).values(**values, kept=0, refused=0, updated_at=clock.now())
    again = {"next_line": from_line, "kept": 0, "refused": 0}
    what: Sequence[str] = ("sha256", "kind", "organization_id")
    await session.execute(
        noted.on_conflict_do_update(index_elements=what, set_=again)
        if from_line
        else noted.on_conflict_do_nothing(index_elements=what)
    )
    columns = (file.id, file.next_line, file.kept, file.refused)
    same_owner = file.organization_id.is_not_distinct_from(owner)
    row = (await session.execute(select(*columns).where(file.sha256 == sha256, file.kind == kind, same_owner))).one()
    await session.commit()
    return FilePlace(row.id, row.next_line, row.kept, row.refused)


def digest_of(file: Path) -> str | None:
    """SHA-256 of a file's bytes; None when it is none that could be read twice."""
    if not file.is_file():
        return None
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
