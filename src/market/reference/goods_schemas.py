"""Goods as the API takes and gives them: concepts, forms, parts and categories."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from market.core.schemas import Answer, Schema
from market.reference.catalogue import Catalogue
from market.reference.goods import UNCLASSIFIED
from market.reference.records import (
    Category,
    Certainty,
    Concept,
    Form,
    Goods,
    MacroRegion,
    Part,
    Specification,
    SpecificationKind,
)
from market.reference.schemas import UnitOfMap, WholeListQuery
from market.reference.types import CategoryId, ConceptId


class ConceptMark(Answer):
    """A concept by its names, beside what is offered or asked for."""

    id: str
    name_vi: str
    name_en: str

    @classmethod
    def named(cls, catalogue: Catalogue, concept_id: str) -> ConceptMark:
        concept = catalogue.concept(concept_id)
        return cls(id=concept.id, name_vi=concept.name_vi, name_en=concept.name_en)

    @classmethod
    def made_into(cls, catalogue: Catalogue, goods: Goods) -> ConceptMark:
        """The commodity of goods; of another part than the usual one it is the whole: of a duck, not of its meat."""
        natural = catalogue.concept(goods.commodity).natural
        if goods.part is None or goods.part == natural:
            return cls.named(catalogue, goods.commodity)
        vi, en = catalogue.whole(goods.commodity)
        return cls(id=goods.commodity, name_vi=vi, name_en=en)


class FacetMark(Answer):
    """A form, part or category by its names."""

    id: str
    name_vi: str
    name_en: str

    @classmethod
    def of(cls, facet: Category | Form | Part) -> FacetMark:
        return cls(id=facet.id, name_vi=facet.name_vi, name_en=facet.name_en)


class GoodsOut(Answer):
    """Goods as a commodity in a form and part, and how sure that is."""

    commodity: ConceptMark | None = Field(description="What they are made of; null for an open name")
    form: FacetMark | None = Field(description="How they come; null: as this commodity usually comes")
    part: FacetMark | None = Field(description="Which part; null: the usual one")
    variety: str | None = Field(description="Variety or origin, in words")
    category: FacetMark
    certainty: Certainty = Field(
        description="given: the author said so; certain: the title says so; guessed: it most likely does;"
        " open: nobody has placed this name yet"
    )
    evidence: list[str] = Field(description="Words that it was read from")
    may_be: list[ConceptMark] = Field(description="What an open name may mean, the likeliest first")

    @classmethod
    def within(
        cls,
        catalogue: Catalogue,
        *,
        concept_id: str | None,
        category: str,
        certainty: Certainty,
        evidence: Sequence[str] = (),
        may_be: Sequence[str] = (),
        variety: str | None = None,
    ) -> GoodsOut:
        """Goods as they are recorded."""
        goods = catalogue.goods(concept_id) if concept_id is not None else None
        form = catalogue.find_form(goods.form) if goods is not None and goods.form else None
        part = catalogue.find_part(goods.part) if goods is not None and goods.part else None
        group = catalogue.find_category(category) or catalogue.find_category(UNCLASSIFIED)
        if group is None:
            raise LookupError(category)
        return cls(
            commodity=None if goods is None else ConceptMark.made_into(catalogue, goods),
            form=None if form is None else FacetMark.of(form),
            part=None if part is None else FacetMark.of(part),
            variety=variety,
            category=FacetMark.of(group),
            certainty=certainty,
            evidence=list(evidence),
            may_be=[ConceptMark.named(catalogue, id_) for id_ in may_be if catalogue.find_concept(id_) is not None],
        )


class ConceptNameOut(Answer):
    """A further name; `regions` (bac, trung, nam) says where it is the everyday word, null everywhere or in trade."""

    name: str
    regions: list[MacroRegion] | None


class ConceptOut(Answer):
    """What goods are, with every name. Seasons and provinces are editorial, not statistics."""

    id: str
    parent: str | None
    name_vi: str
    name_en: str
    category: str
    hs4: str | None
    units: list[str]
    harvest_months: list[int] | None
    provinces: list[UnitOfMap] | None
    """Best-known producing provinces of the map of 2008; null everywhere or unsure."""
    names: list[ConceptNameOut]

    @classmethod
    def within(cls, catalogue: Catalogue, concept: Concept) -> ConceptOut:
        known = concept.provinces
        return cls(
            id=concept.id,
            parent=concept.parent,
            name_vi=concept.name_vi,
            name_en=concept.name_en,
            category=concept.category,
            hs4=concept.hs4,
            units=list(concept.units),
            harvest_months=None if concept.harvest_months is None else list(concept.harvest_months),
            provinces=None if known is None else [UnitOfMap.of(catalogue.province(code, "2008")) for code in known],
            names=[ConceptNameOut.model_validate(name) for name in concept.names],
        )


class CategoryOut(FacetMark):
    """A group of goods; OCOP's groups are the roots."""

    parent: str | None
    ocop: str | None = Field(description="OCOP group that it heads")
    perishable: bool = Field(description="Dried or made into something, its goods become others")


class GoodsFormOut(FacetMark):
    """How goods come, with the words that say so before and after their name."""

    parent: str | None
    heads: list[str]
    tails: list[str]

    @classmethod
    def described(cls, form: Form) -> GoodsFormOut:
        heads = [word.word for word in form.heads]
        return cls(**FacetMark.of(form).model_dump(), parent=form.parent, heads=heads, tails=list(form.tails))


class GoodsPartOut(FacetMark):
    """A part of a plant or animal, with the words that say so before its name."""

    heads: list[str]

    @classmethod
    def described(cls, part: Part) -> GoodsPartOut:
        return cls(**FacetMark.of(part).model_dump(), heads=[word.word for word in part.heads])


class SpecificationOut(Answer):
    """A grade, size or packing, and the goods that have it."""

    id: str
    kind: SpecificationKind
    parent: str | None = Field(description="What it is a kind of: who asks for that takes this, too")
    name_vi: str
    name_en: str
    names: list[str] = Field(description="Further ways to write it")
    categories: list[str] = Field(description="Of whose goods it is said, with all below them")
    concepts: list[str] = Field(description="Of which goods it is said, with all narrower ones")
    rank: int | None = Field(description="Of grades that are better or worse than each other: 0 is the best")
    measure: str | None = Field(description="What a number or range beside its name counts; null: no scale")
    example: str | None = Field(description="How a value of a scale is written")

    @classmethod
    def described(cls, term: Specification) -> SpecificationOut:
        return cls.model_validate(term)


class SpecificationQuery(WholeListQuery):
    """Of which goods, and which kind."""

    kind: SpecificationKind | None = Field(default=None, description="Only grades, sizes or packings")
    concept: ConceptId | None = Field(default=None, description="Only those of these goods")
    category: CategoryId | None = Field(default=None, description="Only those of goods of this category")


class ConceptQuery(Schema):
    """Which concepts."""

    q: str | None = Field(default=None, max_length=100, description="Any name, with or without marks")
    limit: int = Field(default=20, ge=1, le=100, description="Items on a page")
    cursor: str | None = Field(default=None, max_length=200, description="`next_cursor` of the page before")
