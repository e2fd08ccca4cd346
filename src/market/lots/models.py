"""The table of lots."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core.db import Entity
from market.listings.models import Listing
from market.photos.models import Cover


class Lot(Entity):
    """What was harvested together of one listing, as its label names it."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        CheckConstraint("harvested_to >= harvested_from", name="harvest_in_order"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin_is_one"),
        Index("ix_lot_gtin", "gtin", "code", postgresql_where=text("gtin IS NOT NULL")),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    """The listing's, here because codes are unique in it."""
    code: Mapped[str]
    """As printed: 20 letters, digits, dots, dashes and underscores at most, so that it fits a GS1 label."""
    gtin: Mapped[str | None]
    """GTIN-14, zeros in front. Not unique: who types a number first would keep its owner out."""
    harvested_from: Mapped[date]
    harvested_to: Mapped[date]
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 3))
    unit: Mapped[str] = mapped_column(ForeignKey("measurement_unit.code"))
    growing_area_code: Mapped[str | None]
    """Mã số vùng trồng, as the authority gave it."""
    packed_on: Mapped[date | None]
    best_before: Mapped[date | None]
    note: Mapped[str | None]
    photo: Mapped[Cover | None]

    listing: Mapped[Listing] = relationship(lazy="raise")
