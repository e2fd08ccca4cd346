"""What the routes of saved searches take and give."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from market.core.schemas import Answer, Flag, Instant, Line, Schema
from market.matching.alerts.models import Channel, Frequency, Kind
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

    model_config = ConfigDict(json_schema_extra={"examples": [{"frequency": "daily"}]})

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


class Unsubscribed(Answer):
    unsubscribed: bool
    message: str
