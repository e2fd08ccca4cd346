"""What matching remembers: how each organization kept its deliveries."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.db import Base


class FulfilmentRecord(Base):
    """Agreement lines that fell due for an organization as seller, and how many of them were met.

    Lines with verified counterparties alone, and of each at most so many as the room of agreements says.
    Derived from the ledger of deliveries by the room of agreements; never typed in.
    """

    __tablename__ = "fulfilment_record"
    __table_args__ = (CheckConstraint("0 <= lines_met AND lines_met <= lines_due", name="met_within_due"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    lines_due: Mapped[int] = mapped_column(default=0)
    lines_met: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
