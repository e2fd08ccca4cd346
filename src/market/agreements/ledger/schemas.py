"""What the routes of deliveries and of history take and give."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, PlainSerializer, model_validator

from market.agreements.ledger.counting import Stage
from market.agreements.states import AgreementStatus, Cause, Outcome
from market.core.duplicates import Another
from market.core.pagination import Page, PageQuery
from market.core.schemas import AS_NUMBER, Answer, AnyQuantity, Code, Instant, Line, Prose, Quantity, Schema
from market.core.validation import refusal
from market.events.schemas import BusinessDate
from market.reference.goods_schemas import ConceptMark
from market.reference.maps import ProvinceMap

Rejected = Annotated[
    Decimal,
    AS_NUMBER,
    Field(ge=0, max_digits=15, decimal_places=3),
    PlainSerializer(lambda value: format(value.normalize(), "f"), return_type=str),
]


WaitsBecause = Literal["receiver_may_dispute", "beyond_the_promise", "no_receiver"]
"""What an entry that does not count yet waits for."""


class DeliveryCreate(Schema):
    """An entry of the ledger: goods that arrived, or `reverses` an entry that was wrong."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "line": "019a0000-0000-7000-8000-000000000001",
                    "delivered_on": "2026-12-07",
                    "quantity": "500",
                    "rejected": "20",
                    "rejection_cause": "quality",
                    "evidence": "Phiếu giao hàng 15",
                }
            ]
        }
    )

    reverses: UUID | None = Field(default=None, description="An entry to take back; nothing but a note goes with it")
    line: UUID | None = None
    delivered_on: BusinessDate | None = None
    quantity: Quantity | None = Field(default=None, description="Arrived, rejected goods included; unit of the line")
    rejected: Rejected = Decimal(0)
    rejection_cause: Cause | None = None
    evidence: Line | None = None
    lot: UUID | None = Field(default=None, description="A seller's lot that it was taken from: a recall is told, then")
    note: Prose | None = None
    another: Another = False

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        told = (self.line, self.delivered_on, self.quantity)
        if self.reverses is not None:
            if any(told) or self.rejected or self.rejection_cause or self.lot:
                raise refusal("reversal_says_more", "Bút toán đảo chỉ kèm ghi chú.", "A reversal carries a note only.")
            return self
        if None in told:
            raise refusal(
                "delivery_incomplete",
                "Cần dòng hàng, ngày giao và số lượng.",
                "A line, a day and a quantity are needed.",
            )
        if self.quantity is not None and self.rejected > self.quantity:
            raise refusal("rejected_too_much", "Số trả lại lớn hơn số giao.", "More rejected than arrived.")
        if bool(self.rejected) != (self.rejection_cause is not None):
            raise refusal(
                "rejection_cause", "Số trả lại phải kèm mã nguyên nhân.", "A rejected quantity and a cause go together."
            )
        return self


class DisputeRequest(Schema):
    """What the receiver says of a delivery that did not arrive as recorded."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cause": "volume", "words": "Chỉ nhận 48 kg, phiếu ghi 50 kg"}]}
    )

    cause: Cause
    words: Annotated[Prose, Field(min_length=1)]


class DisputeOut(Answer):
    """The receiver's words."""

    cause: Cause
    words: str
    by: UUID | None
    at: Instant


class DeliveryOut(Answer):
    id: UUID
    line: UUID
    delivered_on: date
    quantity: AnyQuantity = Field(description="Negative when it reverses")
    rejected: AnyQuantity
    rejection_cause: Cause | None
    evidence: str | None
    lot: UUID | None = Field(description="What it was taken from")
    note: str | None
    reverses: UUID | None
    recorded_by: UUID | None
    confirmed_at: Instant | None = Field(description="When the receiving side said that it arrived as recorded")
    stage: Stage = Field(description="Whether it counts, and what it waits for")
    stage_name: str
    counts_on: date | None = Field(
        description="It counts from this day on unless the receiver disputes it before; null when it counts only once "
        "confirmed (see `waits_because`), or when it was disputed or taken back"
    )
    waits_because: WaitsBecause | None = Field(
        description="Of what waits: receiver_may_dispute until `counts_on`; beyond_the_promise: with it more than the "
        "line promises and its tolerance would have come, so that it counts only once the receiver confirms it; "
        "no_receiver: the receiving side is known by name only, an officer confirms"
    )
    dispute: DisputeOut | None
    created_at: Instant


class StandingOut(Answer):
    """What a line promised and what came of it."""

    line: UUID
    unit: str | None
    committed: AnyQuantity | None = Field(description="Over the whole period; null when the line does not say")
    delivered: AnyQuantity = Field(description="What counts: confirmed by the receiver, or let pass")
    rejected: AnyQuantity
    accepted: AnyQuantity
    waiting: AnyQuantity = Field(description="Accepted goods by the recorder's word alone: waits for the receiver")
    disputed: AnyQuantity
    outcome: Outcome
    over_delivered: bool = Field(description="Beyond the tolerance of a fixed quantity: flagged, not refused")
    next_on: date | None = Field(description="When goods are expected next; null when the plan names no further day")


class DeliveryRecorded(Answer):
    """The entry, and what follows from it."""

    delivery: DeliveryOut
    standing: StandingOut
    status: AgreementStatus


class OverdueQuery(PageQuery):
    event: UUID | None = None
    province: Code | None = Field(default=None, description="Code of the province of signing, on the map")
    map: ProvinceMap = Field(default="34", description="The map that `province` is a code of")


class OverdueOut(Answer):
    """A line on which less was accepted than had to be by yesterday, its tolerance allowed for."""

    agreement: UUID
    number: str
    line: UUID
    concept: ConceptMark | None
    unit: str | None
    expected: AnyQuantity = Field(description="By the plan up to yesterday; by the end of the period otherwise")
    accepted: AnyQuantity
    waiting: AnyQuantity = Field(description="Recorded, neither confirmed nor disputed yet: not late")
    short: AnyQuantity
    period_until: date | None
    next_on: date | None = Field(description="When goods are expected next")


class DeliveryPage(Page[DeliveryOut]):
    standings: list[StandingOut]
    status: AgreementStatus


class HistoryEntry(Answer):
    """One entry of the change log about the agreement or a delivery on it; private values are only said to change."""

    at: Instant
    entity: Literal["agreement", "delivery", "delivery_confirmation", "delivery_dispute"]
    entity_id: UUID
    version: int
    verb: str
    diff: dict[str, Any]
    actor_kind: str
    user_id: UUID | None
    organization_id: UUID | None
    on_behalf_of: UUID | None
