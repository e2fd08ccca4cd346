"""Tables of devices and of what they sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from market.core.changes import PRIVATE
from market.core.db import Entity

ItemKind = Literal["check_in", "outcome", "paper"]
ItemState = Literal["kept", "duplicate", "merged"]


class Device(Entity):
    """A phone or tablet at the desk of one event, and of nothing else."""

    __tablename__ = "event_device"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=PRIVATE)
    """Of its token, which is shown once."""
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))


class DeskItem(Entity):
    """What a device noted, once, however often it is sent. Nothing that was noted is ever dropped."""

    __tablename__ = "event_desk_item"
    __table_args__ = (
        UniqueConstraint("event_id", "client_id"),
        Index("ix_event_desk_item_event_id_digest", "event_id", "kind", "digest"),
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    client_id: Mapped[UUID]
    """Made by the device; good for retries for ever."""
    kind: Mapped[ItemKind]
    sequence: Mapped[int] = mapped_column(BigInteger)
    """The device's own count: what it noted first, whatever its clock said."""
    at: Mapped[datetime]
    """When it was noted, by our clock."""
    client_at: Mapped[datetime]
    """When the device says that it was noted."""
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, info=PRIVATE)
    digest: Mapped[str]
    """The same for what is probably the same: a person who came, a meeting, a paper."""
    state: Mapped[ItemState]
    about_id: Mapped[UUID | None]
    """The registration, meeting or agreement."""
    duplicate_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("event_desk_item.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("event_device.id"))
