"""Tables of agreements: the paper, its parties and lines, what it said at each version, and what was delivered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from market.agreements.columns import says
from market.core.changes import PRIVATE
from market.core.db import Base, Entity
from market.core.ids import new_id
from market.events.models import Event
from market.organizations.models import Organization
from market.reference.records import Version


class Agreement(Entity):
    """An MOU or contract as it was signed. Amendments are newer rows that supersede; nothing is deleted."""

    __tablename__ = "agreement"
    __table_args__ = (
        ForeignKeyConstraint(["province_code", "province_version"], ["province_unit.code", "province_unit.version"]),
        CheckConstraint("num_nonnulls(province_code, province_version) <> 1", name="province_whole"),
        CheckConstraint("valid_until >= valid_from", name="validity_in_order"),
        CheckConstraint("value_vnd >= 0", name="value_not_negative"),
        CheckConstraint("status = 'draft' or signed_on is not null", name="signed_on_a_day"),
        Index("ix_agreement_province", "province_code", "province_version"),
        Index("ix_agreement_status_instrument", "status", "instrument"),
        Index(
            "uq_agreement_amends_id",
            "amends_id",
            unique=True,
            postgresql_where=text("amends_id IS NOT NULL AND discarded_at IS NULL"),
        ),
        Index(
            "uq_agreement_converted_from_id",
            "converted_from_id",
            unique=True,
            postgresql_where=text("converted_from_id IS NOT NULL AND amends_id IS NULL AND discarded_at IS NULL"),
        ),
        Index("ix_agreement_quote_id", "quote_id", postgresql_where=text("quote_id IS NOT NULL")),
        Index(
            "uq_agreement_quote_id",
            "quote_id",
            unique=True,
            postgresql_where=text("converted_from_id IS NULL AND amends_id IS NULL AND discarded_at IS NULL"),
        ),
    )

    number: Mapped[str] = mapped_column(unique=True, info=says("terms", shown="everybody"))
    """Ours, by event and year, e.g. 2026-NT01-0007; an amendment adds its own, e.g. 2026-NT01-0007-PL1."""
    paper_number: Mapped[str | None] = mapped_column(info=says("terms", sent=True, shown="insiders"))
    """As it stands on the paper; many MOUs have none."""
    instrument: Mapped[str] = mapped_column(
        info=says("terms", carried=True, sent=True, shown="everybody", counted=True)
    )
    domain: Mapped[str] = mapped_column(info=says("terms", carried=True, sent=True, shown="everybody", counted=True))
    """trade, or other: an MOU between health departments is no trade."""
    title: Mapped[str] = mapped_column(info=says("terms", carried=True, sent=True, shown="insiders"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"), index=True, info=says("terms", counted=True))
    signed_on: Mapped[date | None] = mapped_column(
        index=True, info=says("terms", sent=True, shown="everybody", counted=True)
    )
    signing_place: Mapped[str | None] = mapped_column(info=says("terms", sent=True, shown="insiders"))
    province_code: Mapped[str | None] = mapped_column(info=says("terms", counted=True))
    province_version: Mapped[Version | None] = mapped_column(Text, info=says("terms", counted=True))
    """Where it was signed: the unit as it was then."""
    valid_from: Mapped[date | None] = mapped_column(info=says("terms", carried=True, sent=True, shown="insiders"))
    valid_until: Mapped[date | None] = mapped_column(info=says("terms", carried=True, sent=True, shown="insiders"))
    value_vnd: Mapped[int | None] = mapped_column(
        BigInteger, info=says("terms", private=True, carried=True, shown="insiders", counted=True)
    )
    value_source: Mapped[str | None] = mapped_column(info=says("terms", carried=True, shown="insiders"))
    """stated: on the paper; computed: from the lines."""
    note: Mapped[str | None] = mapped_column(
        info=says("terms", private=True, carried=True, sent=True, aside=True, shown="insiders")
    )
    status: Mapped[str] = mapped_column(default="draft", info=says("course", shown="everybody", counted=True))
    """See `states`."""
    effective_on: Mapped[date | None] = mapped_column(info=says("course", shown="insiders", counted=True))
    ended_on: Mapped[date | None] = mapped_column(info=says("course", shown="insiders", counted=True))
    cause: Mapped[str | None] = mapped_column(info=says("course", shown="insiders", counted=True))
    cause_note: Mapped[str | None] = mapped_column(info=says("course", private=True, shown="insiders"))
    logged_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True, info=says("place"))
    """The organization that recorded the first version; None when an officer did."""
    amends_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"), info=says("terms", counted=True))
    amendment_number: Mapped[int] = mapped_column(default=0, info=says("terms"))
    amendment_cause: Mapped[str | None] = mapped_column(info=says("terms", shown="insiders"))
    amendment_note: Mapped[str | None] = mapped_column(info=says("terms", private=True, shown="insiders"))
    converted_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"), info=says("terms"))
    """The MOU that this contract came from."""
    quote_id: Mapped[UUID | None] = mapped_column(ForeignKey("quote.id"), info=says("terms", later=True, carried=True))
    """The accepted quote that it was drawn up from; amendments and contracts that follow carry it on."""
    trade_terms: Mapped[dict[str, Any] | None] = mapped_column(
        info=says("terms", private=True, later=True, carried=True)
    )
    """A `quotes.schemas.Terms`."""
    discarded_at: Mapped[datetime | None] = mapped_column(info=says("course"))
    clauses: Mapped[str | None] = mapped_column(
        info=says("terms", private=True, later=True, carried=True, sent=True, shown="insiders"), default=""
    )
    """What the paper says in words beside its lines and trade terms. None: it was logged when its note was printed."""
    vouched: Mapped[bool] = mapped_column(default=False, server_default=text("false"), info=says("consent"))
    """The event's verified body, or an officer by a mandate, recorded that it was signed."""
    vouched_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), info=says("consent"))
    """That body; None when an officer did."""
    mandate: Mapped[str | None] = mapped_column(info=says("consent", private=True))
    """By what an officer recorded it for its parties."""
    one_hand: Mapped[bool] = mapped_column(
        default=False, server_default=text("false"), info=says("consent", shown="insiders")
    )
    """One person speaks for both sides of what was confirmed; see `consent.hands`."""
    consent: Mapped[str] = mapped_column(
        default="note", server_default=text("'note'"), info=says("derived", shown="everybody")
    )
    """Whose word it is; see `consent.standing`."""

    event: Mapped[Event | None] = relationship(lazy="raise")
    logged_by: Mapped[Organization | None] = relationship(lazy="raise", foreign_keys=[logged_by_id])
    parties: Mapped[list[AgreementParty]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="AgreementParty.position"
    )
    lines: Mapped[list[AgreementLine]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="AgreementLine.position"
    )
    proposals: Mapped[list[AgreementProposal]] = relationship(
        lazy="raise",
        viewonly=True,
        primaryjoin="and_(Agreement.id == foreign(AgreementProposal.agreement_id), AgreementProposal.status == 'open')",
        order_by="AgreementProposal.id",
    )
    """What is asked of it and not decided yet."""
    proposed: Mapped[AgreementProposal | None] = relationship(
        lazy="raise",
        viewonly=True,
        uselist=False,
        primaryjoin="Agreement.id == foreign(AgreementProposal.result_id)",
    )
    """Of an amendment: the proposal that it is."""
    marks: Mapped[list[str] | None] = query_expression()
    """What came of it, where that was asked for; see `ledger.marks`."""


