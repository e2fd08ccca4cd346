"""What the routes of notifications take and give."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from market.core.language import Language
from market.core.pagination import Page, PageQuery
from market.core.schemas import Answer, Instant, Schema
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

    mail: Mail = Field(
        default="instant", description="Of matches, recalls, quotes and messages; each saved search says it for itself"
    )
    language: Language = Field(default="vi", description="Of mail")


class PreferenceOut(Answer):
    mail: Mail
    language: Language
