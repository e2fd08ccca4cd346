"""What the need routes take and give."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from market.core import clock
from market.core.batches import ItemsOf
from market.core.duplicates import Another
from market.core.schemas import (
    Answer,
    AnyQuantity,
    Code,
    Day,
    Flag,
    HourMinute,
    Instant,
    Line,
    Money,
    Prose,
    Quantity,
    Schema,
)
from market.core.validation import refusal, refusals_of, refuse_nulls
from market.needs.policy import publication_errors
from market.organizations.publication import Status
from market.organizations.schemas import OrganizationMark
from market.reading.beside import in_own_unit
from market.reading.specifying import FIELDS, specification_errors
from market.reading.titles import TitleGoods, goods_told
from market.reading.types import CertificateRequirement, KnownProvince, NamedGoods, UnitCode, Weekdays, WrittenPer
from market.reading.units import with_content
from market.reading.vocabulary import vocabulary_of
from market.reference.cadence import MAX_WINDOW_DAYS, Per
from market.reference.goods_schemas import ConceptMark, FacetMark, GoodsOut
from market.reference.schemas import ProvinceOut
from market.reference.types import FormId, PartId, remembered
from market.search.request import TierName

MAX_BATCH = 1000
Requirements = Annotated[list[CertificateRequirement], Field(max_length=10)]


class NeedLineIn(Schema):
    """One kind of goods: how much, how often, when, under which conditions."""

    concept: NamedGoods | None = Field(
        default=None, description="A concept, or a pair such as mango.powder; left out: read from the name"
    )
    name: Line | None = Field(default=None, description="What the goods are called, where no concept is given")
    form: FormId | None = Field(
        default=None, description="How it is to come, e.g. dried; left out: as it usually comes"
    )
    part: PartId | None = Field(default=None, description="Which part, e.g. leaf; left out: the usual one")
    forms: Annotated[list[FormId], Field(max_length=10)] = Field(
        default_factory=list, description="Further forms that will do as well; fresh: as it usually comes"
    )
    quantity: Quantity
    unit: UnitCode
    per: WrittenPer = Field(description="What the quantity is counted by; total: the whole window")
    weekdays: Weekdays = Field(default_factory=list, description="Days of delivery, 1 is Monday; empty: every day")
    from_: Day = Field(alias="from")
    to: Day
    required_certificates: Requirements = Field(default_factory=list)
    preferred_certificates: Requirements = Field(default_factory=list)
    price_ceiling_vnd: Money | None = Field(default=None, description="For one unit")
    grade: Line | None = Field(default=None, description="E.g. loại 1; a better grade will do, too")
    size: Line | None = Field(default=None, description="E.g. 300-400 g; what lies within will do")
    packaging: Line | None = Field(default=None, description="E.g. thùng 10 kg; thùng alone takes any content")
    kg_each: Quantity | None = Field(
        default=None, description="What one unit weighs, where it has no fixed weight: a piece, a bunch, a carton"
    )
    note: Line | None = None

    @model_validator(mode="before")
    @classmethod
    def _unit_with_content(cls, given: Any) -> Any:
        """`thùng 10 kg` is a carton of which one weighs 10 kg; `2 tấn` beside kg is 2000."""
        return in_own_unit(with_content(given, remembered()), remembered())

    @model_validator(mode="after")
    def _settle(self) -> Self:
        if (days := sorted(set(self.weekdays))) != self.weekdays:
            self.weekdays = days
        if self.concept is None and self.name is None:
            vi = "Hãy cho biết mặt hàng: mã mặt hàng (concept) hoặc tên gọi (name)."
            raise refusal("goods_missing", vi, "Say which goods: a concept, or a name.")
        if self.to < self.from_:
            raise refusal("window_order", "Ngày kết thúc trước ngày bắt đầu.", "The window ends before it begins.")
        if (self.to - self.from_).days > MAX_WINDOW_DAYS:
            raise refusal("window_too_long", "Khoảng thời gian dài quá ba năm.", "The window is over three years long.")
        self._require_known_specifications()
        return self

    def _require_known_specifications(self) -> None:
        """Refuse a grade, size or packing that is none of these goods."""
        sent = self.model_dump(include=set(FIELDS), exclude_none=True)
        if sent:
            goods = self.goods_told()
            errors = specification_errors(remembered(), sent, concept=goods.concept_id, category=goods.category)
            if errors:
                raise refusals_of(errors)

    def goods_told(self) -> TitleGoods:
        """The goods as they were given, or as their name says."""
        return goods_told(
            self.name or "", vocabulary_of(remembered()), region=None,
            concept=self.concept, form=self.form, part=self.part,
        )  # fmt: skip


class NeedCreate(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Thanh long cho chuỗi 40 cửa hàng",
                    "lines": [
                        {
                            "concept": "dragon-fruit-red",
                            "quantity": "500",
                            "unit": "KGM",
                            "per": "day",
                            "weekdays": [1, 2, 3, 4, 5, 6],
                            "from": "2030-12-02",
                            "to": "2031-02-28",
                            "required_certificates": ["vietgap"],
                            "preferred_certificates": ["ocop:4"],
                            "price_ceiling_vnd": 32000,
                        }
                    ],
                    "delivery_province": {"code": "79", "version": "2025"},
                    "deliver_before": "06:00",
                    "deadline": "2030-11-15",
                    "publish": True,
                }
            ]
        }
    )

    title: Line
    description: Prose | None = None
    lines: Annotated[list[NeedLineIn], Field(min_length=1, max_length=50)]
    delivery_province: KnownProvince
    deliver_before: HourMinute | None = None
    deadline: Day | None = None
    external_id: Code | None = Field(
        default=None, description="Your own name for it; a batch or file that names it again updates instead of adding"
    )
    publish: Flag = Field(default=False, description="Visible at once, rather than a draft")
    another: Another = False

    @model_validator(mode="after")
    def _open_when_published(self) -> Self:
        if not self.publish:
            return self
        errors = publication_errors(self.deadline, [line.to for line in self.lines], today=clock.today())
        if errors:
            raise refusals_of(errors)
        return self


class NeedUpdate(Schema):
    """What is left out stays as it is; `lines` replaces them all, by position."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"deliver_before": "05:30"}]})

    title: Line | None = None
    description: Prose | None = None
    lines: Annotated[list[NeedLineIn], Field(min_length=1, max_length=50)] | None = None
    delivery_province: KnownProvince | None = None
    deliver_before: HourMinute | None = None
    deadline: Day | None = None

    @model_validator(mode="after")
    def _refuse_nulls(self) -> Self:
        refuse_nulls(self, "title", "lines", "delivery_province")
        return self


