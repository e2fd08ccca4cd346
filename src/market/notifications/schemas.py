"""What the routes of notifications take and give."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.core.language import Language
from market.core.pagination import Page, PageQuery
from market.core.schemas import Answer, HourMinute, Instant, Schema
from market.core.validation import refusal
from market.notifications.kinds import Kind
from market.notifications.models import Mail


class NotificationQuery(PageQuery):
    unread: bool = Field(default=False, description="Only what was not read yet")


class NotificationOut(Answer):
    id: UUID
    kind: str = Field(description=f"What happened: {', '.join(Kind)}; more may come")
    text: str
    next: str = Field(description="What to do now")
    link: str = Field(description="The page of what it is about, under the market's own address")
    entity: str = Field(description="What it is about: listing, need, certificate, quote, thread, ...")
    entity_id: UUID
    watch_entity: str | None = Field(description="What of yours it fits: need, listing, saved_search, quote, agreement")
    watch_id: UUID | None
    organization_id: UUID | None = Field(description="Your organization, for which it matters")
    created_at: Instant
    read_at: Instant | None


class NotificationPage(Page[NotificationOut]):
    unread: int = Field(description="All that were not read yet, not only on this page")


class MarkedRead(Answer):
    read: int = Field(description="How many were not read before")


class PreferenceUpdate(Schema):
    """What is sent is changed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"mail": "daily", "quiet_from": "21:00", "quiet_until": "06:00"}]}
    )

    mail: Mail = Field(
        default="instant", description="Of matches, recalls, quotes and messages; each saved search says it for itself"
    )
    language: Language = Field(default="vi", description="Of mail, and of what rings")
    messenger: bool = Field(
        default=False, description="Whether news also go to your proved phone number, where the market has a gateway"
    )
    quiet_from: HourMinute | None = Field(
        default=None, description="From then on nothing rings, by the clock of Vietnam"
    )
    quiet_until: HourMinute | None = Field(
        default=None, description="Until then; what there was to ring about rings then"
    )
    quiet_kinds: list[Kind] = Field(
        default_factory=list, max_length=len(Kind), description="Kinds of news that stay in the application"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sent = {"quiet_from", "quiet_until"} & self.model_fields_set
        if len(sent) == 1 or (self.quiet_from is None) != (self.quiet_until is None):
            raise refusal(
                "quiet-hours",
                "Giờ yên lặng cần cả quiet_from và quiet_until.",
                "Quiet hours need both quiet_from and quiet_until.",
            )
        return self


class PreferenceOut(Answer):
    mail: Mail
    language: Language
    messenger: bool
    quiet_from: HourMinute | None
    quiet_until: HourMinute | None
    quiet_kinds: list[str]
