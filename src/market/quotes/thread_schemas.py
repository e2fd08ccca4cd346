"""What the routes of threads take and give."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from market.attachments.schemas import AttachmentOut
from market.core.pagination import PageQuery
from market.core.schemas import Answer, Instant, Schema, clean_prose
from market.core.validation import refusal
from market.organizations.schemas import OrganizationMark


def _something(text: str) -> str:
    if not text:
        raise refusal("text_missing", "Tin nhắn trống.", "The message is empty.")
    return text


Text = Annotated[str, StringConstraints(max_length=5000), AfterValidator(clean_prose), AfterValidator(_something)]


class MessageCreate(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Bên mình giao được từ 5 giờ sáng, anh chị xem giúp."}]}
    )

    text: Text


class ThreadCreate(MessageCreate):
    """The first message of a thread, or one more where these two have a thread about this already."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"need": "019a0000-0000-7000-8000-000000000001", "text": "Cho hỏi quy cách đóng gói?"}]
        }
    )

    organization: UUID | None = Field(
        default=None, description="To whom; left out: whose need or listing it is, or the other side of the quote"
    )
    need: UUID | None = None
    listing: UUID | None = None
    quote: UUID | None = None

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        named = [subject for subject in (self.need, self.listing, self.quote) if subject is not None]
        if len(named) > 1:
            raise refusal("several_subjects", "Chỉ nêu một nội dung.", "Name one subject only.")
        if not named and self.organization is None:
            raise refusal("nobody_addressed", "Chưa nêu gửi cho ai.", "Say to whom it goes.")
        return self


class ThreadQuery(PageQuery):
    need: UUID | None = None
    listing: UUID | None = None
    quote: UUID | None = None
    unread: bool = Field(default=False, description="Only threads with something unread")


class ReadRequest(Schema):
    """How far the caller has read; to the end when left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"message": "019a0000-0000-7000-8000-000000000001"}]})

    message: UUID | None = None


class MessageOut(Answer):
    id: UUID
    organization: UUID = Field(description="Which side wrote it")
    written_at: Instant
    text: str = Field(description="Of a message that brings a file: the file's name")
    attachment: AttachmentOut | None


class ThreadOut(Answer):
    id: UUID
    organizations: list[OrganizationMark]
    need: UUID | None
    listing: UUID | None
    quote: UUID | None
    last_message: MessageOut
    unread: int = Field(description="Messages of the other side that the caller has not read")
    created_at: Instant
    version: int
