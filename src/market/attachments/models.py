"""The table of attachments."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core.changes import PRIVATE
from market.core.db import Entity

Subject = Literal["agreement", "certificate", "thread", "claim", "import", "lot", "scan"]
AttachmentKind = Literal["scan", "annex", "evidence", "enclosure", "table"]


class Attachment(Entity):
    """A file of something; the content lies in the blob store under its hash."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index(
            "uq_attachment_subject_subject_id_sha256",
            "subject",
            "subject_id",
            "sha256",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_attachment_sha256", "sha256"),
        Index("ix_attachment_organization_id", "organization_id"),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_one"),
    )

    subject: Mapped[Subject]
    subject_id: Mapped[UUID]
    kind: Mapped[AttachmentKind]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    """In bytes."""
    content_type: Mapped[str]
    """As told by the content."""
    file_name: Mapped[str] = mapped_column(info=PRIVATE)
    organization_id: Mapped[UUID | None]
    """Whose storage it takes: the organization that its uploader acted for. None for what is older than this count."""
    uploaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    """A wrong upload is taken back; the row and the content stay, for officers to look at."""
    withdrawal_reason: Mapped[str | None] = mapped_column(info=PRIVATE)
