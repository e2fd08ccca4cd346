"""What the agreement routes take and give."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, PlainSerializer, StringConstraints, model_validator

from market.accounts.contacts import Phone, holds_contact
from market.agreements.consent.counted import Uncounted
from market.agreements.consent.standing import Consent, PartyConsent
from market.agreements.proposal_schemas import ProposalOut
from market.agreements.states import AgreementStatus, Cause, Instrument
from market.core.batches import ItemError
from market.core.duplicates import Another
from market.core.schemas import (
    AS_NUMBER,
    AS_TIME,
    HOUR_AND_MINUTE,
    Answer,
    AnyQuantity,
    Instant,
    Line,
    Money,
    Prose,
    Quantity,
    Schema,
)
from market.core.validation import refusal
from market.events.schemas import BusinessDate, OrganizationRef
from market.quotes.schemas import MAX_POOL, Terms, TermsOut
from market.reading.bodies import CountedInUnit, certain_goods
from market.reading.types import KnownProvince, NamedGoods, UnitCode, Weekdays, WrittenAnyPer
from market.reference.goods_schemas import ConceptMark
from market.reference.schemas import ProvinceOut

Domain = Literal["trade", "other"]
PartyRole = Literal["seller", "buyer", "authority", "witness"]
Per = Literal["total", "day", "week", "month", "year", "season"]
Binding = Literal["all", "fixed", "minimum"]
PriceKind = Literal["fixed", "floor", "market"]
ValueSource = Literal["stated", "computed"]

Percent = Annotated[
    Decimal,
    AS_NUMBER,
    Field(ge=0, le=100, max_digits=5, decimal_places=2),
    PlainSerializer(lambda value: format(value.normalize(), "f"), return_type=str),
]
TimeOfDay = Annotated[str, StringConstraints(pattern=HOUR_AND_MINUTE), AS_TIME]


Mandate = Annotated[
    str,
    StringConstraints(min_length=3, max_length=300, strip_whitespace=True),
    Field(description="For officers who act for a party: the mandate, e.g. Giấy ủy quyền 12/UQ ngày 20/11/2026"),
]


SignToo = Annotated[
    bool, Field(description="Sign it in the same request, as `sign` would: a party signs for itself, the others follow")
]


class Representative(Schema):
    """Who signs for a party."""

    name: Line
    title: Line | None = None


class Responsible(Schema):
    """Whom to call about carrying it out."""

    name: Line
    phone: Phone | None = None


class PartyIn(Schema):
    """A side or witness: `organization` when it is known here, `name` when it is not."""

    id: UUID | None = Field(default=None, description="A party that is there already; without it a new one")
    role: PartyRole
    organization: UUID | None = None
    name: Line | None = None
    representative: Representative | None = None
    responsible: Responsible | None = None

    @model_validator(mode="after")
    def _known_or_named(self) -> Self:
        if (self.organization is None) == (self.name is None):
            raise refusal(
                "known_or_named",
                "Nêu tổ chức (organization) hoặc tên (name), một trong hai.",
                "Give an organization or a name, one of the two.",
            )
        if self.name is not None and holds_contact(self.name):
            raise refusal(
                "contact_as_name",
                "Tên của một bên không được là số điện thoại hay e-mail: tên này ai cũng đọc được.",
                "A telephone number or e-mail address is no party's name: everybody may read names.",
            )
        return self


class PlannedDelivery(Schema):
    on: BusinessDate
    quantity: Quantity


class DeliveryPlan(Schema):
    """When goods come: on dates, on weekdays, or as the paper says it."""

    deliveries: Annotated[list[PlannedDelivery], Field(max_length=400)] = Field(default_factory=list)
    weekdays: Weekdays = Field(default_factory=list, description="1 is Monday")
    deliver_before: TimeOfDay | None = None
    cadence: Line | None = Field(default=None, description="In words, e.g. theo đợt thu hoạch")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.deliveries or self.weekdays or self.cadence):
            raise refusal(
                "plan_empty",
                "Kế hoạch giao cần ngày giao, thứ trong tuần hoặc mô tả.",
                "A delivery plan needs dates, weekdays or words.",
            )
        self.weekdays = sorted(set(self.weekdays))
        self.deliveries.sort(key=lambda planned: planned.on)
        return self


class LineIn(CountedInUnit):
    """Goods that are promised. A draft or MOU may leave out what is not agreed yet."""

    id: UUID | None = Field(default=None, description="A line that is there already; without it a new one")
    concept: NamedGoods | None = None
    description: Line | None = None
    quantity: Quantity | None = None
    unit: UnitCode | None = None
    per: WrittenAnyPer = "total"
    period_from: BusinessDate | None = None
    period_until: BusinessDate | None = None
    delivery_plan: DeliveryPlan | None = None
    binding: Binding = "fixed"
    tolerance_pct: Percent = Decimal(0)
    price_kind: PriceKind | None = None
    price_vnd: Money | None = Field(default=None, description="Per unit; the floor when price_kind is floor")

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.concept is None and self.description is None:
            raise refusal("goods_missing", "Nêu mặt hàng hoặc mô tả.", "Give a concept or a description.")
        if self.quantity is not None and self.unit is None:
            raise refusal("unit_missing", "Số lượng phải kèm đơn vị.", "A quantity needs a unit.")
        if self.price_vnd is not None and self.price_kind is None:
            self.price_kind = "fixed"
        if (self.price_vnd is None) != (self.price_kind in (None, "market")):
            raise refusal(
                "price_mismatch",
                "Giá cố định và giá sàn cần price_vnd; giá thị trường thì không.",
                "A fixed or floor price needs price_vnd; a market price has none.",
            )
        self._check_plan()
        return self

    def _check_plan(self) -> None:
        first, last = self.period_from or date.min, self.period_until or date.max
        if last < first:
            raise refusal(
                "period_reversed", "Thời hạn kết thúc trước khi bắt đầu.", "The period ends before it begins."
            )
        planned = self.delivery_plan.deliveries if self.delivery_plan else []
        if any(not first <= delivery.on <= last for delivery in planned):
            raise refusal("plan_outside_period", "Có ngày giao ngoài thời hạn.", "A planned day is outside the period.")
        total = sum((delivery.quantity for delivery in planned), Decimal(0))
        if planned and self.per == "total" and self.quantity not in (None, total):
            raise refusal(
                "plan_sum", "Tổng các lần giao không bằng số lượng.", "The deliveries do not add up to the quantity."
            )


class _Terms(Schema):
    paper_number: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(
        default=None, description="As on the paper"
    )
    event: UUID | None = None
    signed_on: BusinessDate | None = None
    signing_place: Line | None = None
    province: KnownProvince | None = Field(default=None, description="Where it is signed")
    valid_from: BusinessDate | None = None
    valid_until: BusinessDate | None = None
    value_vnd: Money | None = Field(
        default=None, description="As stated; left out, it is computed where every line has a price and a total"
    )
    note: Prose | None = Field(default=None, description="A remark beside the paper: neither printed nor confirmed")
    clauses: Prose | None = Field(default=None, description="What the paper says in words beside its lines and terms")
    trade_terms: Terms | None = Field(
        default=None, description="In codes; a discount is already taken off the prices of the lines"
    )


Parties = Annotated[list[PartyIn], Field(max_length=50)]
Lines = Annotated[list[LineIn], Field(max_length=200)]


class AgreementCreate(_Terms):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "instrument": "mou",
                    "title": "Biên bản ghi nhớ tiêu thụ thanh long (mẫu)",
                    "parties": [
                        {"role": "seller", "name": "HTX Nông sản Mẫu"},
                        {"role": "buyer", "name": "Siêu thị Mẫu"},
                    ],
                    "lines": [{"concept": "dragon-fruit-red", "quantity": "500", "unit": "KGM", "per": "week"}],
                }
            ]
        }
    )

    instrument: Instrument
    domain: Domain = "trade"
    title: Line | None = Field(default=None, description="May be left out beside `quote`: the need's title")
    parties: Parties = Field(default_factory=list)
    lines: Lines = Field(default_factory=list)
    another: Another = False
    sign: SignToo = False
    quote: UUID | None = Field(
        default=None,
        description="An accepted quote to draw it up from, once: parties, lines, net prices, delivery plan and trade "
        "terms are carried over. What is sent beside it counts; `parties` must have both sides, `lines` come from it",
    )

    @model_validator(mode="after")
    def _titled(self) -> Self:
        for line in self.lines:
            line.concept = line.concept or certain_goods(line.description)
        if self.title is None and self.quote is None:
            raise refusal("title_missing", "Văn bản cần có tên.", "The agreement needs a title.")
        if self.quote is not None and self.lines:
            raise refusal(
                "lines_beside_quote",
                "Các dòng hàng lấy từ báo giá; hãy sửa bản dự thảo sau.",
                "The lines come from the quote; edit the draft afterwards.",
            )
        return self


class NeedAgreementsCreate(Schema):
    """One agreement for each accepted quote of a need: every supplier signs, amends and ends its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"instrument": "sale"}]})

    instrument: Instrument
    quotes: Annotated[list[UUID], Field(min_length=1, max_length=MAX_POOL)] | None = Field(
        default=None, description="Left out: all that were accepted and have no agreement yet"
    )
    title: Line | None = Field(default=None, description="Of each; left out, the need's title")
    event: UUID | None = None
    signed_on: BusinessDate | None = None
    signing_place: Line | None = None
    province: KnownProvince | None = Field(default=None, description="Where they are signed")
    note: Prose | None = None
    another: Another = False


