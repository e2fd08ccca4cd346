"""Tables of what people are told, and how they want to be told."""

from __future__ import annotations

from datetime import datetime, time
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
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
    messenger: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether news also go to their phone number, by the gateway of the installation."""
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    """Between these, by the clock of Vietnam, nothing rings: what is to be pushed waits."""
    quiet_kinds: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
    """Kinds of news that stay in the application."""


class PushSubscription(Base):
    """A browser that shows news of one person, while the sign-in that it was made with lasts. Not a thing that people
    change: they make it and take it away."""

    __tablename__ = "push_subscription"
    __table_args__ = (
        UniqueConstraint("user_id", "endpoint_hash"),
        Index("ix_push_subscription_sign_in_id", "sign_in_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in.id", ondelete="CASCADE"))
    endpoint_hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Where it is pushed to, and the keys of the browser: whoever has them can read and write there."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


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
