"""What the routes of attachments give."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from market.attachments.models import AttachmentKind
from market.core.schemas import Answer, Instant


class AttachmentOut(Answer):
    id: UUID
    kind: AttachmentKind
    file_name: str
    content_type: str = Field(description="As told by the content")
    size: int = Field(description="In bytes")
    sha256: str = Field(description="Of the content; the ETag of its download")
    uploaded_by: UUID | None
    created_at: Instant


class Attachments(Answer):
    items: list[AttachmentOut]
