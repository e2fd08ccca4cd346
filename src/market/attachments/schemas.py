"""What the routes of attachments take and give."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field

from market.attachments.models import AttachmentKind
from market.core.schemas import Answer, Instant, Line, Schema


class AttachmentOut(Answer):
    id: UUID
    kind: AttachmentKind
    file_name: str
    content_type: str = Field(description="As told by the content")
    size: int = Field(description="In bytes")
    sha256: str = Field(description="Of the content; the ETag of its download")
    uploaded_by: UUID | None
    created_at: Instant
    withdrawn_at: Instant | None = Field(description="A wrong upload that was taken back; its content is for officers")


class Attachments(Answer):
    items: list[AttachmentOut]


class AttachmentsQuery(Schema):
    withdrawn: bool = Field(default=False, description="Those that were withdrawn too")


class WithdrawRequest(Schema):
    """Why a file is taken back, for those who look at the history."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Nhầm tệp của hợp đồng khác"}]})

    reason: Line | None = None
