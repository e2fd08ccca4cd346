"""Tables of events and registrations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Sequence,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core.changes import PRIVATE
from market.core.db import Base, Entity
from market.events.states import Side
from market.organizations.models import Organization
from market.photos.models import Cover
from market.reference.records import Version

EVENT_CODES = Sequence("event_code_number", metadata=Base.metadata)
"""Numbers the events whose organizer chose no code."""


class Event(Entity):
    """A conference, fair, seminar, delegation or growing-area survey."""

    __tablename__ = "event"
    __table_args__ = (
        ForeignKeyConstraint(["province_code", "province_version"], ["province_unit.code", "province_unit.version"]),
        CheckConstraint("ends_on >= starts_on", name="period_in_order"),
        CheckConstraint("tables > 0", name="tables_positive"),
        CheckConstraint("slot_minutes between 5 and 480", name="slot_minutes_sensible"),
        CheckConstraint("break_minutes between 0 and 240", name="break_minutes_sensible"),
        CheckConstraint("walking_minutes between 0 and 120", name="walking_minutes_sensible"),
        Index("ix_event_province", "province_code", "province_version"),
    )

    code: Mapped[str] = mapped_column(unique=True)
    """Short and unique; agreements signed at the event are numbered by it."""
    name: Mapped[str]
    kind: Mapped[str]
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    province_code: Mapped[str]
    province_version: Mapped[Version] = mapped_column(Text)
    """The unit as it was when the event was recorded."""
    place: Mapped[str | None]
    address: Mapped[str | None]
    organizer_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    """None when the officers of the programme organize it themselves."""
    programme_group_id: Mapped[str | None] = mapped_column(ForeignKey("programme_group.id"), index=True)
    description: Mapped[str | None]
    tables: Mapped[int | None]
    """How many meetings can be held at the same time, where no halls are named."""
    halls: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """Each a `venue.Hall`."""
    sessions: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """Each a `venue.SessionIn`, in order of time."""
    booths: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """The floor list: each a `venue.Booth`."""
    slot_minutes: Mapped[int] = mapped_column(default=20, server_default=text("20"))
    break_minutes: Mapped[int] = mapped_column(default=5, server_default=text("5"))
    """Between one meeting and the next."""
    walking_minutes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """From one hall to another."""
    capacity_organizations: Mapped[int | None]
    capacity_delegates: Mapped[int | None]
    """Whoever registers beyond these waits."""
    registration_closes_on: Mapped[date | None]
    wishes_close_on: Mapped[date | None]
    most_meetings: Mapped[int | None]
    """Of one organization; None: as many as there are slots."""
    cloned_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"), index=True)
    """The event that this one came of: a survey visit agreed upon there."""
    status: Mapped[str] = mapped_column(default="draft")
    """draft, published, closed or cancelled; see `states`."""
    published_at: Mapped[datetime | None]

    organizer: Mapped[Organization | None] = relationship(lazy="raise")


class Registration(Entity):
    """An organization that takes part in an event."""

    __tablename__ = "event_registration"
    __table_args__ = (
        UniqueConstraint("event_id", "organization_id"),
        CheckConstraint("delegates_count > 0", name="delegates_positive"),
        CheckConstraint("booths >= 0", name="booths_not_negative"),
        Index(
            "ix_event_registration_delegate_names",
            text("market_delegate_names(delegates)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    delegates_count: Mapped[int]
    delegates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, info=PRIVATE)
    """Each with name, title, phone; names may come later than the number."""
    booths: Mapped[int] = mapped_column(default=0)
    booth_wish: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="requested")
    """requested, waiting, accepted, declined or withdrawn; see `states`."""
    decision_note: Mapped[str | None]
    side: Mapped[Side | None]
    """At which side of the table it sits; None: it meets nobody."""
    booth_numbers: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
    """Of the floor list, given by the organizer."""
    away: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    """When it can meet nobody: each a `venue.Stretch`."""
    consent: Mapped[str | None]
    """How the organization agreed, where an officer registered it."""
    photo: Mapped[Cover | None]
    """Of its booth."""

    event: Mapped[Event] = relationship(lazy="raise")
    organization: Mapped[Organization] = relationship(lazy="raise")
