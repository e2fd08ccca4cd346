"""What the queue of names takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from market.core.pagination import PageQuery
from market.core.schemas import Answer, Flag, Instant, Line, Prose, Schema
from market.core.validation import refusal
from market.reference.goods_schemas import ConceptMark, FacetMark
from market.reference.models import DecisionKind
from market.reference.records import MacroRegion
from market.reference.types import CategoryId, ConceptId

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""An id that survives folding: lower-case ASCII words joined by hyphens."""


class NameQuery(PageQuery):
    """Which names."""

    state: Literal["open", "decided"] = Field(default="open", description="open: still waiting for a decision")


class Decision(Schema):
    """What a name is. Which of the other fields count depends on `is`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"is": "name_of", "concept": "water-hyacinth", "regions": ["nam"]},
                {"is": "commodity", "id": "black-garlic", "name_en": "black garlic", "category": "herb_spice"},
                {"is": "variety", "id": "mango-tu-quy", "parent": "mango", "name": "xoài tứ quý"},
                {"is": "form", "id": "dried", "place": "tail", "name": "phơi sương"},
                {"is": "not_ours", "note": "mực in"},
            ]
        }
    )

    is_: DecisionKind = Field(
        alias="is",
        description="name_of: another name of known goods; commodity, variety: new goods; form: a word for how goods"
        " come; not_ours: goods of no concern here",
    )
    name: Line | None = Field(default=None, description="The name as it is to be known; left out: as it was written")
    name_en: Line | None = None
    concept: ConceptId | None = Field(default=None, description="name_of: the goods it names")
    id: Slug | None = Field(default=None, description="commodity, variety, form: their id; a known form may be named")
    parent: ConceptId | None = Field(default=None, description="commodity, variety: the wider goods")
    category: CategoryId | None = Field(default=None, description="commodity: where it belongs")
    place: Literal["head", "tail"] | None = Field(default=None, description="form: before goods or after them")
    regions: Annotated[list[MacroRegion], Field(max_length=3)] = Field(
        default_factory=list, description="Where the word is the everyday one; empty: everywhere"
    )
    note: Prose | None = None
    again: Flag = Field(default=False, description="Decide a name that somebody has decided already")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        wanted = {
            "name_of": ("concept",), "commodity": ("id", "category"), "variety": ("id", "parent"),
            "form": ("id", "place"), "not_ours": (),
        }[self.is_]  # fmt: skip
        if missing := [name for name in wanted if getattr(self, name) is None]:
            listed = ", ".join(missing)
            raise refusal("decision_incomplete", f"Quyết định này còn thiếu: {listed}.", f"Missing: {listed}.")
        return self


class DecisionOut(Answer):
    """A decision that was taken; superseded ones stay."""

    id: UUID
    is_: DecisionKind = Field(serialization_alias="is", alias="is")
    name: str
    name_en: str | None
    concept: str | None
    parent: str | None
    form: str | None
    category: str | None
    regions: list[MacroRegion] | None
    note: str | None
    decided_by: UUID | None
    decided_at: Instant
    superseded_at: Instant | None


class SellerMark(Answer):
    """Who uses a name."""

    id: UUID
    name: str


class GoodsNameOut(Answer):
    """A name in the queue: how often it is used and by whom, and what it may mean."""

    id: UUID
    name: str
    category: FacetMark
    state: Literal["open", "decided"]
    listings: int = Field(description="Listings that carry it and are no drafts")
    organizations: list[SellerMark] = Field(description="Up to five of those that use it")
    titles: list[str] = Field(description="Up to three titles that it stands in")
    suggestions: list[ConceptMark] = Field(description="What it may mean, the likeliest first")
    decisions: list[DecisionOut] = Field(description="Newest first")
    first_seen: Instant
    version: int
