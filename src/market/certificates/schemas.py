"""What the certificate routes take and give."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.certificates.models import Verification
from market.certificates.validity import State
from market.core.pagination import PageQuery
from market.core.schemas import Answer, Code, Day, Instant, Line, Prose, Schema, Whole
from market.core.validation import refusal
from market.reading.types import ConceptId


class CertificateCreate(Schema):
    """A certificate as printed on its paper."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scheme": "vietgap",
                    "number": "VietGAP-TT-26-01-82-0007",
                    "issuer": "Tổ chức chứng nhận Mẫu",
                    "issued_on": "2026-01-15",
                    "expires_on": "2029-01-14",
                    "scope_concepts": ["dragon-fruit"],
                }
            ]
        }
    )

    scheme: Code = Field(description="Id of a certification scheme")
    level: Whole | None = Field(default=None, ge=1, le=5, description="OCOP stars: 3, 4 or 5")
    number: Line | None = None
    issuer: Line
    reference: Line | None = Field(
        default=None, description="Where an officer can look it up: a link, or the number of a decision"
    )
    issued_on: Day
    expires_on: Day | None = Field(default=None, description="The last valid day; by default the scheme's usual term")
    scope_concepts: Annotated[list[ConceptId], Field(max_length=50)] = Field(
        default_factory=list, description="What it covers; empty: everything the organization offers"
    )
    scope_area: Line | None = None
    scope_note: Prose | None = None

    @model_validator(mode="after")
    def _term_in_order(self) -> Self:
        if self.expires_on is not None and self.expires_on < self.issued_on:
            raise refusal(
                "term_order", "Ngày hết hạn phải sau ngày cấp.", "The expiry must not come before the date of issue."
            )
        return self


class CertificateUpdate(Schema):
    """What is left out stays as it is. Only while nobody has verified it; it is looked at anew."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": "VG-0012 (mẫu)"}]})

    scheme: Code = ""
    level: Whole | None = Field(default=None, ge=1, le=5, description="OCOP stars: 3, 4 or 5")
    number: Line | None = None
    issuer: Line = ""
    reference: Line | None = None
    issued_on: Day = Field(default=date.min)
    expires_on: Day | None = Field(default=None, description="null: by the scheme's usual term")
    scope_concepts: Annotated[list[ConceptId], Field(max_length=50)] = Field(default_factory=list)
    scope_area: Line | None = None
    scope_note: Prose | None = None


class CertificateVerification(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decision": "verified", "looked_at": "Trang tra cứu của tổ chức cấp"}]}
    )

    decision: Literal["verified", "rejected"] = "verified"
    looked_at: Line | None = Field(
        default=None,
        description="Which register or paper the officer looked at; needed to verify where no file is attached",
    )
    reference: Line | None = Field(default=None, description="What was looked at, if the certificate does not say")
    note: Prose | None = None


class RecallRequest(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Không đạt lần đánh giá giám sát"}]})

    reason: Line


class CertificateQuery(PageQuery):
    organization: UUID | None = None
    scheme: str | None = Field(default=None, max_length=64)
    verification: Verification | None = None


class CertificateOut(Answer):
    id: UUID
    organization_id: UUID
    scheme: str
    level: int | None
    number: str | None
    issuer: str
    reference: str | None
    issued_on: date
    expires_on: date | None
    scope_concepts: list[str]
    scope_area: str | None
    scope_note: str | None
    verification: Verification
    verified_at: Instant | None
    recalled_at: Instant | None
    recall_reason: str | None
    state: State = Field(description="What it is worth now")
    warnings: list[str] = Field(description="What looks odd on the paper; never a reason to refuse it")
    created_at: Instant
    version: int


class CertificateMark(Answer):
    """A certificate in a line, beside what it certifies."""

    id: UUID
    scheme: str
    level: int | None
    expires_on: date | None
    state: State
