"""How far imports of files have come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.db import Base
from market.core.ids import new_id


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
