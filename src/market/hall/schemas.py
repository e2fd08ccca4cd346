"""What the routes of the hall take and give: papers in bulk, and what devices send later."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.accounts.contacts import Phone
from market.agreements.schemas import AgreementCreate, LineIn, PartyRole, Representative
from market.agreements.states import Instrument
from market.core.batches import ItemError, ItemsOf
from market.core.schemas import Answer, Instant, Line, Money, Prose, Schema, Whole
from market.core.validation import refusal
from market.events.desk.schemas import CheckIn
from market.events.meetings.schemas import OutcomeIn
from market.events.schemas import BusinessDate
from market.reference.types import KnownProvince

MOST_PAPERS = 500
MOST_ITEMS = 10_000
EXAMPLE_PAPER: dict[str, Any] = {
    "instrument": "mou",
    "parties": [{"role": "seller", "name": "HTX Nông sản Mẫu"}, {"role": "buyer", "name": "Siêu thị Mẫu"}],
    "lines": [{"description": "Thanh long ruột đỏ", "quantity": "500", "unit": "KGM", "per": "week"}],
}


class PaperParty(Schema):
    """A side as it stands on the paper: found by what is given, kept by name where it is not."""

    role: PartyRole
    organization: UUID | None = None
    tax_code: Line | None = None
    phone: Phone | None = None
    name: Line | None = None
    representative: Representative | None = Field(default=None, description="Left out: who came to the event for it")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.organization is None and self.name is None and self.tax_code is None and self.phone is None:
            raise refusal(
                "party_unnamed",
                "Mỗi bên cần tổ chức, mã số thuế, điện thoại hoặc tên.",
                "A party needs an organization, a tax code, a telephone or a name.",
            )
        return self


class PaperIn(Schema):
    """A paper as it lies on the signing table. What is left out is taken from the event."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_PAPER]})

    id: UUID | None = Field(default=None, description="Made by the sender: sending it again changes nothing")
    instrument: Instrument
    domain: Literal["trade", "other"] = "trade"
    title: Line | None = None
    paper_number: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    parties: Annotated[list[PaperParty], Field(min_length=1, max_length=50)]
    lines: Annotated[list[LineIn], Field(max_length=200)] = Field(default_factory=list)
    signed_on: BusinessDate | None = None
    signing_place: Line | None = None
    province: KnownProvince | None = None
    valid_from: BusinessDate | None = None
    valid_until: BusinessDate | None = None
    value_vnd: Money | None = None
    note: Prose | None = None
    another: bool = Field(default=False, description="It only looks like one that is there already")


class PaperBatch(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [EXAMPLE_PAPER]}]})

    items: Annotated[list[Any], Field(min_length=1, max_length=MOST_PAPERS), ItemsOf(PaperIn)] = Field(
        description="Each alone: what is none comes back refused, and the others are kept"
    )


class OutcomeItem(OutcomeIn):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"meeting": "0197a5b0-0000-7000-8000-000000000003", "outcome": "sample"}]}
    )

    meeting: UUID


class DeskItemIn(Schema):
    """Something a device noted; of the last three fields the one that `kind` names."""

    id: UUID = Field(description="Made by the device, good for retries for ever")
    kind: Literal["check_in", "outcome", "paper"]
    sequence: Annotated[Whole, Field(ge=0, le=2**53)] = Field(
        description="The device's own count; it orders signing numbers, whatever the clock says"
    )
    at: Instant = Field(description="By the device's clock")
    check_in: CheckIn | None = None
    outcome: OutcomeItem | None = None
    paper: PaperIn | None = None

    @model_validator(mode="after")
    def _as_said(self) -> Self:
        if self.at.tzinfo is None:
            raise refusal("offset_missing", "Thời điểm phải kèm múi giờ.", "The instant needs an offset.")
        given = {name for name in ("check_in", "outcome", "paper") if getattr(self, name) is not None}
        if given != {self.kind}:
            raise refusal(
                "content_mismatch",
                "Mục phải có đúng một nội dung, theo kind.",
                "An item has exactly the content that kind names.",
            )
        return self


class Replay(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sent_at": "2026-12-04T03:00:00Z",
                    "items": [
                        {
                            "id": "0197a5b0-0000-7000-8000-000000000002",
                            "kind": "paper",
                            "sequence": 7,
                            "at": "2026-12-04T02:41:00Z",
                            "paper": EXAMPLE_PAPER,
                        }
                    ],
                }
            ]
        }
    )

    sent_at: Instant = Field(description="The device's clock now: how wrong it goes is reckoned from it")
    items: Annotated[list[Any], Field(max_length=MOST_ITEMS), ItemsOf(DeskItemIn)] = Field(
        description="Each alone: what is none comes back refused, and the others are kept"
    )

    @model_validator(mode="after")
    def _with_offset(self) -> Self:
        if self.sent_at.tzinfo is None:
            raise refusal("offset_missing", "Thời điểm phải kèm múi giờ.", "The instant needs an offset.")
        return self


State = Literal["kept", "known", "duplicate", "refused"]


class Unlinked(Answer):
    """A party that was kept by name, and whom it may be."""

    pointer: str
    name: str = Field(description='"Chưa rõ tên" where no name was said: a telephone is nobody\'s name')
    candidates: list[UUID]
    phone: str | None = Field(description="By which it was named; kept for the organizer alone")


class ItemResult(Answer):
    """What became of one item."""

    index: int
    id: UUID | None = Field(description="As sent; ours where none was sent")
    state: State = Field(
        description="known: sent before, and kept then; duplicate: kept aside for a person to look at, not counted"
    )
    about: UUID | None = Field(description="The registration, meeting or agreement")
    number: str | None = Field(description="Of the agreement")
    signed: bool | None = Field(description="false: kept as a draft, `errors` say what is missing to sign it")
    duplicate_of: UUID | None = Field(description="The agreement, or the item, that it looks like")
    unlinked: list[Unlinked]
    errors: list[ItemError]


class ReplayOut(Answer):
    results: list[ItemResult]
    kept: int
    known: int
    duplicates: int
    refused: int


class LookAlikeOut(Answer):
    """What two desks probably noted twice."""

    id: UUID
    item: UUID
    paper: dict[str, Any]
    looks_like: UUID | None = Field(description="The agreement that is there already")
    at: Instant


class Duplicates(Answer):
    items: list[LookAlikeOut]


class DuplicateDecision(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"is": "same"}]}, populate_by_name=True)

    is_: Literal["same", "another"] = Field(alias="is")


PAPER_FIELDS = frozenset(PaperIn.model_fields) & frozenset(AgreementCreate.model_fields) - {"parties", "another"}
"""What goes over into the agreement as it is."""
