"""What the routes of proposals give."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from market.agreements.states import Cause
from market.core.schemas import Answer, Instant

ProposalVerb = Literal["amend", "close", "lapse", "terminate"]


class ProposalOut(Answer):
    """A change or an ending that waits: it holds when everybody who is asked has accepted."""

    id: UUID
    agreement: UUID
    verb: ProposalVerb
    result: UUID | None = Field(description="The amendment as it would be")
    cause: Cause
    note: str | None
    status: Literal["open", "accepted", "declined", "withdrawn"]
    asked: list[UUID] = Field(description="Every known principal of the version in force and of the next")
    accepted: list[UUID]
    proposed_by: UUID | None = Field(description="null: an officer")
    words: str | None = Field(description="Why it was declined")
    allowed: list[str] = Field(description="What this caller can answer now")
    created_at: Instant
    version: int


class Proposals(Answer):
    items: list[ProposalOut]
