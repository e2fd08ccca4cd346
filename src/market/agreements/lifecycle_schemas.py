"""What the routes of signing, confirming, ending, amending and converting take."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.agreements.proposal_schemas import ProposalVerb
from market.agreements.schemas import AgreementUpdate, Mandate, SignToo
from market.agreements.states import Cause
from market.core.schemas import Line, Prose, Schema
from market.core.validation import refusal
from market.events.schemas import BusinessDate
from market.reading.types import KnownProvince

IntoForce = Annotated[
    bool,
    Field(description="Let it come into force too, if with this nothing is missing any more, as make-effective would"),
]


class SignRequest(Schema):
    """What is known only at the table; the date is today when nothing says otherwise."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"signing_place": "Thành phố Hồ Chí Minh", "into_force": False}]}
    )

    signed_on: BusinessDate | None = None
    signing_place: Line | None = None
    province: KnownProvince | None = None
    mandate: Mandate | None = None
    into_force: IntoForce = False


class ConfirmRequest(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"into_force": True}]})

    party: UUID | None = Field(default=None, description="For those who confirm for another party")
    mandate: Mandate | None = None
    into_force: IntoForce = False


class CauseRequest(Schema):
    """Why: a code, and words when the code is `other`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cause": "volume", "note": "Mưa đá, mất một phần ba sản lượng"}]}
    )

    cause: Cause
    note: Prose | None = None
    mandate: Mandate | None = None

    @model_validator(mode="after")
    def _other_in_words(self) -> Self:
        if self.cause == "other" and not self.note:
            raise refusal("note_missing", "Nguyên nhân khác phải nói rõ.", "Another cause must be said in words.")
        return self


class AmendRequest(CauseRequest):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"cause": "price", "note": "Cước vận chuyển tăng", "changes": {"note": "Giá mới từ tháng sau"}}
            ]
        }
    )

    changes: AgreementUpdate = Field(default_factory=AgreementUpdate, description="`id` of a line: of the old version")


class ProposalCreate(AmendRequest):
    """A change (`amend`, with what is to be changed) or an ending of signed paper."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"verb": "amend", "cause": "price", "changes": {"value_vnd": 120000000}}]}
    )

    verb: ProposalVerb = "amend"

    @model_validator(mode="after")
    def _changes_are_amendments(self) -> Self:
        if self.verb != "amend" and self.changes.model_fields_set:
            raise refusal(
                "ending_with_changes", "Đề nghị kết thúc không kèm thay đổi.", "An ending comes without changes."
            )
        return self


class AnswerRequest(Schema):
    """An answer to a proposal; officers say for whom and by what mandate."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"words": "Giá chưa phù hợp với vụ này"}]})

    organization: UUID | None = Field(default=None, description="For officers: the principal they answer for")
    mandate: Mandate | None = None
    words: Prose | None = Field(default=None, description="Why, when it is declined")


class ContestRequest(Schema):
    """Why this is not what a party signed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"words": "Chúng tôi không ký văn bản này."}]})

    words: Annotated[Prose, Field(min_length=1)]
    party: UUID | None = Field(default=None, description="For officers: the party they speak for")
    mandate: Mandate | None = None


class ConvertRequest(Schema):
    """What the contract says differently from the MOU."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"instrument": "sale"}]})

    instrument: Literal["framework", "sale", "offtake", "agency"]
    changes: AgreementUpdate = Field(default_factory=AgreementUpdate, description="`id` of a line: of the MOU")
    sign: SignToo = False
