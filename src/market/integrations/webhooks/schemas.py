"""What endpoints and messages look like over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.core.language import Message
from market.core.pagination import PageQuery
from market.core.schemas import Answer, Instant, Schema
from market.core.validation import refusal
from market.integrations.entities import ENTITIES
from market.integrations.webhooks.models import BodyKind, DeliveryStatus, WebhookStatus

CHANGES = ("created", "updated", "gone")
TEST_TYPE = "webhook.test"
EVENT_TYPES = tuple(f"{entity.name}.{change}" for entity in ENTITIES for change in CHANGES)
CHOICES = frozenset(EVENT_TYPES) | {f"{entity.name}.*" for entity in ENTITIES}

EventTypes = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=len(CHOICES))]


def _require_known(event_types: list[str] | None) -> None:
    for name in event_types or ():
        if name not in CHOICES:
            raise refusal("unknown_event_type", f"Không có loại sự kiện {name}.", f"There is no event type {name}.")


class WebhookCreate(Schema):
    """An endpoint to be told."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://htx.example/market",
                    "description": "Kho",
                    "event_types": ["listing.*", "need.created"],
                    "body": "thin",
                }
            ]
        }
    )

    url: str = Field(max_length=2000, description="https only; redirects are not followed")
    description: str | None = Field(default=None, max_length=200)
    event_types: EventTypes = Field(
        default_factory=list, description="`listing.created`, or `listing.*` for all of a kind; empty for everything"
    )
    body: BodyKind = Field(default="thin", description="full: the thing itself too, while that stays under 20 kB")

    @model_validator(mode="after")
    def _known(self) -> Self:
        _require_known(self.event_types)
        return self


class WebhookUpdate(Schema):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "active"}]})

    url: str | None = Field(default=None, max_length=2000)
    description: str | None = Field(default=None, max_length=200)
    event_types: EventTypes | None = None
    body: BodyKind | None = None
    status: Literal["active", "paused"] | None = Field(
        default=None, description="active again also after it was disabled"
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        _require_known(self.event_types)
        for name in ("url", "event_types", "body", "status"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise refusal("not_nullable", f"Không được bỏ trống {name}.", f"{name} cannot be null.")
        return self


class WebhookOut(Answer):
    id: UUID
    url: str
    description: str | None
    event_types: list[str]
    body: BodyKind
    status: WebhookStatus
    disabled_reason: str | None = Field(
        description="gone: the endpoint answered 410; failing: nothing arrived for three days; secret-lost: the market "
        "can no longer read the secret, exchange it"
    )
    previous_until: Instant | None = Field(
        description="Until when messages carry a signature of the secret before, too"
    )
    created_at: Instant
    updated_at: Instant
    version: int


class WebhookMade(WebhookOut):
    secret: str = Field(description="Signs the messages (Standard Webhooks); shown this once")


class WebhookDeliveryQuery(PageQuery):
    status: DeliveryStatus | None = Field(default=None, description="waiting, delivered or failed")


class WebhookDeliveryOut(Answer):
    """A message and what became of it."""

    id: UUID
    event_type: str
    entity_id: UUID | None
    status: DeliveryStatus
    attempts: int
    created_at: Instant
    next_attempt_at: Instant | None = Field(description="Null when it will not be tried again by itself")
    last_attempt_at: Instant | None
    response_status: int | None
    error: str | None = Field(description="refused, redirected, no-answer, not-connected or address-refused")
    took_ms: int | None
    body: dict[str, Any] = Field(description="What is sent")


class ReplayIn(Schema):
    """Which messages to send again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "failed"}]})

    status: DeliveryStatus = Field(default="failed", description="Only messages in this state")
    since: datetime | None = Field(default=None, description="Only messages made since")


class Replayed(Answer):
    queued: int = Field(description="How many messages wait to be sent again")


MEANINGS = {
    "created": Message(vi="mới có", en="is new, or new to you"),
    "updated": Message(vi="đã thay đổi", en="has changed"),
    "gone": Message(vi="bạn không còn thấy được", en="is no longer visible to you"),
}


def described_webhooks() -> dict[str, Any]:
    """The messages as OpenAPI describes them."""
    return {
        f"{entity.name}.{change}": {"post": _described(entity.name, change)}
        for entity in ENTITIES
        for change in CHANGES
    }


def _described(entity: str, change: str) -> dict[str, Any]:
    example = {
        "type": f"{entity}.{change}",
        "timestamp": "2026-12-01T03:00:00+00:00",
        "data": {
            "entity": entity,
            "id": "0192f8c5-7c2e-7a52-8f9b-3f0e5d0c8a01",
            "change": change,
            "href": f"/api/v1/{entity}s/0192f8c5-7c2e-7a52-8f9b-3f0e5d0c8a01",
        },
    }
    return {
        "operationId": f"on{entity.capitalize()}{change.capitalize()}",
        "summary": f"A {entity} {MEANINGS[change].en}",
        "description": "Signed as Standard Webhooks has it: webhook-id, webhook-timestamp, webhook-signature. Answer "
        "2xx within ten seconds; anything else is tried again over three days, 410 ends it. Messages may come twice "
        "(same webhook-id) and are thin unless the endpoint asked for full ones.",
        "tags": ["webhooks"],
        "security": [],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/WebhookMessage"}, "example": example}
            },
        },
        "responses": {"2XX": {"description": "Taken"}, "410": {"description": "Never again: disables the endpoint"}},
    }


_EXPLAINED = (f"{entity.name}.{change}: it {MEANINGS[change].en}" for entity in ENTITIES for change in CHANGES)
MESSAGE = {
    "type": "object",
    "required": ["type", "timestamp", "data"],
    "properties": {
        "type": {
            "type": "string",
            "enum": [*EVENT_TYPES, TEST_TYPE],
            "description": "; ".join([*_EXPLAINED, f"{TEST_TYPE}: nothing happened, somebody tries the endpoint"]),
        },
        "timestamp": {"type": "string", "format": "date-time", "description": "When the thing last changed"},
        "data": {
            "type": "object",
            "required": ["entity", "id", "change", "href"],
            "properties": {
                "entity": {"type": "string"},
                "id": {"type": "string", "format": "uuid"},
                "change": {"type": "string", "enum": list(CHANGES)},
                "href": {"type": "string", "description": "Where the thing can be read, under the market's address"},
                "thing": {"type": "object", "description": "As the API answers it, in full messages under 20 kB"},
            },
        },
    },
}
"""A message as JSON schema."""