class AgreementParty(Base):
    """A side or a witness: an organization of this market, or one known only by name."""

    __tablename__ = "agreement_party"
    __table_args__ = (CheckConstraint("num_nonnulls(organization_id, name_only) = 1", name="known_or_named"),)

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=new_id, server_default=text("uuidv7()"), info=says("place")
    )
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"), index=True, info=says("place"))
    position: Mapped[int] = mapped_column(info=says("place"))
    role: Mapped[str] = mapped_column(info=says("terms"))
    """seller, buyer, authority or witness."""
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True, info=says("terms"))
    name_only: Mapped[str | None] = mapped_column(info=says("terms"))
    representative_name: Mapped[str | None] = mapped_column(info=says("terms", private=True, logged=False))
    representative_title: Mapped[str | None] = mapped_column(info=says("terms", private=True, logged=False))
    responsible_name: Mapped[str | None] = mapped_column(info=says("terms", private=True, logged=False, aside=True))
    responsible_phone: Mapped[str | None] = mapped_column(info=says("terms", private=True, logged=False, aside=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(info=says("consent"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), info=says("place"))
    mandate: Mapped[str | None] = mapped_column(info=says("consent", private=True, logged=False))
    """By what an officer confirmed or contested for it."""
    contested_at: Mapped[datetime | None] = mapped_column(info=says("consent"))
    contest_words: Mapped[str | None] = mapped_column(info=says("consent", private=True, logged=False))
    """Why it says that this is not what it signed."""

    organization: Mapped[Organization | None] = relationship(lazy="raise")


class AgreementLine(Base):
    """Goods that are promised. What is not yet said is None; the quantification gate asks for it."""

    __tablename__ = "agreement_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("period_until >= period_from", name="period_in_order"),
        CheckConstraint("tolerance_pct between 0 and 100", name="tolerance_is_a_percentage"),
        CheckConstraint("price_vnd >= 0", name="price_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=new_id, server_default=text("uuidv7()"), info=says("place")
    )
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"), index=True, info=says("place"))
    position: Mapped[int] = mapped_column(info=says("place"))
    concept_id: Mapped[str | None] = mapped_column(index=True, info=says("terms"))
    description: Mapped[str | None] = mapped_column(info=says("terms", sent=True, shown="insiders"))
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 3), info=says("terms", sent=True, shown="insiders"))
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("measurement_unit.code"), info=says("terms"))
    per: Mapped[str] = mapped_column(default="total", info=says("terms", sent=True, shown="insiders"))
    period_from: Mapped[date | None] = mapped_column(info=says("terms", sent=True, shown="insiders"))
    period_until: Mapped[date | None] = mapped_column(info=says("terms", sent=True, shown="insiders"))
    delivery_plan: Mapped[dict[str, Any] | None] = mapped_column(info=says("terms"))
    binding: Mapped[str] = mapped_column(default="fixed", info=says("terms", sent=True, shown="insiders"))
    """How the quantity binds: all of the harvest, a fixed quantity, or a minimum."""
    tolerance_pct: Mapped[Decimal] = mapped_column(
        Numeric(5, 2), default=Decimal(0), info=says("terms", sent=True, shown="insiders")
    )
    price_kind: Mapped[str | None] = mapped_column(info=says("terms", sent=True, shown="insiders"))
    price_vnd: Mapped[int | None] = mapped_column(
        BigInteger, info=says("terms", sent=True, logged=False, shown="insiders")
    )
    first_line_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement_line.id"), index=True, info=says("place"))
    """In an amendment, the line of the first version that this one continues."""
    quote_line_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("quote_line.id"), index=True, info=says("terms", later=True)
    )
    """The accepted line that it was drawn up from: so its listing is known, and what of it is reserved."""


