"""From rows to what the API says about them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from market.needs.models import Need, NeedLine
from market.needs.schemas import FoundNeed, NeedLineOut, NeedOut
from market.organizations.answers import organization_mark
from market.reference.cadence import Cadence
from market.reference.catalogue import Catalogue
from market.reference.schemas import ConceptMark, FacetMark, GoodsOut, ProvinceOut

LINE = (
    "id",
    "name",
    "quantity",
    "unit",
    "per",
    "weekdays",
    "required_certificates",
    "preferred_certificates",
    "price_ceiling_vnd",
    "grade",
    "size",
    "packaging",
    "kg_each",
    "note",
)
PLAIN = (
    "id",
    "title",
    "description",
    "deliver_before",
    "deadline",
    "external_id",
    "status",
    "published_at",
    "created_at",
    "updated_at",
    "version",
)


def weekly_demand(line: NeedLine) -> Mapping[int, Decimal]:
    """What is wanted in each ISO week, in the line's unit."""
    wanted = Cadence.of(line.quantity, line.per, start=line.starts_on, end=line.ends_on, weekdays=line.weekdays)
    return wanted.weekly()


def weekly_kg(line: NeedLine, *, catalogue: Catalogue) -> Decimal | None:
    """The most that is wanted in one week, in kilograms, where the unit has a fixed weight."""
    return catalogue.to_kg(max(weekly_demand(line).values(), default=Decimal(0)), catalogue.unit(line.unit))


def line_names(line: NeedLine, *, catalogue: Catalogue) -> tuple[str, str]:
    """What the goods of a line are called, in Vietnamese and English; an open name as the buyer wrote it."""
    if line.concept_id is None:
        return (line.name or "", line.name or "")
    concept = catalogue.concept(line.concept_id)
    return (concept.name_vi, concept.name_en)


def _line_out(line: NeedLine, catalogue: Catalogue) -> NeedLineOut:
    return NeedLineOut.model_construct(
        **{name: getattr(line, name) for name in LINE},
        concept=ConceptMark.named(catalogue, line.concept_id) if line.concept_id else None,
        goods=GoodsOut.within(
            catalogue, concept_id=line.concept_id, category=line.category_id, certainty=line.certainty
        ),
        forms=[FacetMark.of(form) for form in map(catalogue.find_form, line.forms) if form is not None],
        from_=line.starts_on,
        to=line.ends_on,
        weekly_kg=weekly_kg(line, catalogue=catalogue),
    )


def need_out(need: Need, *, catalogue: Catalogue) -> NeedOut:
    """The need with its lines."""
    province = catalogue.province(need.province_code, need.province_version)
    return NeedOut.model_construct(
        **{name: getattr(need, name) for name in PLAIN},
        organization=organization_mark(need.organization),
        delivery_province=ProvinceOut.within(catalogue, province),
        lines=[_line_out(line, catalogue) for line in need.lines],
    )


def found_need(need: Need, *, catalogue: Catalogue) -> FoundNeed:
    """One of an organization's own needs, in the shape of a search."""
    return FoundNeed.model_construct(**need_out(need, catalogue=catalogue).__dict__, tier="exact")
