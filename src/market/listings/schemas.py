"""What the listing routes take and give."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from market.certificates.schemas import CertificateMark
from market.core.batches import ItemsOf
from market.core.duplicates import Another
from market.core.schemas import (
    Answer,
    AnyQuantity,
    Code,
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
from market.core.validation import refusal, refuse_nulls
from market.listings.models import ConceptSource
from market.organizations.publication import Status
from market.organizations.schemas import OrganizationMark
from market.photos.schemas import PhotoMark
from market.reading.beside import in_own_unit, in_unit_of_the_rest
from market.reading.types import KnownProvince, NamedGoods, UnitCode, WrittenPer
from market.reading.units import with_content
from market.reference.cadence import MAX_WINDOW_DAYS, Per
from market.reference.goods_schemas import ConceptMark, GoodsOut
from market.reference.schemas import CommuneOut, ProvinceOut
from market.reference.types import CategoryId, FormId, KnownCommune, PartId, remembered
from market.search.request import TierName

MAX_BATCH = 1000
Erasable = Literal["price_vnd", "price_tiers", "moq", "capacity", "certificates"]
"""What buyers of a published listing count on."""


class Capacity(Schema):
    """How much can be had from one day through another."""

    from_: Day = Field(alias="from")
    to: Day
    quantity: Quantity
    per: WrittenPer

    @model_validator(mode="after")
    def _window_in_order(self) -> Self:
        if self.to < self.from_:
            raise refusal("window_order", "Ngày kết thúc trước ngày bắt đầu.", "The window ends before it begins.")
        if (self.to - self.from_).days > MAX_WINDOW_DAYS:
            raise refusal("window_too_long", "Khoảng thời gian dài quá ba năm.", "The window is over three years long.")
        return self


class PriceTier(Schema):
    min_quantity: Quantity
    price_vnd: Money


class ListingFields(Schema):
    """What creating and editing share."""

    description: Prose | None = None
    variety: Line | None = None
    grade: Line | None = Field(
        default=None, description="E.g. loại 1; /reference/specifications has those of the goods"
    )
    growing_area: Line | None = Field(default=None, description="Code or name of where it grows, e.g. VN-TGOR-0037")
    concept: NamedGoods | None = Field(
        default=None, description="A concept, or a pair such as mango.powder; left out: read from the title"
    )
    form: FormId | None = Field(
        default=None, description="How it comes, e.g. dried; left out: as the goods usually come"
    )
    part: PartId | None = Field(default=None, description="Which part, e.g. leaf; left out: the usual one")
    category: CategoryId | None = Field(
        default=None, description="Where it belongs when nobody has placed its name yet; else the goods decide"
    )
    commune: KnownCommune | None = Field(
        default=None, description="Where in the province; of today, or of the list until 2025-06-30"
    )
    price_vnd: Money | None = Field(default=None, description="For one unit; null or 0: to be asked for")
    price_until: Day | None = Field(default=None, description="Last day of the price; then it is to be asked for")
    price_tiers: Annotated[list[PriceTier], Field(max_length=10)] = Field(default_factory=list)
    moq: Quantity | None = Field(default=None, description="Least order, in the listing's unit")
    capacity: Annotated[list[Capacity], Field(max_length=60)] = Field(default_factory=list)
    certificates: Annotated[list[UUID], Field(max_length=20)] = Field(default_factory=list)
    kg_each: Quantity | None = Field(
        default=None, description="What one unit weighs, where it has no fixed weight: a piece, a bunch, a carton"
    )
    size: Line | None = Field(default=None, description="E.g. 300-400 g, 12-15 trái/thùng")
    packaging: Line | None = Field(default=None, description="E.g. thùng 10 kg")
    external_id: Code | None = Field(
        default=None, description="Your own name for it; a batch or file that names it again updates instead of adding"
    )
    shelf_life_days: Annotated[Whole, Field(ge=1, le=3650)] | None = None
    cold_chain: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _unit_with_content(cls, given: Any) -> Any:
        """`thùng 10 kg` is a carton of which one weighs 10 kg; `2 tấn` beside kg is 2000."""
        return in_own_unit(with_content(given, remembered()), remembered())

    @model_validator(mode="after")
    def _tiers_fall(self) -> Self:
        quantities = [tier.min_quantity for tier in self.price_tiers]
        if quantities != sorted(set(quantities)):
            raise refusal(
                "tiers_order", "Các bậc giá phải có lượng tăng dần.", "Price tiers must have rising quantities."
            )
        return self


class ListingCreate(ListingFields):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Thanh long ruột đỏ Chợ Gạo",
                    "province": {"code": "82", "version": "2025"},
                    "unit": "KGM",
                    "price_vnd": 28000,
                    "moq": "200",
                    "capacity": [{"from": "2026-12-01", "to": "2027-02-28", "quantity": "5000", "per": "week"}],
                    "packaging": "thùng 10 kg",
                    "shelf_life_days": 14,
                    "cold_chain": True,
                    "publish": True,
                }
            ]
        }
    )

    title: Line
    province: KnownProvince
    unit: UnitCode
    publish: Flag = Field(default=False, description="Visible at once, rather than a draft")
    another: Another = False


class ListingUpdate(ListingFields):
    """What is left out stays as it is; a list replaces the whole list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"price_vnd": 29000, "packaging": "thùng 10 kg"}]})

    title: Line | None = None
    province: KnownProvince | None = None
    unit: UnitCode | None = None
    erase: Annotated[list[Erasable], Field(max_length=10)] = Field(
        default_factory=list, description="Fields of a published listing that are meant to be emptied"
    )
    below_promised: Flag = Field(
        default=False, description="The capacity is meant to be less than what is promised already"
    )
    _waiting: dict[str, Any] = PrivateAttr(default_factory=dict)
    """Fields whose text names a unit, while no unit was sent."""

    @model_validator(mode="wrap")
    @classmethod
    def _wait_for_the_unit(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        waiting = in_unit_of_the_rest(given, remembered())
        if not waiting:
            return handler(given)
        made = handler({name: value for name, value in given.items() if name not in waiting})
        made._waiting = waiting
        return made

    def beside(self, unit: str, kg_each: Decimal | None) -> ListingUpdate:
        """The change with all its numbers in the unit of its listing: "2 tạ" of what is sold by the kg is 200.

        Raises:
            ValidationError: a number is for a unit that cannot be turned into it.
        """
        if not self._waiting:
            return self
        sent = self.model_dump(by_alias=True, include=self.model_fields_set)
        weight = {} if kg_each is None or "kg_each" in sent else {"kg_each": kg_each}
        return type(self).model_validate({"unit": unit, **weight, **sent, **self._waiting})

    @model_validator(mode="after")
    def _refuse_nulls(self) -> Self:
        refuse_nulls(self, "title", "province", "unit")
        return self


class ListingBatch(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "title": "Thanh long ruột đỏ",
                            "province": {"code": "82", "version": "2025"},
                            "unit": "KGM",
                            "price_vnd": 28000,
                            "external_id": "TL-01",
                        }
                    ]
                }
            ]
        }
    )

    items: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_BATCH), ItemsOf(ListingCreate)] = Field(
        description="Each as in POST /listings; good items stay, bad ones are reported"
    )


