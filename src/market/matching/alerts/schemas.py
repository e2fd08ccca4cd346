"""What the routes of saved searches and notifications take and give."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from market.core.language import Language
from market.core.pagination import Page, PageQuery
from market.core.schemas import Answer, Flag, Instant, Line, Schema
from market.matching.alerts.models import Channel, Frequency, Kind, Mail
from market.search.asking import SearchQuery

QUERY = "The parameters of GET /listings or GET /needs; sort, page, limit and facets do not matter"


class SavedSearchCreate(Schema):
    """A search to be told of."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "listings",
                    "name": "Bưởi da xanh Bến Tre",
                    "query": {"q": "bưởi da xanh bến tre dưới 40k", "certificate": ["vietgap"]},
                    "channel": "email",
                    "frequency": "daily",
                }
            ]
        }
    )

    kind: Kind
    name: Line
    query: SearchQuery = Field(description=QUERY)
    channel: Channel = Field(default="in_app", description="email: by mail too")
    frequency: Frequency = Field(default="instant", description="daily: one mail each morning")


class SavedSearchUpdate(Schema):
    """What is sent is changed."""

    name: Line = ""
    query: SearchQuery = Field(default_factory=SearchQuery, description=QUERY)
    channel: Channel = "in_app"
    frequency: Frequency = "instant"
    active: Flag = True


class SavedSearchOut(Answer):
    id: UUID
    kind: Kind
    name: str
    query: dict[str, Any]
    channel: Channel
    frequency: Frequency
    active: bool
    organization_id: UUID | None
    created_at: Instant
    updated_at: Instant
    version: int


class NotificationQuery(PageQuery):
    unread: bool = Field(default=False, description="Only what was not read yet")


class NotificationOut(Answer):
    id: UUID
    kind: str = Field(
        description="listing_match, need_match, saved_search, certificate_recalled, certificate_expiring, "
        "quote_submitted, quote_revised, quote_countered, quote_accepted, quote_declined, quote_withdrawn, "
        "quote_expired, agreement_drawn_up, message, ..."
    )
    text: str
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


class Unsubscribed(Answer):
    unsubscribed: bool
    message: str
