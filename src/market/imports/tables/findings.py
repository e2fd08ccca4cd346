"""What is known of a file: its sheets, headings and columns, what is asked and what is said of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from market.core.language import Message
from market.imports.cells import plain
from market.imports.sheets.grids import Sheet, Value, is_error, is_filled
from market.imports.tables.asking import Question
from market.imports.tables.headings import Heading

SAMPLED_ROWS = 2000


@dataclass(slots=True)
class Column:
    """One column, and what it is taken for."""

    position: int
    heading: str
    field: str | None
    samples: list[str]
    filled: int
    candidates: list[str] = dataclasses.field(default_factory=list)
    chosen: bool = False
    """By a person."""


@dataclass(slots=True)
class Layout:
    """How a file is to be read, as far as it is known."""

    sheets: list[Sheet]
    """Read one after the other; they have the same heading."""
    headings: list[Heading]
    columns: list[Column]
    questions: list[Question] = dataclasses.field(default_factory=list)
    remarks: list[tuple[str, Message, dict[str, object]]] = dataclasses.field(default_factory=list)

    def column(self, name: str) -> Column | None:
        """The column of a field."""
        return next((column for column in self.columns if column.field == name), None)

    def has(self, *names: str) -> bool:
        """Whether a column is one of these fields, by itself or inside a list of the API's."""
        return any(column.field in names or (column.field or "").rpartition(".")[2] in names for column in self.columns)

    def say(self, code: str, message: Message, **parameters: object) -> None:
        """Something that people should know of the file."""
        self.remarks.append((code, message, parameters))


Chosen = Mapping[int, str | None]
"""Field by position of the column, as a person said; None: not used."""
Answers = Mapping[str, str]


def column_values(layout: Layout, position: int) -> list[Value]:
    """What stands in a column below the heading, of the first rows."""
    values: list[Value] = []
    for sheet, heading in zip(layout.sheets, layout.headings, strict=True):
        for row in sheet.rows[heading.last_row + 1 : heading.last_row + 1 + SAMPLED_ROWS]:
            if position < len(row) and is_filled(row[position]):
                values.append(row[position])
    return values


def layout_column(layout: Layout, position: int) -> Column:
    """The column at a position of the sheet."""
    return next(column for column in layout.columns if column.position == position)


def holds_numbers(layout: Layout, column: Column) -> bool:
    """Whether what stands below a heading are numbers, as far as anything does."""
    values = [value for value in column_values(layout, column.position) if not is_error(value)]
    return not values or any(isinstance(value, (int, float)) or plain(value)[:1].isdigit() for value in values)
