"""What the routes of photos take and give."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.core.schemas import Answer, Instant, Line, Schema, Whole
from market.core.validation import refusal
from market.photos.models import SubjectKind


class PhotoMark(Answer):
    """The first photo of something, as a card shows it."""

    small: str = Field(description="WebP of at most 480 pixels across", examples=["/api/v1/photos/0a1b..."])
    large: str = Field(description="WebP of at most 1280 pixels across; addresses of drafts are signed and expire")
    thumbhash: str = Field(description="ThumbHash in base64, to paint before the picture has come")
    alt: str = Field(description="What is to be seen, for those who do not see it")


class PhotoOut(PhotoMark):
    id: UUID
    place: int = Field(description="1 is the one that cards show")
    width: int = Field(description="Of the large one, in pixels")
    height: int
    created_at: Instant
    version: int


class Photos(Answer):
    items: list[PhotoOut] = Field(description="In their order; the first is the one that cards show")


class PhotoUpdate(Schema):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"alt": "Thanh long ruột đỏ vừa hái", "place": 1}]})

    alt: Line | None = Field(default=None, description="What is to be seen, in Vietnamese")
    place: Annotated[Whole, Field(ge=1)] | None = Field(
        default=None, description="Where it goes among the others; beyond the last is last"
    )

    @model_validator(mode="after")
    def _refuse_nulls(self) -> Self:
        for name in ("alt", "place"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise refusal("not_nullable", f"Không được bỏ trống {name}.", f"{name} cannot be null.")
        return self


class PhotoUploadCreate(Schema):
    """A photo that will come in pieces."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": "listing",
                    "subject_id": "0190a5a0-0000-7000-8000-000000000001",
                    "length": 3145728,
                    "alt": "Vườn thanh long ở Chợ Gạo",
                }
            ]
        }
    )

    subject: SubjectKind
    subject_id: UUID
    length: Annotated[Whole, Field(ge=1)] = Field(description="Of the whole file, in bytes")
    alt: Line | None = None


class PhotoUploadOut(Answer):
    id: UUID
    subject: SubjectKind
    subject_id: UUID
    length: int = Field(description="Of the whole file, in bytes")
    received: int = Field(description="How much has come; send the rest from here (header Upload-Offset)")
    expires_at: Instant
    photo_id: UUID | None = Field(description="The photo that it became, once all has come")
