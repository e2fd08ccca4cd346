"""The table of claims."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core.db import Entity

Subject = Literal["identity", "kind", "tax_code"]
Status = Literal["open", "verified", "rejected", "suspended", "withdrawn"]


class Claim(Entity):
    """One thing that an organization says of itself, and what an officer found.

    Certificates are claims too, with a table, terms and evidence of their own (`certificates/`).
    """

    __tablename__ = "claim"
    __table_args__ = (
        Index(
            "uq_claim_living",
            "organization_id",
            "subject",
            text("coalesce(kind, '')"),
            unique=True,
            # A tax code that was given is settled: somebody may dispute it again.
            postgresql_where=text("status IN ('open', 'suspended') OR (status = 'verified' AND subject <> 'tax_code')"),
        ),
        Index("ix_claim_waiting", "id", postgresql_where=text("status IN ('open', 'suspended')")),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    subject: Mapped[Subject]
    kind: Mapped[str | None]
    """Of which kind the organization says it is; null for other subjects."""
    statement: Mapped[dict[str, Any]]
    """What is claimed, as it was when it was last said: the name and numbers of an identity, a disputed tax code."""
    evidence: Mapped[str | None]
    """A link, or the number of a decision, that an officer can look up."""
    reason: Mapped[str | None]
    """Why somebody else's tax code is claimed."""
    status: Mapped[Status] = mapped_column(default="open")
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    valid_until: Mapped[date | None]
    """The last day on which a verification counts; null where it is from before every verification had a term."""
