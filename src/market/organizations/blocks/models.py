"""The table of blocks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core.db import Entity


class Block(Entity):
    """That an organization is not to be reached by another. Lifted, it stays, for the history."""

    __tablename__ = "thread_block"
    __table_args__ = (UniqueConstraint("organization_id", "blocked_id"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    blocked_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    lifted_at: Mapped[datetime | None]
