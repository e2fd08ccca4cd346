"""What the quote routes take and give."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, PlainSerializer, model_validator

from market.core.pagination import PageQuery
from market.core.schemas import (
    AS_NUMBER,
    Answer,
    AnyQuantity,
    Day,
    Flag,
    Instant,
    Line,
    Money,
    Prose,
    Quantity,
    Schema,
    Whole,
)
from market.core.validation import refusal
from market.organizations.schemas import OrganizationMark
from market.quotes.states import QuoteStatus, Side
from market.quotes.terms import DeclineReason, DeliveryPoint, Packaging, PaymentMethod, Returns, TestKind, spelled
from market.reading.bodies import CountedInUnit
from market.reading.types import UnitCode, Weekdays, WrittenPer
from market.reference.cadence import MAX_WINDOW_DAYS, Per
from market.reference.goods_schemas import ConceptMark

MAX_LINES = 50
MAX_POOL = 20
Percent = Annotated[
    Decimal,
    Field(ge=0, le=100, max_digits=5, decimal_places=2),
    AS_NUMBER,
    PlainSerializer(lambda value: f"{value.normalize():f}", return_type=str, when_used="json"),
]
Share = Annotated[Decimal, Field(gt=0, le=1, max_digits=5, decimal_places=4), AS_NUMBER]


class QuoteLineIn(CountedInUnit):
    """Goods of one listing for one line of the need; what is left out of the cadence is as the need asks."""

    need_line: UUID
    listing: UUID = Field(description="One of the supplier's published listings")
    price_vnd: Money = Field(description="For one unit, before the discount")
    quantity: Quantity | None = None
    unit: UnitCode | None = None
    per: WrittenPer | None = None
    weekdays: Weekdays | None = Field(default=None, description="Days of delivery, 1 is Monday; empty: every day")
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None

    @model_validator(mode="after")
    def _settle(self) -> Self:
        if self.weekdays is not None:
            self.weekdays = sorted(set(self.weekdays))
        if self.from_ is not None and self.to is not None:
            if self.to < self.from_:
                raise refusal("window_order", "Ngày kết thúc trước ngày bắt đầu.", "The window ends before it begins.")
            if (self.to - self.from_).days > MAX_WINDOW_DAYS:
                raise refusal("window_too_long", "Khoảng thời gian dài quá ba năm.", "The window is over three years.")
        return self


class Terms(Schema):
    """Trade terms in codes, so that offers can be compared; in a change what is left out stays as it was."""

    discount_pct: Percent = Decimal(0)
    credit_days: Annotated[Whole, Field(ge=0, le=365)] = Field(default=0, description="Days from delivery to payment")
    delivery_point: DeliveryPoint | None = Field(default=None, description=spelled("delivery_point"))
    delivery_place: Line | None = None
    packaging: Packaging | None = Field(default=None, description=spelled("packaging"))
    packaging_note: Line | None = None
    tests: Annotated[list[TestKind], Field(max_length=6)] = Field(default_factory=list, description=spelled("tests"))
    returns: Returns | None = Field(default=None, description=spelled("returns"))
    payment_method: PaymentMethod | None = Field(default=None, description=spelled("payment_method"))

    @model_validator(mode="after")
    def _settle(self) -> Self:
        self.tests = sorted(set(self.tests))
        if self.packaging == "other" and self.packaging_note is None:
            raise refusal("note_missing", "Quy cách khác phải nói rõ.", "Other packaging must be said in words.")
        return self


Lines = Annotated[list[QuoteLineIn], Field(min_length=1, max_length=MAX_LINES)]


class QuoteCreate(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "lines": [
                        {
                            "need_line": "019a0000-0000-7000-8000-000000000001",
                            "listing": "019a0000-0000-7000-8000-000000000002",
                            "price_vnd": 29000,
                            "quantity": "300",
                            "per": "day",
                        }
                    ],
                    "terms": {
                        "discount_pct": "3",
                        "credit_days": 30,
                        "delivery_point": "buyer_warehouse",
                        "packaging": "crate",
                        "tests": ["pesticide_residues"],
                        "returns": "rejected_on_arrival",
                        "payment_method": "bank_transfer",
                    },
                    "valid_until": "2026-11-30",
                    "submit": True,
                }
            ]
        }
    )

    lines: Lines
    terms: Terms = Field(default_factory=Terms)
    valid_until: Day = Field(description="Last day on which it can be accepted")
    note: Prose | None = None
    submit: Flag = Field(default=False, description="Shown to the buyer at once, rather than a draft")


class QuoteChange(Schema):
    """The next revision: what is left out stays as it was; `lines` replaces them all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Giảm giá từ 2 tấn mỗi tuần"}]})

    lines: Lines | None = None
    terms: Terms | None = None
    valid_until: Day | None = None
    note: Prose | None = Field(default=None, description="Of this revision; earlier notes stay with theirs")


class AcceptLine(Schema):
    """How much of a line: a quantity counted as the line counts, or a share of it; all of it when neither is given."""

    line: UUID
    quantity: Quantity | None = None
    share: Share | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.quantity is not None and self.share is not None:
            raise refusal("two_measures", "Nêu số lượng hoặc tỷ lệ, không cả hai.", "Give a quantity or a share.")
        return self