class AgreementProposal(Entity):
    """A change or an ending of signed paper that waits for its principals: nothing of it holds before all accept."""

    __tablename__ = "agreement_proposal"
    __table_args__ = (
        CheckConstraint("(verb = 'amend') = (result_id is not null)", name="amendment_has_a_result"),
        Index("ix_agreement_proposal_agreement_id", "agreement_id"),
        Index("ix_agreement_proposal_asked", "asked", postgresql_using="gin"),
        Index("uq_agreement_proposal_result_id", "result_id", unique=True),
    )

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    verb: Mapped[str]
    """amend, close, lapse or terminate."""
    result_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement.id"))
    """The amendment as it would be."""
    cause: Mapped[str]
    note: Mapped[str | None] = mapped_column(info=PRIVATE)
    status: Mapped[str] = mapped_column(default="open")
    """open, accepted, declined or withdrawn."""
    asked: Mapped[list[UUID]]
    """Every known principal of the version in force, one that would be removed included, and of the next."""
    accepted: Mapped[list[UUID]]
    proposed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    words: Mapped[str | None] = mapped_column(info=PRIVATE)
    """Why it was declined."""
    mandate: Mapped[str | None] = mapped_column(info=PRIVATE)
    """By what an officer answered last."""


class AgreementNumber(Base):
    """The last number given in a series (an event, or papers without one) and year."""

    __tablename__ = "agreement_number"

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class AgreementContent(Base):
    """All that an agreement said at one version, private values too; the log carries the digest.

    The table refuses UPDATE and DELETE by trigger.
    """

    __tablename__ = "agreement_content"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str]