class AgreementUpdate(_Terms):
    """What is left out stays as it is; `parties` and `lines` are replaced as a whole, kept where `id` is given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"signing_place": "Thành phố Hồ Chí Minh", "note": "Bản chính giữ tại văn phòng"}]
        }
    )

    instrument: Instrument | None = None
    domain: Domain | None = None
    title: Line | None = None
    another: Another = False
    parties: Parties | None = None
    lines: Lines | None = None

    @model_validator(mode="after")
    def _refuse_nulls(self) -> Self:
        for name in ("instrument", "domain", "title", "parties", "lines"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise refusal("not_nullable", f"Không được bỏ trống {name}.", f"{name} cannot be null.")
        return self


class EventRef(Answer):
    id: UUID
    code: str
    name: str


class PartyOut(Answer):
    id: UUID
    role: PartyRole
    name: str
    organization: OrganizationRef | None = Field(description="null: known by name only")
    representative: Representative | None = Field(description="null for those who need not know")
    responsible: Responsible | None = Field(description="null for those who need not know")
    confirmed_at: Instant | None = Field(description="null for those who need not know")
    consent: PartyConsent = Field(description="word_of_logger: known by name only, nobody has asked it")
    contested_at: Instant | None = Field(description="null for those who need not know")
    contest_words: str | None = Field(description="Why it is not what it signed; null for those who need not know")


class LineOut(Answer):
    id: UUID
    concept: ConceptMark | None
    description: str | None
    quantity: AnyQuantity | None
    unit: str | None
    per: Per
    period_from: date | None
    period_until: date | None
    delivery_plan: DeliveryPlan | None
    binding: Binding
    tolerance_pct: Percent
    price_kind: PriceKind | None
    price_vnd: int | None
    quote_line: UUID | None = Field(description="The line of the accepted quote that it was drawn up from")


class AgreementOut(Answer):
    """An agreement in full for its parties, who logged it and officers; for others only what `summary` has."""

    id: UUID
    detail: Literal["summary", "full"]
    number: str
    instrument: Instrument
    domain: Domain
    status: AgreementStatus
    consent: Consent = Field(
        description="note: its logger's own word, which nobody else has confirmed, neither public nor counted; "
        "vouched: the event's verified body, or an officer by a mandate, recorded it; confirmed: by every known "
        "principal; contested: one of them says that it is not what it signed"
    )
    uncounted: Uncounted | None = Field(
        description="Why it is neither public nor counted yet: a draft; a note or contested (see `consent`); or "
        "nobody_verified: confirmed, but no officer has verified who any of its principals is; null: it counts"
    )
    vouched_by: UUID | None = Field(description="The body that recorded it, marked so until all have confirmed")
    one_hand: bool | None = Field(
        description="true: one person speaks for both sides, so that it stays a note, neither public nor counted, "
        "until the event's verified body or an officer by a mandate records it; null for those who need not know"
    )
    quantified: bool = Field(description="false: signed, but not yet quantified")
    signed_on: date | None
    event: EventRef | None
    province: ProvinceOut | None
    concepts: list[ConceptMark]
    parties: list[PartyOut]
    amends: UUID | None
    converted_from: UUID | None
    paper_number: str | None
    title: str | None
    signing_place: str | None
    valid_from: date | None
    valid_until: date | None
    value_vnd: int | None
    value_source: ValueSource | None
    note: str | None
    clauses: str | None = Field(description="What the paper says in words; null for those who need not know")
    quote: UUID | None = Field(description="The accepted quote that it was drawn up from; null for strangers")
    trade_terms: TermsOut | None
    lines: list[LineOut] | None
    effective_on: date | None
    ended_on: date | None
    cause: Cause | None
    cause_note: str | None
    amendment_cause: Cause | None
    amendment_note: str | None
    logged_by: UUID | None
    proposals: list[ProposalOut] | None = Field(description="What waits for consent; null for those who need not know")
    allowed: list[str] | None = Field(description="What this caller can do now")
    missing: list[ItemError] | None = Field(
        description="What keeps it from coming into force and who must do it; empty: nothing does, or it is in force; "
        "null: in lists, and for those who need not know"
    )
    created_at: Instant
    updated_at: Instant
    version: int


class DrawnUp(Answer):
    items: list[AgreementOut]
