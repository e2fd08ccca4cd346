"""What the routes of claims take and give."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.core.pagination import PageQuery
from market.core.schemas import Answer, Day, Instant, Line, Prose, Schema
from market.core.validation import refusal
from market.organizations.claims.models import Status, Subject
from market.organizations.schemas import OrganizationKind


class ClaimCreate(Schema):
    """Something the organization acted for says of itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"subject": "kind", "kind": "organizer", "evidence": "Quyết định 12/QĐ-XTTM ngày 05/01/2026"},
                {
                    "subject": "tax_code",
                    "tax_code": "0312345673",
                    "reason": "Mã số này được cấp cho chúng tôi; giấy đăng ký kèm theo.",
                },
            ]
        }
    )

    subject: Subject
    kind: OrganizationKind | None = Field(default=None, description="For the subject kind")
    tax_code: str | None = Field(
        default=None, max_length=20, description="For the subject tax_code: one that a verified organization has"
    )
    evidence: Line | None = Field(default=None, description="A link, or the number of a decision, to be looked up")
    reason: Prose | None = Field(default=None, description="Why a tax code of others is yours")

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if (self.kind is None) is (self.subject == "kind"):
            raise refusal("claim_kind", "Nêu kind khi và chỉ khi subject là kind.", "kind belongs to the subject kind.")
        if (self.tax_code is None) is (self.subject == "tax_code"):
            raise refusal(
                "claim_tax_code",
                "Nêu tax_code khi và chỉ khi subject là tax_code.",
                "tax_code belongs to the subject tax_code.",
            )
        if self.subject == "tax_code" and self.reason is None:
            raise refusal("claim_reason", "Cần nêu lý do.", "A reason is needed.")
        return self


class ClaimVerification(Schema):
    """What an officer has seen."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"looked_at": "Giấy chứng nhận đăng ký hợp tác xã", "note": "Đã đối chiếu với bản gốc"}]
        }
    )

    looked_at: Line | None = Field(
        default=None, description="Which register or paper the officer looked at; needed where no file is attached"
    )
    evidence: Line | None = Field(default=None, description="The same as looked_at")
    note: Prose | None = None
    valid_until: Day | None = Field(
        default=None, description="The last day on which it counts; by default two years from today, five at most"
    )

    @property
    def seen(self) -> str | None:
        """What was looked at."""
        return self.looked_at or self.evidence


class OrganizationVerification(ClaimVerification):
    """What an officer decides on who an organization says it is, and what was seen."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision": "verified",
                    "looked_at": "Giấy chứng nhận đăng ký hợp tác xã số 12",
                    "note": "Đã đối chiếu với bản gốc",
                }
            ]
        }
    )

    decision: Literal["verified", "rejected"] = "verified"
    note: Prose | None = Field(
        default=None, description="What the organization is told; alone, it also says what was looked at"
    )

    @property
    def seen(self) -> str | None:
        """What was looked at."""
        return super().seen or self.note


class ClaimRefusal(Schema):
    """Why an officer rejects or suspends."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Không tìm thấy quyết định đã nêu."}]})

    note: Prose


class ClaimQuery(PageQuery):
    organization: UUID | None = None
    subject: Subject | None = None
    kind: OrganizationKind | None = None
    status: Status | None = None


class ClaimOut(Answer):
    id: UUID
    organization_id: UUID
    subject: Subject
    kind: OrganizationKind | None
    statement: dict[str, Any] = Field(description="What is claimed: name and numbers of an identity, a tax code")
    evidence: str | None
    reason: str | None
    status: Status
    decided_at: Instant | None
    decision_note: str | None
    valid_until: date | None
    created_at: Instant
    version: int
