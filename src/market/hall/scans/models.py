"""The table of scans."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.attachments.models import Attachment
from market.core.changes import PRIVATE
from market.core.db import Entity
from market.hall.scans.matching import Cause, MatchedBy

ScanState = Literal["attached", "waiting", "set_aside"]


class EventScan(Entity):
    """A file with the scan of a paper, once for each event, however often it is sent. It is never dropped."""

    __tablename__ = "event_scan"
    __table_args__ = (
        UniqueConstraint("event_id", "sha256"),
        Index("ix_event_scan_event_id_state", "event_id", "state"),
        CheckConstraint("(state = 'attached') = (agreement_id is not null)", name="attached_to_something"),
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    sha256: Mapped[str]
    attachment_id: Mapped[UUID] = mapped_column(ForeignKey("attachment.id"), index=True)
    """The file: of the scan itself while it waits, then of the paper."""
    attachment: Mapped[Attachment] = relationship(lazy="raise")
    state: Mapped[ScanState]
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    matched_by: Mapped[MatchedBy | None]
    version_printed: Mapped[int | None]
    """Which version of the paper was printed, where a code says it."""
    cause: Mapped[Cause | None]
    """Why it waits."""
    said: Mapped[dict[str, Any]] = mapped_column(JSONB, info=PRIVATE)
    """What was read in it (`matching.Numbers`), so that it need not be read again."""
