"""The table of lots."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core.db import Entity
from market.listings.models import Listing
from market.photos.models import Cover


class Lot(Entity):
    """What was harvested together of one listing, as its label names it."""

    __tablename__ = "lot"
    __table_args__ = (
        Index(
            "uq_lot_organization_id_code",
            "organization_id",
            "code",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        CheckConstraint("(recalled_at is null) = (recall_reason is null)", name="recalls_have_reasons"),
        CheckConstraint("(withdrawn_at is null) = (withdrawal_reason is null)", name="withdrawals_have_reasons"),
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
    recalled_at: Mapped[datetime | None]
    """Since when its goods must not be sold or eaten."""
    recall_reason: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    """Since when it is no lot: recorded by mistake. Its code is free again."""
    withdrawal_reason: Mapped[str | None]

    listing: Mapped[Listing] = relationship(lazy="raise")
