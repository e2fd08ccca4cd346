"""Tables of needs."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, ForeignKeyConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core.db import Base, Entity, Vnd
from market.core.ids import new_id
from market.organizations.models import Organization
from market.organizations.publication import Status
from market.reference.cadence import Per
from market.reference.records import Certainty, Version


class Need(Entity):
    """What one organization asks for, delivered to one place."""

    __tablename__ = "need"
    # search_text is for statements: fetching it back would cost many new rows their one statement.
    __mapper_args__ = {"eager_defaults": False}
    __table_args__ = (
        ForeignKeyConstraint(["province_code", "province_version"], ["province_unit.code", "province_unit.version"]),
        Index("ix_need_organization", "organization_id", "status"),
        Index("ix_need_own_title", "organization_id", text("btrim(market_searchable(title))")),
        Index(
            "uq_need_organization_id_external_id",
            "organization_id",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index(
            "ix_need_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
            postgresql_where=text("status = 'published'"),
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    title: Mapped[str]
    description: Mapped[str | None]
    province_code: Mapped[str]
    province_version: Mapped[Version]
    """Where to deliver."""
    deliver_before: Mapped[time | None]
    deadline: Mapped[date | None]
    """Last day on which offers are welcome."""
    external_id: Mapped[str | None]
    """What the organization calls it in its own books."""
    status: Mapped[Status] = mapped_column(default="draft")
    published_at: Mapped[datetime | None]
    search_text: Mapped[str] = mapped_column(
        Computed("market_searchable(title || ' ' || coalesce(description, ''))", persisted=True)
    )

    organization: Mapped[Organization] = relationship(lazy="raise")
    lines: Mapped[list[NeedLine]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="NeedLine.position"
    )


class NeedLine(Base):
    """One kind of goods in a need: how much, how often, when, under which conditions."""

    __tablename__ = "need_line"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="window_in_order"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("concept_id IS NOT NULL OR name IS NOT NULL", name="goods_named"),
        Index("ix_need_line_accepted", "accepted", postgresql_using="gin"),
        Index("ix_need_line_concept", "concept_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str | None]
    """What the buyer calls the goods, where no concept was given."""
    concept_id: Mapped[str | None]
    """A concept or a pair that its id spells (mango.powder); null for a name that nobody has placed yet."""
    category_id: Mapped[str]
    certainty: Mapped[Certainty] = mapped_column(server_default="given")
    forms: Mapped[list[str]] = mapped_column(server_default="{}")
    """Further forms that will do as well."""
    accepted: Mapped[list[str]] = mapped_column(server_default="{}")
    """Concepts of those forms, and the line's own."""
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 3))
    unit: Mapped[str] = mapped_column(ForeignKey("measurement_unit.code"))
    per: Mapped[Per]
    weekdays: Mapped[list[int]]
    """Days of delivery, 1 is Monday; empty means every day."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    required_certificates: Mapped[list[str]]
    preferred_certificates: Mapped[list[str]]
    price_ceiling_vnd: Mapped[Vnd | None]
    kg_each: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    """What one unit must weigh at least, where the unit has no fixed weight."""
    grade: Mapped[str | None]
    size: Mapped[str | None]
    packaging: Mapped[str | None]
    note: Mapped[str | None]
