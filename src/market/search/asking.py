"""The query string of a search, and how it becomes a question to the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from market.core.pagination import Limit
from market.core.schemas import Day, Money, Schema
from market.core.validation import refusal, refusals_at
from market.core.values.numbers import read_number
from market.reading.attributes import PlaceReading
from market.reading.classes import ClassOfGoods
from market.reading.localities import is_place
from market.reading.places import read_province
from market.reading.segments import SHORTEST_BRAND
from market.reading.types import CertificateRequirement, ConceptId, read_or_refuse
from market.reading.understanding import Understood
from market.reference.cadence import iso_week
from market.reference.records import CURRENT, MacroRegion, Version
from market.reference.types import remembered
from market.search.conflicts import Conflict, settle
from market.search.kin import PRODUCTS
from market.search.request import SHORTEST_NAME, Filters, Question, Sort, weeks_of_months
from market.vietnamese.text import has_marks
from market.vietnamese.tone_keys import tone_key

Facet = Literal["concept", "category", "province", "region", "grade", "size", "packing"]
MAX_QUERY = 2000


def _versioned(text: str) -> tuple[str, Version]:
    version, separator, key = text.rpartition(":")
    if not separator:
        return key, CURRENT
    if version not in ("2008", "2025"):
        raise refusal("map_version", "Bản đồ phải là 2008 hoặc 2025.", "The map must be 2008 or 2025.")
    return key, "2008" if version == "2008" else "2025"


def _province(text: str) -> str:
    province = read_or_refuse(lambda given: read_province(given, remembered()), text)
    return f"{province.version}:{province.code}"


def _region(text: str) -> str:
    region, version = _versioned(text)
    if all((known.id, known.version) != (region, version) for known in remembered().regions):
        raise refusal("unknown_region", "Không có vùng này.", "There is no such region.")
    return f"{version}:{region}"


def _whole_kg(value: object) -> object:
    """Kilograms may come with decimals, as every quantity; a part of one more asks for the whole of it."""
    if isinstance(value, str):
        value = read_or_refuse(read_number, value)
    try:
        return int(Decimal(str(value)).to_integral_value(ROUND_CEILING))
    except (ArithmeticError, ValueError):
        return value


_Short = StringConstraints(max_length=64)
ProvinceKey = Annotated[str, _Short, AfterValidator(_province)]
RegionKey = Annotated[str, _Short, AfterValidator(_region)]


class SearchQuery(Schema):
    """What a search takes, beside what its words say."""

    q: str = Field(default="", max_length=MAX_QUERY, description="Words, as people type them; marks optional")
    concept: list[ConceptId] = Field(default_factory=list, max_length=20, description="Narrower goods are included")
    province: list[ProvinceKey] = Field(
        default_factory=list,
        max_length=63,
        description="Code of one of the 34 units, `2008:83` of one of the 63, or a name",
    )
    region: list[RegionKey] = Field(
        default_factory=list, max_length=12, description="`DBSCL`; `2008:TN` for an old one"
    )
    certificate: list[CertificateRequirement] = Field(
        default_factory=list, max_length=10, description="Schemes that must be valid now: vietgap, ocop:4"
    )
    ocop_min: int | None = Field(default=None, ge=3, le=5, description="Least OCOP stars")
    price_min_vnd: Money | None = Field(default=None, description="For a kilogram, where the unit has a weight")
    price_max_vnd: Money | None = Field(default=None, description="For a kilogram, where the unit has a weight")
    quantity_min_kg: Annotated[int, Field(ge=0, le=10**12), BeforeValidator(_whole_kg)] | None = Field(
        default=None, description="In one week; decimals are rounded up"
    )
    on: Day | None = Field(default=None, description="Available (or wanted) in the week of this day")
    organization: UUID | None = None
    category: Annotated[str, _Short] | None = None
    sort: Sort = "relevance"
    page: int = Field(default=1, ge=1, le=100_000)
    limit: Limit = 20
    facets: list[Facet] = Field(default_factory=list, max_length=7)
    tiers: Literal["auto", "all", "exact"] = Field(
        default="auto",
        description="exact: only what was asked; all: count every tier; auto: further tiers while the page has room",
    )
    understand: Literal["on", "off"] = Field(default="on", description="off: the words are only words")
    near: MacroRegion | None = Field(default=None, description="Where the searcher speaks from, for regional words")

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        least, most = self.price_min_vnd, self.price_max_vnd
        if least is not None and most is not None and least > most:
            contradiction = refusal(
                "bounds_order", "Giá thấp nhất cao hơn giá cao nhất.", "The least price is above the greatest."
            )
            raise refusals_at(contradiction, "price_min_vnd", "price_max_vnd")
        return self


def explicit_filters(params: SearchQuery) -> Filters:
    """The conditions given by parameters."""
    stars = [f"ocop-{params.ocop_min}"] if params.ocop_min else []
    return Filters(
        concepts=tuple(params.concept),
        provinces=tuple(params.province),
        regions=tuple(params.region),
        certificates=(*(requirement.replace(":", "-") for requirement in params.certificate), *stars),
        price_min_vnd=params.price_min_vnd,
        price_max_vnd=params.price_max_vnd,
        quantity_min_kg=params.quantity_min_kg,
        weeks=(iso_week(params.on),) if params.on else (),
        organization=params.organization,
        category=params.category,
    )


def read_filters(understood: Understood, *, today: date) -> Filters:
    """The conditions that were read in the words."""
    certificates = {
        f"{read.scheme}-{read.level_min}" if read.level_min else read.scheme for read in understood.certificates
    }
    if understood.ocop_min:
        certificates.add(f"ocop-{understood.ocop_min}")
    places = [key for place in understood.provinces for key in _place_keys(place.codes_2008, place)]
    if understood.region is not None and not places:
        region = understood.region
        places = [f"2008:{code}" for code in region.codes_2008] or [f"2025:{code}" for code in region.codes_2025]
    least, most = understood.quantity_min_kg, understood.quantity_max_kg
    return Filters(
        provinces=tuple(places),
        certificates=tuple(sorted(certificates)),
        price_min_vnd=understood.price_min_vnd,
        price_max_vnd=understood.price_max_vnd,
        quantity_min_kg=int(least) if least is not None else None,
        quantity_max_kg=int(most) if most is not None else None,
        weeks=tuple(sorted({*weeks_of_months(understood.months, today=today), *understood.weeks})),
    )


def _place_keys(codes_2008: tuple[str, ...], place: PlaceReading) -> list[str]:
    if place.version == CURRENT:
        return [f"{CURRENT}:{place.code_2025}"]
    return [f"2008:{code}" for code in codes_2008]


def _may_be_a_name(text: str) -> bool:
    return len(text.split()) >= SHORTEST_NAME and not is_place(text)


def _denied(understood: Understood, concepts: Sequence[str]) -> tuple[str, ...]:
    """The forms denied, but for those in which the goods come themselves: trà không túi lọc is tea."""
    own = {remembered().goods(concept).form for concept in concepts} if understood.unwanted.forms else set()
    return tuple([form for form in understood.unwanted.forms if form not in own])


def _named_so(understood: Understood, concepts: Sequence[str]) -> tuple[str, ...]:
    """Kinds of the goods that have a denied word in their name, but for those that were asked for: cà phê rang xay."""
    if not understood.unwanted.ways:
        return ()
    kinds = {kind for concept in concepts for kind in remembered().kinds(concept)}.difference(concepts)
    names = {kind: f" {remembered().concept(kind).name_vi.casefold()} " for kind in sorted(kinds)}
    return tuple([kind for kind, name in names.items() if any(f" {way} " in name for way in understood.unwanted.ways)])


def _is_certain(understood: Understood, asked: ClassOfGoods | None) -> bool:
    """Whether words name goods or a class, with nothing put right, and no pair that only the reader made of them."""
    if asked is not None:
        return not asked.called
    goods = [reading for reading in understood.concepts if reading.role == "goods"]
    known = all(reading.by != "slip" and "." not in reading.id for reading in understood.concepts)
    return known and bool(goods or understood.category)


def _own_category(concepts: Sequence[str], asked: ClassOfGoods | None) -> str:
    """The category of goods some of whose kinds are eggs or milk, or of the class that a noun begins."""
    if asked is not None and asked.is_noun:
        return asked.category if len(concepts) <= 1 else ""
    if asked is not None:
        return ""
    catalogue = remembered()
    if len(concepts) != 1 or catalogue.goods(concepts[0]).part in PRODUCTS:
        return ""
    gives = any(catalogue.goods(kind).part in PRODUCTS for kind in catalogue.kinds(concepts[0]))
    return catalogue.concept(concepts[0]).category if gives else ""


def question_of(params: SearchQuery, understood: Understood, *, today: date) -> Question:
    """What the engine is asked: the words as they were understood, under the explicit conditions and the read ones."""
    return settled_question(params, understood, today=today)[0]


def settled_question(
    params: SearchQuery, understood: Understood, *, today: date
) -> tuple[Question, tuple[Conflict, ...]]:
    """What the engine is asked, and which parts of the reading a parameter overrules."""
    explicit = explicit_filters(params)
    read = read_filters(understood, today=today)
    settled = settle(explicit, read, understood, on=params.on, catalogue=remembered(), today=today)
    goods = [reading.id for reading in understood.concepts if reading.role == "goods"]
    readings = goods or [reading.id for reading in understood.concepts]
    only_words = settled.goods_are_set_aside
    asked = None if only_words else understood.asked_class
    readings = list(_of_the_class(readings, asked))
    text = understood.phrase if only_words else understood.text
    question = Question(
        words=asked.called if asked and asked.called else understood.phrase,
        key=tone_key(asked.called) if asked and asked.called else understood.tone_key,
        concepts=() if only_words else tuple(dict.fromkeys(readings)),
        least_kg=_least_kg(understood),
        category=None if only_words or (asked and not asked.is_whole) else understood.category,
        members=asked.members if asked else (),
        apart=asked.apart if asked else (),
        class_of=None if only_words else understood.category,
        own_category="" if only_words else _own_category(readings, asked),
        variety="" if only_words else understood.variety,
        others=understood.others,
        denied_forms=_denied(understood, readings),
        denied_kinds=(*understood.unwanted.kinds, *_named_so(understood, readings)),
        denied_words=understood.unwanted.kind_text,
        avoided_words=understood.unwanted.form_text,
        rest=text,
        rest_key=tone_key(text) if has_marks(text) else "",
        name=text if understood.names_something and _may_be_a_name(text) else "",
        as_typed=understood.as_typed,
        by_letters=understood.by_letters,
        typed=understood.query,
        filters=(explicit,),
        read=settled.read,
        is_certain=_is_certain(understood, asked) and not text,
        is_name=not readings and understood.unknown_words >= SHORTEST_BRAND,
        sort=params.sort,
        page=params.page,
        limit=params.limit,
        facets=tuple(params.facets),
    )
    return question, settled.conflicts


def _of_the_class(concepts: Sequence[str], asked: ClassOfGoods | None) -> Sequence[str]:
    """The readings that are of the class asked for; all of them when a noun asks, or none."""
    if asked is None or asked.is_noun:
        return concepts
    catalogue = remembered()
    return [id_ for id_ in concepts if asked.category in catalogue.category_line(catalogue.concept(id_).category)]


def _least_kg(understood: Understood) -> dict[str, int]:
    """Kilograms a week of those goods that have a quantity of their own."""
    return {
        concept: int(one.quantity.min_kg)
        for one in understood.quantities
        for concept in one.concepts
        if one.quantity.min_kg is not None
    }
