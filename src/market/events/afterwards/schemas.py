"""What the routes of findings, feedback and follow-ups take and give."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from market.core.schemas import Answer, Flag, Instant, Prose, Quantity, Schema, Whole
from market.events.afterwards.models import Verdict
from market.events.meetings.schemas import MeetingOut
from market.events.schemas import BusinessDate, OrganizationRef
from market.reading.types import ConceptId


class FindingCreate(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "organization": "0197a5b0-0000-7000-8000-000000000000",
                    "visited_on": "2026-12-15",
                    "concept": "dragon-fruit-red",
                    "area_ha": "12.5",
                    "verdict": "with_conditions",
                    "words": "Vườn có mã số vùng trồng; cần thêm kho lạnh.",
                }
            ]
        }
    )

    organization: UUID = Field(description="Whose growing area was seen; registered for the visit")
    visited_on: BusinessDate
    concept: ConceptId | None = None
    area_ha: Annotated[Quantity, Field(gt=0, le=1_000_000)] | None = None
    verdict: Verdict
    words: Prose


class FindingOut(Answer):
    id: UUID
    event: UUID
    organization: OrganizationRef
    visited_on: date
    concept: str | None
    area_ha: Decimal | None
    verdict: Verdict
    words: str
    created_at: Instant
    version: int


class Findings(Answer):
    items: list[FindingOut]


class FeedbackIn(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"rating": 4, "again": True, "words": "Nên dài hơn."}]})

    rating: Annotated[Whole, Field(ge=1, le=5)] = Field(description="1 (bad) to 5 (very good)")
    again: Flag | None = Field(default=None, description="Whether it would come again")
    words: Prose | None = None
    organization: UUID | None = Field(default=None, description="For somebody of several organizations")


class FeedbackOut(Answer):
    id: UUID
    organization: OrganizationRef
    rating: int
    again: bool | None
    words: str | None
    updated_at: Instant
    version: int


class FeedbackList(Answer):
    items: list[FeedbackOut]


class FollowUps(Answer):
    """Meetings on which something is to follow, by its day."""

    items: list[MeetingOut]
