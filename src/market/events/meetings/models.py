"""Tables of wishes, meetings, and how far the timetable is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core.changes import PRIVATE
from market.core.db import Base, Entity
from market.organizations.models import Organization

MeetingStatus = Literal["planned", "held", "missed", "cancelled"]
Outcome = Literal["interested", "sample", "visit", "mou", "contract", "none"]
TimetableStatus = Literal["queued", "running", "done", "failed"]


def _once(who: str, column: str) -> ExcludeConstraint:
    """Nobody sits at two tables, and no table has two meetings, at one time."""
    return ExcludeConstraint(
        ("event_id", "="),
        (column, "="),
        ("starts_at", "="),
        name=f"ex_meeting_{who}_once",
        where="status <> 'cancelled'",
        using="btree",
        deferrable=True,
        initially="DEFERRED",
    )


class Wish(Entity):
    """An organization would like to meet another at an event."""

    __tablename__ = "event_wish"
    __table_args__ = (UniqueConstraint("event_id", "organization_id", "partner_id"),)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    note: Mapped[str | None] = mapped_column(info=PRIVATE)
    withdrawn_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship(lazy="raise", foreign_keys=organization_id)
    partner: Mapped[Organization] = relationship(lazy="raise", foreign_keys=partner_id)


class Meeting(Entity):
    """Two organizations at a table in a slot, and what came of it."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="period_in_order"),
        Index("ix_meeting_event_id", "event_id", "starts_at"),
        Index(
            "ix_meeting_follow_up_on",
            "follow_up_on",
            postgresql_where=text("follow_up_on IS NOT NULL AND follow_up_done_at IS NULL"),
        ),
        _once("seller", "seller_id"),
        _once("buyer", "buyer_id"),
        _once("table", "table_number"),
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    buyer_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    table_number: Mapped[int]
    hall: Mapped[str | None]
    weight: Mapped[int]
    """How much it was worth when it was planned; see `worth`."""
    status: Mapped[MeetingStatus] = mapped_column(default="planned")
    outcome: Mapped[Outcome | None]
    outcome_reason: Mapped[str | None]
    """Why nothing came of it."""
    outcome_note: Mapped[str | None] = mapped_column(info=PRIVATE)
    outcome_at: Mapped[datetime | None]
    """When it was said, by the corrected clock of who said it."""
    outcome_key: Mapped[str | None]
    """Decides between two that were said at the same time, whichever comes in first."""
    follow_up_on: Mapped[date | None]
    follow_up_note: Mapped[str | None] = mapped_column(info=PRIVATE)
    follow_up_done_at: Mapped[datetime | None]

    seller: Mapped[Organization] = relationship(lazy="raise", foreign_keys=seller_id)
    buyer: Mapped[Organization] = relationship(lazy="raise", foreign_keys=buyer_id)


class Timetable(Base):
    """How far the making of an event's timetable is, and what it came to."""

    __tablename__ = "event_timetable"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    status: Mapped[TimetableStatus]
    progress: Mapped[int]
    """In percent."""
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """A `schemas.TimetableResult`."""