class CapacityOut(Answer):
    from_: date = Field(alias="from", serialization_alias="from")
    to: date
    quantity: AnyQuantity
    per: Per


class ListingCard(Answer):
    """A listing in a list of search results."""

    id: UUID
    title: str
    concept: ConceptMark | None = Field(description="null for an open name: found by its words and its category")
    goods: GoodsOut
    organization: OrganizationMark
    province: ProvinceOut
    commune: CommuneOut | None = Field(default=None, description="Where in the province, as recorded and as today")
    unit: str
    price_vnd: int | None
    price_until: date | None = Field(description="Last day of the price")
    price_vnd_kg: AnyQuantity | None = Field(description="Where the unit has a weight")
    moq: AnyQuantity | None
    kg_each: AnyQuantity | None = Field(description="What one unit weighs, as the seller says")
    packaging: str | None
    cold_chain: bool
    available_from: date | None
    available_to: date | None
    weekly_kg: AnyQuantity | None = Field(description="Most that is free in one week, where the unit has a weight")
    certificates: list[CertificateMark]
    photo: PhotoMark | None = Field(description="The first of its photos; null while it has none")
    published_at: Instant | None
    version: int


class FoundListing(ListingCard):
    """A listing in a list of search results, and how near it is to what was asked."""

    tier: TierName = Field(default="exact", description="exact, form, variety, wider, condition or text")


class ListingOut(ListingCard):
    """A whole listing."""

    description: str | None
    variety: str | None
    grade: str | None
    size: str | None
    external_id: str | None
    growing_area: str | None
    concept_source: ConceptSource
    confidence: float | None = Field(description="How sure an inferred concept is, 0 to 1")
    price_tiers: list[PriceTier]
    capacity: list[CapacityOut]
    shelf_life_days: int | None
    status: Status
    created_at: Instant
    updated_at: Instant


class WeekOfCapacity(Answer):
    """One ISO week of a listing, in its unit."""

    week: str = Field(examples=["2026-W49"])
    offered: AnyQuantity | None = Field(description="For the seller only")
    promised: AnyQuantity | None = Field(description="For the seller only; what was said in accepted quotes")
    free: AnyQuantity


class CapacityCalendar(Answer):
    """What a listing has in each ISO week from this one on."""

    unit: str
    weeks: list[WeekOfCapacity]


class NewPrice(Schema):
    """The price of one listing from now on."""

    listing: UUID
    price_vnd: Money | None = Field(description="For one unit; null or 0: to be asked for")
    until: Day | None = Field(default=None, description="Its last day")


class NewPrices(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {"listing": "0198c1f2-5a51-7d10-a1f0-3f2f6a1d0001", "price_vnd": 27000, "until": "2026-12-06"}
                    ]
                }
            ]
        }
    )

    items: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_BATCH), ItemsOf(NewPrice)] = Field(
        description="Each {listing, price_vnd, until}; good items stay, bad ones are reported"
    )


class PriceOut(Answer):
    """What a listing cost from a moment on."""

    price_vnd: int | None
    until: date | None
    set_at: Instant


class PriceHistory(Answer):
    """The newest first."""

    items: list[PriceOut]
