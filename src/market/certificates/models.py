"""The table of certificates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from market.core.db import Entity

Verification = Literal["unverified", "verified", "rejected", "suspended"]
"""`suspended`: it was verified of an organization that was another then."""


class Certificate(Entity):
    """A certificate of an organization, as printed on its paper."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("expires_on IS NULL OR expires_on >= issued_on", name="term_in_order"),
        Index("ix_certificate_organization", "organization_id", "scheme"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    scheme: Mapped[str] = mapped_column(ForeignKey("certification_scheme.id"))
    level: Mapped[int | None]
    """OCOP stars."""
    number: Mapped[str | None]
    issuer: Mapped[str]
    """Free text: an issuer may be gone (districts were abolished in July 2025) while its papers run out their term."""
    reference: Mapped[str | None]
    """Where it can be looked up: a link, or the number of the decision that grants it."""
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    """The last valid day; null where the scheme knows no expiry."""
    scope_concepts: Mapped[list[str]]
    """What it covers; empty means everything the organization offers."""
    scope_area: Mapped[str | None]
    scope_note: Mapped[str | None]
    verification: Mapped[Verification] = mapped_column(default="unverified")
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    verified_at: Mapped[datetime | None]
    verification_note: Mapped[str | None]
    recalled_at: Mapped[datetime | None]
    recall_reason: Mapped[str | None]
