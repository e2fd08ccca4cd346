"""What the routes of ending, amending and converting take."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from market.agreements.schemas import AgreementUpdate
from market.agreements.states import Cause
from market.core.schemas import Prose, Schema
from market.core.validation import refusal


class CauseRequest(Schema):
    """Why: a code, and words when the code is `other`."""

    cause: Cause
    note: Prose | None = None

    @model_validator(mode="after")
    def _other_in_words(self) -> Self:
        if self.cause == "other" and not self.note:
            raise refusal("note_missing", "Nguyên nhân khác phải nói rõ.", "Another cause must be said in words.")
        return self


class AmendRequest(CauseRequest):
    changes: AgreementUpdate = Field(default_factory=AgreementUpdate, description="`id` of a line: of the old version")


class ConvertRequest(Schema):
    """What the contract says differently from the MOU."""

    instrument: Literal["framework", "sale", "offtake", "agency"]
    changes: AgreementUpdate = Field(default_factory=AgreementUpdate, description="`id` of a line: of the MOU")
