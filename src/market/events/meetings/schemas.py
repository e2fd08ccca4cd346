"""What the routes of wishes and meetings take and give."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.core.pagination import PageQuery
from market.core.schemas import Answer, Flag, Instant, Line, Prose, Schema
from market.core.validation import refusal
from market.events.meetings.models import MeetingStatus, Outcome, TimetableStatus
from market.events.schemas import BusinessDate, OrganizationRef
from market.events.states import Side

Cause = Literal[
    "not_taking_part", "same_side", "no_common_time", "never_in_one_hall", "one_is_full", "both_are_full", "no_table",
    "others_before",
]  # fmt: skip
Reason = Literal["price", "quantity", "quality", "certificates", "time", "distance", "no_interest", "other"]


class WishCreate(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"partner": "0197a5b0-0000-7000-8000-000000000000"}]})

    partner: UUID = Field(description="The organization that one would meet")
    note: Line | None = None
    organization: UUID | None = Field(default=None, description="For who runs the event and wishes on its behalf")


class WishOut(Answer):
    id: UUID
    organization: OrganizationRef
    partner: OrganizationRef
    direction: Literal["ours", "theirs", "others"]
    mutual: bool
    note: str | None = Field(description="null for those who need not know")
    created_at: Instant
    version: int


class WishPage(Answer):
    items: list[WishOut]


class Suggestion(Answer):
    """Somebody worth meeting, and why."""

    organization: OrganizationRef
    side: Side
    weight: int = Field(description="More is better; the timetable counts with it")
    listing: UUID | None
    need: UUID | None
    fits: bool | None = Field(description="false: one condition is not met; null: only wished for")
    reasons: list[str]
    wished_by_them: bool


class MeetingSuggestions(Answer):
    items: list[Suggestion]


class ScheduleRequest(Schema):
    """Make the timetable, or mend the one that is there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"anew": False}]})

    anew: Flag = Field(
        default=False,
        description="Throw away what is planned and not yet held; otherwise as few meetings as possible are moved",
    )


class UnmetWish(Answer):
    organization: UUID
    partner: UUID
    cause: Cause
    message: str


class TimetableOut(Answer):
    event: UUID
    status: TimetableStatus | None = Field(description="null: nobody asked for a timetable yet")
    progress: int = Field(description="In percent")
    asked_at: Instant | None
    done_at: Instant | None
    slots: int | None
    meetings: int | None
    moved: int | None
    cancelled: int | None
    met: int | None = Field(description="Organizations with at least one meeting")
    most_met: int | None = Field(description="No timetable gives more organizations one: proven, for halls as shared")
    weight: int | None
    bound: int | None = Field(
        description="No timetable that leaves as few without a meeting weighs more: proven, for halls as shared"
    )
    unmet_wishes: list[UnmetWish]


class MeetingQuery(PageQuery):
    organization: UUID | None = None
    status: MeetingStatus | None = None
    outcome: Outcome | None = None


class MeetingOut(Answer):
    id: UUID
    event: UUID
    seller: OrganizationRef
    buyer: OrganizationRef
    starts_at: Instant
    ends_at: Instant
    table: int
    hall: str | None
    status: MeetingStatus
    outcome: Outcome | None
    outcome_reason: str | None
    outcome_note: str | None
    noted_early: bool = Field(description="What came of it was noted before it was to begin: look again")
    follow_up_on: date | None
    follow_up_note: str | None
    follow_up_done_at: Instant | None
    updated_at: Instant
    version: int


class OutcomeIn(Schema):
    """What came of a meeting."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"outcome": "sample", "follow_up_on": "2026-12-20", "follow_up_note": "Gửi mẫu 5 kg"}]
        }
    )

    outcome: Outcome
    reason: Reason | None = Field(default=None, description="Why nothing came of it")
    note: Prose | None = None
    follow_up_on: BusinessDate | None = None
    follow_up_note: Line | None = None
    missed: Flag = Field(default=False, description="One of the two did not come")

    @model_validator(mode="after")
    def _why(self) -> Self:
        if self.outcome == "none" and self.reason is None and not self.missed:
            raise refusal(
                "reason_missing", "Nêu lý do không có kết quả (reason).", "Say why nothing came of it (reason)."
            )
        if self.outcome != "none" and (self.reason is not None or self.missed):
            raise refusal(
                "reason_without_cause",
                "Chỉ nêu lý do hoặc vắng mặt khi không có kết quả.",
                "A reason, or that somebody was missing, belongs to no result only.",
            )
        return self
