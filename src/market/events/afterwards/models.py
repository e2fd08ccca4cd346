"""Tables of findings and feedback; what follows on a meeting stands in its own row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core.changes import PRIVATE
from market.core.db import Entity
from market.organizations.models import Organization

Verdict = Literal["suitable", "with_conditions", "unsuitable"]


class Finding(Entity):
    """What a visit to a growing area found."""

    __tablename__ = "event_finding"
    __table_args__ = (CheckConstraint("area_ha > 0", name="area_positive"),)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    """Whose growing area was seen."""
    visited_on: Mapped[date]
    concept_id: Mapped[str | None] = mapped_column(ForeignKey("concept.id"))
    area_ha: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    """In hectares."""
    verdict: Mapped[Verdict]
    words: Mapped[str] = mapped_column(info=PRIVATE)

    organization: Mapped[Organization] = relationship(lazy="raise")


class Feedback(Entity):
    """What an organization thought of an event; one each, which it may change."""

    __tablename__ = "event_feedback"
    __table_args__ = (
        UniqueConstraint("event_id", "organization_id"),
        CheckConstraint("rating between 1 and 5", name="rating_in_range"),
    )

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    rating: Mapped[int]
    """1 (bad) to 5 (very good)."""
    again: Mapped[bool | None]
    """Whether it would come again."""
    words: Mapped[str | None] = mapped_column(info=PRIVATE)

    organization: Mapped[Organization] = relationship(lazy="raise")