class NeedBatch(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "title": "Thanh long cho 40 cửa hàng",
                            "delivery_province": {"code": "79", "version": "2025"},
                            "external_id": "NC-01",
                            "lines": [
                                {
                                    "concept": "dragon-fruit-red",
                                    "quantity": "500",
                                    "unit": "KGM",
                                    "per": "week",
                                    "from": "2026-12-01",
                                    "to": "2027-02-28",
                                }
                            ],
                        }
                    ]
                }
            ]
        }
    )

    items: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_BATCH), ItemsOf(NeedCreate)] = Field(
        description="Each as in POST /needs; good items stay, bad ones are reported"
    )


class NeedLineOut(Answer):
    id: UUID
    concept: ConceptMark | None = Field(description="null for a name that nobody has placed yet")
    name: str | None
    goods: GoodsOut
    forms: list[FacetMark] = Field(description="Further forms that will do as well")
    quantity: AnyQuantity
    unit: str
    per: Per
    weekdays: list[int]
    from_: date = Field(alias="from", serialization_alias="from")
    to: date
    required_certificates: list[str]
    preferred_certificates: list[str]
    price_ceiling_vnd: int | None
    weekly_kg: AnyQuantity | None = Field(description="Most that is wanted in one week, where the unit has a weight")
    grade: str | None
    size: str | None
    packaging: str | None
    kg_each: AnyQuantity | None
    note: str | None


class NeedOut(Answer):
    """A need; also what search results list."""

    id: UUID
    title: str
    description: str | None
    organization: OrganizationMark
    delivery_province: ProvinceOut
    deliver_before: HourMinute | None
    deadline: date | None
    external_id: str | None
    lines: list[NeedLineOut]
    status: Status
    published_at: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int


class FoundNeed(NeedOut):
    """A need in a list of search results, and how near it is to what was asked."""

    tier: TierName = Field(default="exact", description="exact, form, variety, wider, condition or text")