class AcceptRequest(Schema):
    """Everything when empty; otherwise a share of every line, or the lines that are meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"share": "0.5"}]})

    lines: Annotated[list[AcceptLine], Field(min_length=1, max_length=MAX_LINES)] | None = None
    share: Share | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.lines is not None and self.share is not None:
            raise refusal("two_measures", "Nêu từng dòng hoặc tỷ lệ chung.", "Give lines or a share of all.")
        return self

    @property
    def in_part(self) -> bool:
        return self.lines is not None or self.share is not None


class PoolPart(AcceptRequest):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"quote": "019a0000-0000-7000-8000-000000000001", "version": 2, "share": "0.5"}]
        }
    )

    quote: UUID
    version: Whole = Field(description="The version that was read, as If-Match would say it")


class PoolAcceptRequest(Schema):
    """Several suppliers at once: all of these quotes are accepted, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"quotes": [{"quote": "019a0000-0000-7000-8000-000000000001", "version": 2, "share": "0.5"}]}]
        }
    )

    quotes: Annotated[list[PoolPart], Field(min_length=1, max_length=MAX_POOL)]


class DeclineRequest(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "price", "note": "Cao hơn giá đang mua"}]})

    reason: DeclineReason = Field(description=spelled("reason"))
    note: Prose | None = None

    @model_validator(mode="after")
    def _other_in_words(self) -> Self:
        if self.reason == "other" and not self.note:
            raise refusal("note_missing", "Lý do khác phải nói rõ.", "Another reason must be said in words.")
        return self


class QuotesOfNeedQuery(PageQuery):
    status: QuoteStatus | None = None


class QuoteQuery(QuotesOfNeedQuery):
    mine: Literal["sent", "received"] | None = Field(
        default=None, description="sent: as supplier; received: for own needs; left out: both"
    )
    need: UUID | None = None


class NeedRef(Answer):
    id: UUID
    title: str
    deadline: date | None


class QuoteLineOut(Answer):
    id: UUID
    need_line: UUID
    listing: UUID
    quantity: AnyQuantity
    unit: str
    per: Per
    weekdays: list[int]
    from_: date = Field(alias="from", serialization_alias="from")
    to: date
    price_vnd: int
    total_quantity: AnyQuantity = Field(description="Over the whole window, in the unit")
    accepted_quantity: AnyQuantity | None = Field(description="Counted as the quantity; null until accepted")


class TermsOut(Answer):
    discount_pct: Percent
    credit_days: int
    delivery_point: DeliveryPoint | None
    delivery_place: str | None
    packaging: Packaging | None
    packaging_note: str | None
    tests: list[TestKind]
    returns: Returns | None
    payment_method: PaymentMethod | None


class RevisionOut(Answer):
    """One offer or counter-offer, as it was made."""

    number: int
    side: Side = Field(description="Who made it")
    written_at: Instant
    valid_until: date
    terms: TermsOut
    note: str | None
    lines: list[QuoteLineOut]
    total_vnd: int = Field(description="Of all lines over their windows, after the discount")


class QuoteOut(Answer):
    """A quote with the revision that counts; only the two organizations and officers see it."""

    id: UUID
    need: NeedRef
    supplier: OrganizationMark
    buyer: OrganizationMark
    status: QuoteStatus
    current: RevisionOut
    valid_until: date
    submitted_at: Instant | None
    decided_at: Instant | None
    decline_reason: DeclineReason | None
    decline_note: str | None
    accepted_vnd: int | None = Field(description="Value of what was accepted, after the discount")
    allowed: list[str] = Field(description="What the caller may do now")
    created_at: Instant
    updated_at: Instant
    version: int


class Revisions(Answer):
    items: list[RevisionOut]


class PoolAccepted(Answer):
    items: list[QuoteOut]


class WeekOut(Answer):
    week: str = Field(description="ISO 8601, e.g. 2026-W49")
    wanted: AnyQuantity
    offered: AnyQuantity
    coverage_pct: int = Field(description="0 to 100")


class GateResult(Answer):
    name: str
    passed: bool
    why: str


class AnswerOut(Answer):
    """What one quote offers for one line of the need, in the need line's unit."""

    quote: UUID
    line: UUID
    listing: UUID
    price_vnd: int = Field(description="As quoted, for one `unit`")
    unit: str
    comparable_price_vnd: AnyQuantity | None = Field(
        description="For one of the need line's units, after the discount; null: the units cannot be compared"
    )
    total_quantity: AnyQuantity = Field(description="Over the whole window, in the quoted unit")
    total_vnd: int = Field(description="After the discount")
    coverage_pct: int = Field(description="Of the need line, 0 to 100: the mean of its weeks")
    weeks: list[WeekOut]
    short_weeks: list[str] = Field(description="Weeks in which the listing has less left than is quoted")
    gates: list[GateResult]
    failed: list[str] = Field(description="Names of the gates that fail")


class ComparedLine(Answer):
    need_line: UUID
    concept: ConceptMark | None
    quantity: AnyQuantity
    unit: str
    per: Per
    answers: list[AnswerOut] = Field(
        description="Fewest failed gates first, then the lower comparable price, then the higher coverage"
    )


class ComparedQuote(Answer):
    id: UUID
    supplier: OrganizationMark
    status: QuoteStatus
    revision: int
    side: Side
    valid_until: date
    terms: TermsOut
    lines_answered: int
    failed_gates: int
    coverage_pct: int = Field(description="Of the whole need: the mean of its lines, unanswered ones count 0")
    total_vnd: int = Field(description="After the discount")
    version: int


class Comparison(Answer):
    """Quotes for one need side by side."""

    need: UUID
    lines: list[ComparedLine]
    quotes: list[ComparedQuote] = Field(
        description="Fewest failed gates first, then the higher coverage, then the lower cost of what is covered"
    )
