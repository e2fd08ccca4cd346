"""How far imports of files have come."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.changes import PRIVATE
from market.core.db import Base, Entity
from market.core.ids import new_id

ImportState = Literal["asking", "checking", "ready", "running", "done", "failed"]
"""Something must be answered; a trial is under way; it may be run; it runs; it has run; the file is refused."""


class ImportedFile(Base):
    """How much of a file has been imported: moved in the transaction of each thousand rows, so that it is always so.

    A file is known by its content; imported for another organization, it is another import.
    """

    __tablename__ = "imported_file"
    __table_args__ = (
        Index(
            "uq_imported_file_sha256",
            "sha256",
            "kind",
            "organization_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    sha256: Mapped[str]
    kind: Mapped[str]
    """`listings` or `needs`."""
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    """Whose the rows are that name no organization."""
    next_line: Mapped[int] = mapped_column(default=1)
    """Every row that begins before this line was kept or refused."""
    kept: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class ImportTask(Entity):
    """A file that somebody brought: how it is to be read, what is left to ask, and how far it has come."""

    __tablename__ = "import_task"
    __table_args__ = (
        Index("ix_import_task_organization_id", "organization_id"),
        Index("ix_import_task_user_id", "user_id"),
    )

    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    """Whose the rows are that name no organization; none for officers who act for none."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    credential_id: Mapped[UUID | None]
    actor_kind: Mapped[str]
    kind: Mapped[str]
    file_name: Mapped[str] = mapped_column(info=PRIVATE)
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[ImportState] = mapped_column(default="checking")
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, info=PRIVATE)
    columns: Mapped[dict[str, Any]] = mapped_column(JSONB, info=PRIVATE)
    """What people chose: field (or null) by position of the column."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, info=PRIVATE)
    found: Mapped[dict[str, Any]] = mapped_column(JSONB, info=PRIVATE)
    """Columns, questions, remarks and preview, as they are answered; cells may hold anything."""
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """Why the file was refused: code, vi, en."""
    finished_at: Mapped[datetime | None]


class ImportProgress(Base):
    """How far a task has come: moved in the transaction of each thousand rows, so that it is always so."""

    __tablename__ = "import_progress"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("import_task.id", ondelete="CASCADE"), primary_key=True)
    trial: Mapped[bool]
    """Whether these are the counts of a trial, in which nothing is kept."""
    total: Mapped[int] = mapped_column(default=0)
    """Rows below the heading."""
    next_line: Mapped[int] = mapped_column(default=1)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    codes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """How often rows were refused for what."""
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class ImportedRow(Base):
    """What became of one row of a task's file."""

    __tablename__ = "import_row"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("import_task.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    did: Mapped[str]
    entity_id: Mapped[UUID | None]
    errors: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Each with pointer, code, vi, en."""
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
