"""What every kind of import says of itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import SYSTEM, Actor
from market.core.errors import FieldError, MarketError
from market.core.language import Message
from market.imports.columns import Columns
from market.imports.rows import Row
from market.imports.tables.lines import Line
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue

Did = Literal["created", "updated", "unchanged", "skipped", "refused"]


@dataclass(slots=True)
class Outcome:
    """What became of a row: kept as the thing with this id, or refused for these errors."""

    did: Did = "created"
    id: UUID | None = None
    errors: Sequence[FieldError] = ()

    @classmethod
    def refused(cls, *errors: FieldError) -> Outcome:
        return cls("refused", None, errors)

    @classmethod
    def refused_by(cls, error: MarketError) -> Outcome:
        """A refusal of a service, with every error it names."""
        return cls("refused", None, error.errors or (FieldError("", error.code, error.detail, error.parameters),))


Outcomes = list[Outcome]
"""For each row, in order."""


@dataclass(frozen=True, slots=True)
class Options:
    """What an import was asked for beside its file."""

    event: UUID | None = None
    publish: bool = False
    sign: bool = True
    """Papers with a date of signing are recorded as signed, where the actor may say so."""
    stock_days: int = 30
    """For how long what is in stock is offered."""
    mandate: str | None = None
    """By which an officer vouches for the parties of signed papers."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rows of a table are put together with."""

    catalogue: Catalogue
    answers: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    titles: Sequence[str] = ()
    """What stands above the heading; the name of the file comes last."""
    province: Mapping[str, str] | None = None
    """Of whoever imports: where a table names none."""
    own_name: str | None = None
    """Of the organization that imports."""
    fields: frozenset[str] = frozenset()
    """The fields that have a column."""
    numbered_fields: frozenset[str] = frozenset()

    def default(self, name: str) -> str | None:
        """What somebody answered for all rows."""
        return self.answers.get(f"default:{name}")


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where and for whom rows are kept."""

    session: AsyncSession
    catalogue: Catalogue
    actor: Actor = SYSTEM
    answers: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)


Prepared = tuple[Row, Any]
"""A row, and what was made of it without the database."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rows."""

    name: str
    model: type[BaseModel]
    assemble: Callable[[Iterable[Line], Setting], Iterator[Row]]
    """Rows of a table to rows as the API takes them; several lines may make one."""
    prepare: Callable[[Any, Catalogue], Any]
    """What can be made of a checked row without the database: done ahead, while rows before it are written."""
    keep: Callable[[Keeping, Sequence[Prepared], Organization | None], Awaitable[Outcomes]]
    columns: Columns | None = None
    """Of a file whose first line names the fields as the API does."""
    owned: bool = True
    """Whether every row is an organization's."""


def as_it_is(model: Any, _catalogue: Catalogue) -> Any:
    """Nothing more can be made of it ahead."""
    return model


def put(body: dict[str, Any], place: tuple[str | int, ...], value: Any) -> None:
    """Put a value where a column says; lists are gathered by their numbers until `settled`."""
    inside: dict[Any, Any] = body
    for part in place[:-1]:
        inside = inside.setdefault(part, {})
    inside[place[-1]] = amount_of(value) if str(place[-1]).endswith("_vnd") else value


def amount_of(dong: Any) -> Any:
    """Money that a table has settled, as the number it is: text of it would be doubted again."""
    return int(dong) if isinstance(dong, str) and dong.isascii() and dong.isdigit() else dong


def settled(body: dict[str, Any]) -> dict[str, Any]:
    """Numbered parts as lists, in order."""
    for name, value in body.items():
        if isinstance(value, dict) and value and all(isinstance(key, int) for key in value):
            body[name] = [value[position] for position in sorted(value)]
    return body


TWICE = Message(vi="Dòng này giống hệt dòng {line}.", en="This row is the same as row {line}.")
CODE_TWICE = Message(vi="Mã {code} đã có ở dòng {line}.", en="The code {code} is in row {line} already.")
ALREADY_THERE = Message(
    vi="Đã có mục giống dòng này ({id}); hãy cho biết cập nhật, thêm mới hay bỏ qua.",
    en="Something like this row is there already ({id}); say whether to update it, add another or leave it out.",
)
UNKNOWN_ID = Message(vi="Tổ chức không có mục mang mã này.", en="The organization has nothing with this id.")


def already_there(found: UUID) -> Outcome:
    """That somebody must say what to do with a row."""
    return Outcome.refused(FieldError("", "probable-duplicate", ALREADY_THERE, {"id": str(found)}))
