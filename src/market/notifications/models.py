"""Tables of what people are told, and how they want to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.db import Base, Entity
from market.core.ids import new_id
from market.core.language import Language

Mail = Literal["off", "instant", "daily"]


class NotificationPreference(Entity):
    """How one person wants to be told of what is not a saved search's. Without a row the defaults hold."""

    __tablename__ = "notification_preference"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), unique=True)
    mail: Mapped[Mail] = mapped_column(default="instant")
    language: Mapped[Language] = mapped_column(default="vi")


class Notification(Base):
    """Something that one person is told once. Only that person may see it."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("user_id", "dedupe_key"),
        Index("ix_notification_user", "user_id", "id"),
        Index("ix_notification_unread", "user_id", postgresql_where=text("read_at IS NULL")),
        Index(
            "ix_notification_digest",
            "user_id",
            postgresql_where=text("mail = 'daily' AND emailed_at IS NULL"),
        ),
        Index(
            "ix_notification_mail_caused",
            "caused_by",
            "created_at",
            postgresql_where=text("caused_by IS NOT NULL AND mail <> 'off'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    """The recipient's own, for which this matters."""
    kind: Mapped[str]
    """A `kinds.Kind`."""
    entity: Mapped[str]
    entity_id: Mapped[UUID]
    entity_version: Mapped[int]
    """What it is about, as it was then."""
    watch_entity: Mapped[str | None]
    watch_id: Mapped[UUID | None]
    """The recipient's own need, listing or saved search that it fits."""
    text_vi: Mapped[str]
    text_en: Mapped[str]
    dedupe_key: Mapped[str]
    """What happened, in a way that is the same however often it is found to have happened."""
    mail: Mapped[Mail]
    caused_by: Mapped[UUID | None]
    """The organization whose deed it tells of."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]
    emailed_at: Mapped[datetime | None]
    texted_at: Mapped[datetime | None]
    """Sent as a text message."""
