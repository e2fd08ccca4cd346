"""Tables of organizations and who belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import ContactKind, User
from market.core.access import Role
from market.core.changes import PRIVATE
from market.core.db import Base, Entity
from market.organizations.tax_codes import HOME_FORMS, is_personal_number
from market.photos.models import Cover
from market.reference.records import CommuneVersion, Version

InvitationStatus = Literal["pending", "accepted", "declined", "withdrawn"]


class Organization(Entity):
    """A cooperative, company, supermarket, market or department. One may sell and buy."""

    __tablename__ = "organization"
    __table_args__ = (
        ForeignKeyConstraint(["province_code", "province_version"], ["province_unit.code", "province_unit.version"]),
        ForeignKeyConstraint(["commune_code", "commune_version"], ["commune.code", "commune.version"]),
        Index(
            "uq_organization_tax_code",
            "tax_code",
            unique=True,
            postgresql_where=text("tax_code IS NOT NULL AND verification = 'verified'"),
        ),
        Index(
            "uq_organization_gln",
            "gln",
            unique=True,
            postgresql_where=text("gln IS NOT NULL AND verification = 'verified'"),
        ),
        Index("ix_organization_gln", "gln", postgresql_where=text("gln IS NOT NULL")),
        CheckConstraint("gln ~ '^[0-9]{13}$'", name="gln_is_one"),
        Index("ix_organization_tax_code", "tax_code", postgresql_where=text("tax_code IS NOT NULL")),
        Index("ix_organization_contact_phone", "contact_phone", postgresql_where=text("contact_phone IS NOT NULL")),
        Index("ix_organization_searchable_name", text("market_searchable(name)")),
    )

    name: Mapped[str]
    kinds: Mapped[list[str]]
    """What it is: said by itself for producers and buyers, granted by an officer for organizers and authorities."""
    asked_kinds: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
    """What it claims to be and may not act as. Derived from its claims, as `kinds` and `verification` are."""
    legal_form: Mapped[str]
    tax_code: Mapped[str | None]
    gln: Mapped[str | None]
    """Global Location Number of GS1, as it says itself. Unique among the verified."""
    province_code: Mapped[str]
    province_version: Mapped[Version]
    """The unit as it was when it was recorded; today's unit is derived."""
    commune_code: Mapped[str | None]
    commune_version: Mapped[CommuneVersion | None]
    address: Mapped[str | None]
    description: Mapped[str | None]
    website: Mapped[str | None]
    contact_name: Mapped[str | None] = mapped_column(info=PRIVATE)
    contact_phone: Mapped[str | None] = mapped_column(info=PRIVATE)
    contact_email: Mapped[str | None] = mapped_column(info=PRIVATE)
    status: Mapped[str] = mapped_column(default="active")
    """active or suspended."""
    verification: Mapped[str] = mapped_column(default="unverified")
    """unverified, verified or rejected."""
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    verification_note: Mapped[str | None]
    photo: Mapped[Cover | None]

    DECIDES_WHAT_IS_PERSONAL = ("legal_form", "tax_code")

    @classmethod
    def personal_columns(cls, row: Mapping[str, Any]) -> frozenset[str]:
        """A household business lives where it works, and its tax number may be a person's own.

        What a GLN stands for, its address too, is told by registers of GS1.
        """
        personal = {"address", "gln"} if row.get("legal_form") in HOME_FORMS else set()
        return frozenset(personal | ({"tax_code"} if is_personal_number(row.get("tax_code")) else set()))


class OrganizationStanding(Base):
    """A stretch of time in which an officer had looked at an organization: its identity, or a kind that only officers
    grant. The database writes it whenever `verification` or `kinds` change, so that a past day knows who was known.
    """

    __tablename__ = "organization_standing"
    __table_args__ = (
        Index(
            "uq_organization_standing_open", "organization_id", unique=True, postgresql_where=text("until_at IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    since_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class OrganizationMember(Entity):
    """A person's role in an organization."""

    __tablename__ = "organization_member"
    __table_args__ = (UniqueConstraint("organization_id", "user_id"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role]
    left_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
    organization: Mapped[Organization] = relationship(lazy="raise")


class Invitation(Entity):
    """A known person asked to join; belongs nowhere, and shows nothing of themselves, until they accept."""

    __tablename__ = "organization_invitation"
    __table_args__ = (
        Index(
            "uq_organization_invitation_open",
            "organization_id",
            "user_id",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    """None for somebody who is known by a contact only, and joins by the link sent to it."""
    contact_kind: Mapped[ContactKind | None]
    contact: Mapped[str | None] = mapped_column(info=PRIVATE)
    """The address or number that was invited."""
    expires_at: Mapped[datetime | None]
    role: Mapped[Role]
    status: Mapped[InvitationStatus] = mapped_column(default="pending")

    organization: Mapped[Organization] = relationship(lazy="raise")
