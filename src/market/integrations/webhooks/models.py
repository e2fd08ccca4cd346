"""Where an organization wants to be told, and every message that was meant for there."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.changes import PRIVATE
from market.core.db import Base, Entity
from market.core.ids import new_id

WebhookStatus = Literal["active", "paused", "disabled"]
BodyKind = Literal["thin", "full"]
DisabledReason = Literal["gone", "failing", "secret-lost"]
DeliveryStatus = Literal["waiting", "delivered", "failed"]


class Webhook(Entity):
    """One endpoint of one organization."""

    __tablename__ = "webhook"
    __table_args__ = (Index("ix_webhook_organization_id", "organization_id"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    url: Mapped[str] = mapped_column(info=PRIVATE)
    """Private: addresses of others' servers carry secrets of their own."""
    description: Mapped[str | None]
    event_types: Mapped[list[str]]
    """Empty: all of them."""
    body: Mapped[BodyKind]
    status: Mapped[WebhookStatus]
    disabled_reason: Mapped[str | None]
    """A `DisabledReason`."""
    secret: Mapped[bytes] = mapped_column(LargeBinary, info=PRIVATE)
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary, info=PRIVATE)
    """Both sealed (`signing.py`)."""
    previous_until: Mapped[datetime | None]
    """Until when messages are signed with the secret before, too."""
    deleted_at: Mapped[datetime | None]


class WebhookRest(Base):
    """An endpoint that takes nothing at present is left alone until then, whatever else there is to tell it."""

    __tablename__ = "webhook_rest"

    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id"), primary_key=True)
    until: Mapped[datetime]


class WebhookDelivery(Base):
    """One message for one endpoint. Not a thing that people change: it follows from the log."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_webhook_id", "webhook_id", "id"),
        Index("ix_webhook_delivery_due", "webhook_id", "next_attempt_at", postgresql_where=text("status = 'waiting'")),
        Index("ix_webhook_delivery_created_at", "created_at", postgresql_using="brin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id"))
    event_type: Mapped[str]
    entity_id: Mapped[UUID | None]
    body: Mapped[str]
    """What is sent, byte for byte: signatures of a replay hold."""
    status: Mapped[DeliveryStatus]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_attempt_at: Mapped[datetime | None]
    response_status: Mapped[int | None]
    error: Mapped[str | None]
    """Why the last attempt did not arrive: a word for programs."""
    took_ms: Mapped[int | None]
