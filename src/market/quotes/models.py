"""Tables of quotes: the quote, what it said at each revision, and the threads of two organizations."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from market.attachments.models import Attachment
from market.core import clock
from market.core.changes import PRIVATE
from market.core.db import Base, Entity, Vnd
from market.core.ids import new_id
from market.needs.models import Need
from market.organizations.models import Organization
from market.quotes.states import QuoteStatus, Side
from market.quotes.terms import DeclineReason, DeliveryPoint, Packaging, PaymentMethod, Returns
from market.reference.cadence import Per

IS_OPEN = text("status IN ('draft', 'submitted', 'countered')")
ON_THE_TABLE = text("status IN ('submitted', 'countered')")


class Quote(Entity):
    """A supplier's answer to a need. What it says stands in its revisions, the last of which counts."""

    __tablename__ = "quote"
    __table_args__ = (
        CheckConstraint("(status = 'declined') = (decline_reason IS NOT NULL)", name="declined_with_a_reason"),
        Index("uq_quote_need_id_organization_id", "need_id", "organization_id", unique=True, postgresql_where=IS_OPEN),
        Index("ix_quote_need", "need_id", "status"),
        Index("ix_quote_organization", "organization_id", "status"),
        Index("ix_quote_valid_until", "valid_until", postgresql_where=ON_THE_TABLE),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    """The supplier."""
    status: Mapped[QuoteStatus] = mapped_column(default="draft")
    """See `states`."""
    revision: Mapped[int] = mapped_column(default=1)
    """Number of the revision that counts."""
    shown_from: Mapped[int | None]
    """Number of the first revision that the buyer sees; None while nothing was submitted."""
    valid_until: Mapped[date]
    """Last day on which the revision that counts can be accepted."""
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decline_reason: Mapped[DeclineReason | None]
    decline_note: Mapped[str | None] = mapped_column(info=PRIVATE)

    need: Mapped[Need] = relationship(lazy="raise")
    organization: Mapped[Organization] = relationship(lazy="raise")
    revisions: Mapped[list[QuoteRevision]] = relationship(lazy="raise", order_by="QuoteRevision.number")

    @property
    def current(self) -> QuoteRevision:
        """The revision that counts; the revisions must be loaded."""
        return self.revisions[-1]


class QuoteRevision(Base):
    """What a quote says: one offer or counter-offer. The table refuses UPDATE and DELETE by trigger."""

    __tablename__ = "quote_revision"
    __table_args__ = (
        UniqueConstraint("quote_id", "number"),
        CheckConstraint("discount_pct BETWEEN 0 AND 100", name="discount_is_a_percentage"),
        CheckConstraint("credit_days >= 0", name="credit_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quote.id"))
    number: Mapped[int]
    side: Mapped[Side]
    """Who wrote it."""
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    valid_until: Mapped[date]
    discount_pct: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    credit_days: Mapped[int] = mapped_column(default=0)
    delivery_point: Mapped[DeliveryPoint | None]
    delivery_place: Mapped[str | None]
    packaging: Mapped[Packaging | None]
    packaging_note: Mapped[str | None]
    tests: Mapped[list[str]] = mapped_column(ARRAY(Text))
    returns: Mapped[Returns | None]
    payment_method: Mapped[PaymentMethod | None]
    note: Mapped[str | None]

    lines: Mapped[list[QuoteLine]] = relationship(lazy="raise", order_by="QuoteLine.position")


class QuoteLine(Base):
    """Goods of one listing for one line of the need. A trigger lets nothing but `accepted_quantity` change."""

    __tablename__ = "quote_line"
    __table_args__ = (
        UniqueConstraint("revision_id", "need_line_id", "listing_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("ends_on >= starts_on", name="window_in_order"),
        CheckConstraint("price_vnd >= 0", name="price_not_negative"),
        CheckConstraint("accepted_quantity BETWEEN 0 AND quantity", name="accepted_within_quantity"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    revision_id: Mapped[UUID] = mapped_column(ForeignKey("quote_revision.id"))
    position: Mapped[int]
    need_line_id: Mapped[UUID] = mapped_column(ForeignKey("need_line.id"), index=True)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 3))
    unit: Mapped[str] = mapped_column(ForeignKey("measurement_unit.code"))
    per: Mapped[Per]
    weekdays: Mapped[list[int]]
    """Days of delivery, 1 is Monday; empty means every day."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    price_vnd: Mapped[Vnd]
    """For one unit, before the discount."""
    accepted_quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 3))
    """Counted by `per` like the quantity; None until the quote is accepted."""


ReportReason = Literal["spam", "fraud", "abuse", "impersonation", "other"]
ReportStatus = Literal["open", "settled"]


class Thread(Entity):
    """What two organizations write to each other, about one thing or nothing in particular."""

    __tablename__ = "thread"
    __table_args__ = (
        CheckConstraint("first_organization_id < second_organization_id", name="pair_in_order"),
        CheckConstraint("num_nonnulls(need_id, listing_id, quote_id) <= 1", name="about_one_thing"),
        UniqueConstraint(
            "first_organization_id",
            "second_organization_id",
            "need_id",
            "listing_id",
            "quote_id",
            name="uq_thread_pair_and_subject",
            postgresql_nulls_not_distinct=True,
        ),
    )

    first_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    second_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    """The pair in the order of the ids, so that a thread is found from either side."""
    need_id: Mapped[UUID | None] = mapped_column(ForeignKey("need.id"), index=True)
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"), index=True)
    quote_id: Mapped[UUID | None] = mapped_column(ForeignKey("quote.id"), index=True)
    last_message_id: Mapped[UUID] = mapped_column(unique=True)
    """The newest message: threads are listed by it."""

    first: Mapped[Organization] = relationship(lazy="raise", foreign_keys=first_organization_id)
    second: Mapped[Organization] = relationship(lazy="raise", foreign_keys=second_organization_id)


class Report(Entity):
    """That one side of a thread asks officers to look at it."""

    __tablename__ = "thread_report"
    __table_args__ = (
        Index(
            "uq_thread_report_open",
            "thread_id",
            "organization_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
    )

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    reported_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[ReportReason]
    note: Mapped[str | None] = mapped_column(info=PRIVATE)
    status: Mapped[ReportStatus] = mapped_column(default="open")
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]
    settlement: Mapped[str | None] = mapped_column(info=PRIVATE)


class ThreadMessage(Base):
    """One message. The table refuses UPDATE and DELETE by trigger; the change log never holds its text."""

    __tablename__ = "thread_message"
    __table_args__ = (Index("ix_thread_message_thread", "thread_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"))
    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    """For which side it was written."""
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    text: Mapped[str]
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), unique=True)
    """The file that came with it."""

    attachment: Mapped[Attachment | None] = relationship(lazy="raise")


class ThreadReading(Base):
    """How far a person has read a thread."""

    __tablename__ = "thread_reading"

    thread_id: Mapped[UUID] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    message_id: Mapped[UUID]
    """The newest message that was read."""
