"""Many items in one request: each is read and judged alone, the good ones stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from market.core.duplicates import DuplicateOut, Likeness
from market.core.errors import FieldError
from market.core.language import Language
from market.core.schemas import Answer
from market.core.validation import field_errors

M = TypeVar("M", bound=BaseModel)
JUDGED_ALONE: Final = "x-judged-alone"
"""Names, in the description of a list of which bad items are reported and the others kept, the model of each."""


@dataclass(frozen=True, slots=True)
class ItemsOf:
    """Describes a list of anything by the model as which each item is read when its turn comes."""

    model: type[BaseModel]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), JUDGED_ALONE: self.model.__name__}


class ItemError(Answer):
    """One thing wrong with an item, as a problem's `errors` say it."""

    pointer: str
    code: str
    message: str
    suggestions: list[str] = Field(default_factory=list, description="The nearest right values")


class BatchResult(Answer):
    """What became of one item."""

    index: int
    status: int
    id: UUID | None
    errors: list[ItemError]
    duplicate: DuplicateOut | None = Field(default=None, description="With 409: what it is probably the same as")


class BatchAnswer(Answer):
    """One result for each item, in order."""

    results: list[BatchResult]


class ReadItems(Generic[M]):
    """The items of a batch that could be read, and the errors of those that could not, by their index."""

    def __init__(self, model: type[M], items: Sequence[Any]) -> None:
        self.good: dict[int, M] = {}
        self.bad: dict[int, list[FieldError]] = {}
        for index, item in enumerate(items):
            try:
                self.good[index] = model.model_validate(item)
            except ValidationError as error:
                self.bad[index] = field_errors(error.errors(include_input=False))
        self.doubled: dict[int, Likeness] = {}

    def refuse(self, index: int, errors: Iterable[FieldError]) -> None:
        """Note that an item that could be read cannot be kept."""
        del self.good[index]
        self.bad[index] = list(errors)

    def doubt(self, index: int, other: Likeness) -> None:
        """Note that an item is probably there already."""
        self.refuse(index, [other.error])
        self.doubled[index] = other

    def answer(self, ids: Mapping[int, UUID], *, language: Language, status: int = 201) -> BatchAnswer:
        """The results in order: `status` with an id, 400 with every error of the item, or 409 with what it doubles."""
        results = {index: BatchResult(index=index, status=status, id=id_, errors=[]) for index, id_ in ids.items()}
        for index, errors in self.bad.items():
            rendered = [ItemError.model_validate(error.render(language)) for error in errors]
            other = self.doubled.get(index)
            results[index] = BatchResult(
                index=index,
                status=409 if other else 400,
                id=None,
                errors=rendered,
                duplicate=other.answer() if other else None,
            )
        return BatchAnswer(results=[results[index] for index in sorted(results)])
