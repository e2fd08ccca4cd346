"""What the programme routes take and give."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from market.core.pagination import PageQuery
from market.core.schemas import Answer, AnyQuantity, Code
from market.programmes.models import Qualifier
from market.reference.schemas import ProvinceOut, UnitOfMap


class ProgrammeOut(Answer):
    """A cooperation programme: provinces as they were when it was agreed, and where they lie today."""

    id: str
    name_vi: str
    name_en: str
    provinces: list[ProvinceOut]
    provinces_today: list[UnitOfMap]
    figures_count: int = Field(description="Published figures about it")


class ProgrammeFigureQuery(PageQuery):
    metric: Code | None = Field(default=None, description="What was counted, e.g. contracts_signed")


class FigureQuery(ProgrammeFigureQuery):
    programme: Code | None = Field(default=None, description="Id of a programme")


class SourceOut(Answer):
    """Where a figure was published; null is what the source does not show."""

    title: str
    publisher: str
    url: str | None
    published: str | None


class FigureOut(Answer):
    """A published number. Show `words`: the bare value says more than was published."""

    id: UUID
    code: str
    programme: str | None
    event: str | None
    metric: str
    value: AnyQuantity
    of: AnyQuantity | None = Field(description="The denominator as published")
    unit: str
    qualifier: Qualifier
    words: str = Field(description="The figure with its qualifier, in the language asked for")
    as_of: str = Field(description="A day, month, year, or an interval of them with a slash")
    provinces: list[ProvinceOut]
    quote: str | None
    source: SourceOut
