"""What a file holds before anybody asks what it means: sheets, rows, cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from market.core.language import Message

Value = str | float | int | bool | date | datetime | time | timedelta | None
"""What a cell holds; None is an empty one."""

ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"})
"""What spreadsheets show where a formula failed; also typed or pasted as text."""
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 500, 4_000_000
"""Of one sheet. More is no list that somebody keeps by hand."""

Place = tuple[int, int]
"""Row and column, from 0."""


class UnreadableFile(ValueError):
    """A file that is refused as a whole; `message` is for a person."""

    def __init__(self, code: str, message: Message, **parameters: object) -> None:
        super().__init__(message.text("en", **parameters))
        self.code = code
        self.message = message
        self.parameters = parameters


TOO_MANY = Message(
    vi="Trang tính có {rows} dòng và {columns} cột; nhiều nhất {most_rows} dòng, {most_columns} cột.",
    en="The sheet has {rows} rows and {columns} columns; at most {most_rows} rows and {most_columns} columns.",
)


def require_bounded(rows: int, columns: int) -> None:
    """Refuse a sheet beyond all bounds.

    Raises:
        UnreadableFile: more rows, columns or cells than `MOST_ROWS`, `MOST_COLUMNS`, `MOST_CELLS`.
    """
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        bounds = {"most_rows": MOST_ROWS, "most_columns": MOST_COLUMNS}
        raise UnreadableFile("too-many-rows", TOO_MANY, rows=rows, columns=columns, **bounds)


@dataclass(slots=True)
class Sheet:
    """One sheet, or the whole of a text file."""

    name: str
    rows: Sequence[Sequence[Value]]
    """From the first row of the file on, empty ones too, so that `rows[i]` is the row that people call i + 1."""
    lines: Sequence[int] | None = None
    """Where each row begins in a text file, from 1; None: row i is i + 1."""
    merged: Sequence[tuple[Place, Place]] = ()
    """First and last place of each block of cells merged into one."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: frozenset[Place] = frozenset()
    """Cells whose value was calculated when the file was saved."""
    visible: bool = True

    def line(self, row: int) -> int:
        """What people call a row."""
        return row + 1 if self.lines is None else self.lines[row]

    @property
    def is_empty(self) -> bool:
        return not any(is_filled(cell) for row in self.rows for cell in row)


@dataclass(slots=True)
class Book:
    """A file, opened."""

    sheets: list[Sheet]
    format: str
    """xlsx, xls, ods, html or text."""
    encoding: str | None = None
    """Of a text file: utf-8, utf-16, cp1258, tcvn3 or vni; of a workbook the old font its cells are typed in."""
    delimiter: str | None = None
    remarks: Mapping[str, Message] = field(default_factory=dict)
    """What people should know of the file itself, by code."""


BLANKS = frozenset({"", "-", "--", "–", "—", "…", "..."})
"""What people put into a cell that they leave empty."""


def is_filled(value: Value) -> bool:
    """Whether a cell says anything."""
    return value is not None and not (isinstance(value, str) and value.strip() in BLANKS)


def is_error(value: Value) -> bool:
    """Whether a cell shows that its formula failed."""
    return isinstance(value, str) and value.strip().upper() in ERRORS