class Delivery(Entity):
    """An entry of the ledger: what arrived on a line. Corrections reverse; the table refuses UPDATE and DELETE."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("abs(rejected) <= abs(quantity) and quantity * rejected >= 0", name="rejected_within_quantity"),
        CheckConstraint("(reverses_id is not null) = (quantity < 0)", name="only_reversals_are_negative"),
        Index("uq_delivery_reverses_id", "reverses_id", unique=True, postgresql_where=text("reverses_id IS NOT NULL")),
    )

    line_id: Mapped[UUID] = mapped_column(ForeignKey("agreement_line.id"), index=True, info=says("terms"))
    delivered_on: Mapped[date] = mapped_column(info=says("terms"))
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 3), info=says("terms"))
    """Arrived, in the unit of the line; what was rejected is part of it."""
    rejected: Mapped[Decimal] = mapped_column(Numeric(18, 3), default=Decimal(0), info=says("terms"))
    rejection_cause: Mapped[str | None] = mapped_column(info=says("terms"))
    evidence: Mapped[str | None] = mapped_column(info=says("terms"))
    """What proves it: number of a delivery note, a weighbridge ticket."""
    note: Mapped[str | None] = mapped_column(info=says("terms", private=True))
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery.id"), info=says("terms"))
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True, info=says("terms"))
    counts_on: Mapped[date | None] = mapped_column(index=True, info=says("terms", later=True))
    """From this day on it counts unless it was disputed; None where nobody is here who could dispute it."""
    lot_id: Mapped[UUID | None] = mapped_column(ForeignKey("lot.id"), index=True, info=says("terms", later=True))
    """What it was taken from, where somebody said so: its receiver is told when that is recalled."""

    line: Mapped[AgreementLine] = relationship(lazy="raise")
    confirmation: Mapped[DeliveryConfirmation | None] = relationship(lazy="raise", viewonly=True)
    dispute: Mapped[DeliveryDispute | None] = relationship(lazy="raise", viewonly=True)
    reversal: Mapped[Delivery | None] = relationship(
        lazy="raise", viewonly=True, primaryjoin="Delivery.id == foreign(remote(Delivery.reverses_id))", uselist=False
    )


class DeliveryConfirmation(Entity):
    """The receiving side says that a delivery arrived as recorded. The table refuses UPDATE and DELETE."""

    __tablename__ = "delivery_confirmation"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"), unique=True, info=says("terms"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), info=says("terms"))
    """Who confirmed; None when an officer did for a receiver known only by name."""


class DeliveryDispute(Entity):
    """The receiving side says that a delivery did not arrive as recorded. The table refuses UPDATE and DELETE."""

    __tablename__ = "delivery_dispute"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"), unique=True, info=says("terms"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), info=says("terms"))
    """Who disputed; None when an officer did for a receiver known only by name."""
    cause: Mapped[str] = mapped_column(info=says("terms"))
    words: Mapped[str] = mapped_column(info=says("terms", private=True))
    """What the receiver says of it."""


class AgreementCourse(Base):
    """What reports count of an agreement, for each stretch of time in which none of it changed.

    Written with every version from signing on, so that a report as of a date sees what was known at its end. Derived
    from `AgreementContent`, and may be built anew from it.
    """

    __tablename__ = "agreement_course"
    __table_args__ = (
        Index("uq_agreement_course_open", "agreement_id", unique=True, postgresql_where=text("until_at IS NULL")),
        Index("ix_agreement_course_event_id", "event_id"),
        Index("ix_agreement_course_superseded", "agreement_id", postgresql_where=text("status = 'superseded'")),
        Index(
            "ix_agreement_course_converted",
            "converted_first_id",
            postgresql_where=text("converted_first_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    since_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    first_id: Mapped[UUID]
    """The first version of this paper: itself, unless it amends."""
    amends_id: Mapped[UUID | None]
    converted_first_id: Mapped[UUID | None]
    """The first version of the MOU that it came from."""
    instrument: Mapped[str]
    domain: Mapped[str]
    status: Mapped[str]
    was_effective: Mapped[bool]
    cause: Mapped[str | None]
    event_id: Mapped[UUID | None]
    province_code: Mapped[str | None]
    province_version: Mapped[str | None]
    value_vnd: Mapped[int | None] = mapped_column(BigInteger)
    signed_on: Mapped[date | None]
    effective_on: Mapped[date | None]
    ended_on: Mapped[date | None]


class AgreementLink(Base):
    """One link of the hash chain over the history of agreements; see `chain`. Refuses UPDATE and DELETE."""

    __tablename__ = "agreement_link"
    __table_args__ = (Index("uq_agreement_link_change_id", "change_id", unique=True),)

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    change_id: Mapped[int] = mapped_column(BigInteger)
    entity: Mapped[str]
    entity_id: Mapped[UUID]
    payload_sha256: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]
