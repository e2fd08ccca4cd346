"""What the lot routes take and give."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.core.schemas import Answer, AnyQuantity, Code, Day, Flag, Instant, Prose, Quantity, Schema
from market.core.schemas import Line as LineOfText
from market.core.validation import refuse_nulls
from market.lots.labels import Gtin, LotCode
from market.organizations.schemas import OrganizationMark
from market.photos.schemas import PhotoMark
from market.reading.bodies import CountedInUnit
from market.reading.types import UnitCode

Erasable = Literal["gtin", "growing_area_code", "packed_on", "best_before", "note"]
"""What a lot may be without."""

CODE = "As printed on the label; unique in the organization"
GTIN = "GTIN-8, -12, -13 or -14 of the goods as packed; with it the label has a GS1 Digital Link"


class LotFields(CountedInUnit):
    gtin: Gtin | None = Field(default=None, description=GTIN)
    growing_area_code: Code | None = Field(
        default=None, description="Code of the growing area (mã số vùng trồng), as the authority gave it"
    )
    packed_on: Day | None = None
    best_before: Day | None = None
    note: Prose | None = Field(default=None, description="For everybody who reads the label")


class LotCreate(LotFields):
    """What was harvested together, or will be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "TL-2611-07",
                    "gtin": "8938505974194",
                    "harvested_from": "2026-11-20",
                    "harvested_to": "2026-11-22",
                    "quantity": "1800",
                    "unit": "KGM",
                    "growing_area_code": "VN-DTOR-0099",
                    "packed_on": "2026-11-23",
                    "best_before": "2026-12-07",
                }
            ]
        }
    )

    code: LotCode = Field(description=CODE)
    harvested_from: Day
    harvested_to: Day = Field(description="The last day of the harvest")
    quantity: Quantity
    unit: UnitCode


class LotUpdate(LotFields):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"quantity": "480", "note": "Đã loại 20 kg dập"}]})

    code: LotCode | None = Field(default=None, description=CODE)
    harvested_from: Day | None = None
    harvested_to: Day | None = None
    quantity: Quantity | None = None
    unit: UnitCode | None = None
    erase: Annotated[list[Erasable], Field(max_length=10)] = Field(
        default_factory=list, description="Fields of a lot of a published listing that are meant to be emptied"
    )
    relabel: Flag = Field(
        default=False, description="Code or GTIN are meant to change: labels printed before may lead nowhere"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        refuse_nulls(self, "code", "harvested_from", "harvested_to", "quantity", "unit")
        return self


class LotEnd(Schema):
    """Why a lot is recalled, or was none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Dư lượng carbendazim vượt mức cho phép"}]})

    reason: LineOfText = Field(description="For everybody who reads the label, and all who are told")


class LotOut(Answer):
    id: UUID
    listing: UUID
    title: str = Field(description="Of the listing")
    organization: OrganizationMark
    code: str
    gtin: str | None = Field(description="14 digits")
    harvested_from: Day
    harvested_to: Day
    quantity: AnyQuantity
    unit: str
    growing_area_code: str | None
    packed_on: Day | None
    best_before: Day | None
    note: str | None
    photo: PhotoMark | None = Field(description="The first of its photos; null while it has none")
    trace_url: str = Field(description="A page for people")
    label_url: str = Field(
        description="What the QR code holds: the GS1 Digital Link where there is a GTIN, else `trace_url`"
    )
    recalled_at: Instant | None = Field(description="Its goods must not be sold or eaten; null: it is not recalled")
    recall_reason: str | None
    withdrawn_at: Instant | None = Field(description="It was recorded by mistake and counts no more; null: it counts")
    withdrawal_reason: str | None
    created_at: Instant
    updated_at: Instant
    version: int


class LabelClaim(Answer):
    """One of several organizations that say that a label is theirs."""

    recalled: bool = Field(description="Its goods must not be sold or eaten")
    recalled_at: Instant | None
    recall_reason: str | None
    withdrawn_at: Instant | None
    organization: OrganizationMark
    lot: UUID
    title: str = Field(description="Of the listing")
    trace_url: str = Field(description="A page for people")


class LabelClaims(Answer):
    """What a label leads to that several organizations have; those whose lot was recalled come first."""

    recalled: bool = Field(description="Whether the lot of any of them was recalled")
    gtin: str
    code: str
    items: list[LabelClaim]


class TestReportOut(Answer):
    """A test report as everybody may see it who sees the lot: neither the file's name nor who sent it."""

    id: UUID
    content_type: str = Field(description="As told by the content")
    size: int = Field(description="In bytes")
    sha256: str = Field(description="Of the content; the ETag of its download")
    created_at: Instant


class TestReports(Answer):
    items: list[TestReportOut]
