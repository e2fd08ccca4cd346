"""Tables of listings."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Computed, ForeignKey, ForeignKeyConstraint, Index, Numeric, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.certificates.models import Certificate
from market.core import clock
from market.core.db import Base, Entity, Vnd
from market.core.ids import new_id
from market.organizations.models import Organization
from market.organizations.publication import Status
from market.photos.models import Cover
from market.reference.cadence import Per
from market.reference.records import Certainty, CommuneVersion, Version

ConceptSource = Literal["given", "inferred"]
Holder = Literal["quote", "agreement"]
"""What capacity can be reserved for."""
HOLDERS: tuple[Holder, ...] = ("quote", "agreement")

listing_certificate = Table(
    "listing_certificate",
    Base.metadata,
    Column("listing_id", ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True),
    Column("certificate_id", ForeignKey("certificate.id"), primary_key=True, index=True),
)


class Listing(Entity):
    """One organization's offer of a concept."""

    __tablename__ = "listing"
    # search_text is for statements: fetching it back would cost many new rows their one statement.
    __mapper_args__ = {"eager_defaults": False}
    __table_args__ = (
        ForeignKeyConstraint(["province_code", "province_version"], ["province_unit.code", "province_unit.version"]),
        ForeignKeyConstraint(["commune_code", "commune_version"], ["commune.code", "commune.version"]),
        CheckConstraint("price_vnd >= 0", name="price_not_negative"),
        CheckConstraint("moq > 0", name="moq_positive"),
        CheckConstraint("kg_each > 0", name="kg_each_positive"),
        Index("ix_listing_organization", "organization_id", "status"),
        Index("ix_listing_name_key", "name_key", postgresql_where=text("concept_id IS NULL")),
        Index("ix_listing_category", "category_id", postgresql_where=text("status = 'published'")),
        Index("ix_listing_own_title", "organization_id", text("btrim(market_searchable(title))")),
        Index(
            "uq_listing_organization_id_external_id",
            "organization_id",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_listing_concept", "concept_id", postgresql_where=text("status = 'published'")),
        Index(
            "ix_listing_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
            postgresql_where=text("status = 'published'"),
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    title: Mapped[str]
    description: Mapped[str | None]
    variety: Mapped[str | None]
    grade: Mapped[str | None]
    growing_area: Mapped[str | None]
    """Code or name of where it grows, as certificates of an area name it."""
    concept_id: Mapped[str | None]
    """A concept or a pair that its id spells (mango.powder); null for a name that nobody has placed yet."""
    category_id: Mapped[str]
    certainty: Mapped[Certainty] = mapped_column(server_default="given")
    evidence: Mapped[list[str]] = mapped_column(server_default="{}")
    """Words of the title that the goods were read from."""
    name_key: Mapped[str | None]
    """Of an open name: its words without marks, by which it stands in the queue of names."""
    may_be: Mapped[list[str]] = mapped_column(server_default="{}")
    """Concepts that an open name may mean, the likeliest first."""
    concept_source: Mapped[ConceptSource]
    confidence: Mapped[float | None]
    """How sure the inference is, 0 to 1; null when the concept was given."""
    province_code: Mapped[str]
    province_version: Mapped[Version]
    commune_code: Mapped[str | None]
    commune_version: Mapped[CommuneVersion | None]
    """Where in the province, as recorded; what it is today is derived."""
    unit: Mapped[str] = mapped_column(ForeignKey("measurement_unit.code"))
    price_vnd: Mapped[Vnd | None]
    price_tiers: Mapped[list[dict[str, Any]]]
    """`{min_quantity, price_vnd}` by rising quantity: what larger orders pay for a unit."""
    price_until: Mapped[date | None]
    """Last day of the price; after it, it is to be asked for."""
    moq: Mapped[Decimal | None] = mapped_column(Numeric(18, 3))
    kg_each: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    """What one unit weighs, where the unit has no fixed weight: a piece, a bunch, a carton."""
    size: Mapped[str | None]
    external_id: Mapped[str | None]
    """What the organization calls it in its own books."""
    packaging: Mapped[str | None]
    shelf_life_days: Mapped[int | None]
    cold_chain: Mapped[bool] = mapped_column(default=False)
    status: Mapped[Status] = mapped_column(default="draft")
    published_at: Mapped[datetime | None]
    photo: Mapped[Cover | None]
    search_text: Mapped[str] = mapped_column(
        Computed(
            "market_searchable(title || ' ' || coalesce(variety, '') || ' ' || coalesce(description, ''))",
            persisted=True,
        )
    )

    organization: Mapped[Organization] = relationship(lazy="raise")
    capacity: Mapped[list[ListingCapacity]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="ListingCapacity.starts_on"
    )
    certificates: Mapped[list[Certificate]] = relationship(
        lazy="raise", secondary=listing_certificate, order_by=Certificate.id
    )


class ListingCapacity(Base):
    """How much of a listing can be had from a day through another."""

    __tablename__ = "listing_capacity"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="window_in_order"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 3))
    per: Mapped[Per]


class ListingPrice(Base):
    """What a listing cost from a moment on. Never changed: the last one holds."""

    __tablename__ = "listing_price"
    __table_args__ = (Index("ix_listing_price_listing", "listing_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))
    price_vnd: Mapped[Vnd | None]
    until: Mapped[date | None]
    """Its last day, as it was said then."""
    set_at: Mapped[datetime] = mapped_column(default=clock.now)


class CapacityReservation(Base):
    """What of a listing is promised in one ISO week. Never deleted: what is no longer promised is released.

    The rooms that promise stand above this one, so the holder is named by its kind and id alone.
    """

    __tablename__ = "capacity_reservation"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_capacity_reservation_listing", "listing_id", "week", postgresql_where=text("released_at IS NULL")),
        Index("ix_capacity_reservation_holder", "holder_id"),
        Index(
            "uq_capacity_reservation_line_id_week",
            "line_id",
            "week",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id"))
    week: Mapped[int]
    """`year * 100 + week` of ISO 8601."""
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 3))
    """In the listing's unit."""
    holder: Mapped[Holder]
    holder_id: Mapped[UUID]
    line_id: Mapped[UUID]
    """The line of the holder that promises it."""
    reserved_at: Mapped[datetime] = mapped_column(default=clock.now)
    released_at: Mapped[datetime | None]
