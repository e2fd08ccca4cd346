"""Where the heading of a sheet stands: under title rows, over two or three merged rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from market.imports.sheets.grids import Sheet, Value, is_filled
from market.imports.tables.weeks import period_of

LOOKED_AT = 40
"""Rows in which a heading is sought."""
MOST_LEVELS = 3

Recognized = Callable[[str], bool]
"""Whether a text names a column."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a sheet."""

    first_row: int
    last_row: int
    names: tuple[str, ...]
    """By column; over several rows joined by " / "; empty where there is none."""
    titles: tuple[str, ...]
    """What stands above it."""
    recognized: int
    """How many names mean something to us."""


def find_heading(sheet: Sheet, recognized: Recognized) -> Heading | None:
    """The row most like a heading, and the rows below it that belong to it; None where no row is like one."""
    best: tuple[int, int] | None = None
    for at, row in enumerate(sheet.rows[:LOOKED_AT]):
        score = _likeness(row, recognized)
        if score and (best is None or score > best[0]):
            best = (score, at)
    if best is None:
        return None
    first = best[1]
    while first and _heads_groups(sheet, first - 1, recognized):
        first -= 1
    return _whole(sheet, first, recognized)


def _heads_groups(sheet: Sheet, row: int, recognized: Recognized) -> bool:
    """Whether a row names groups of the columns below it: "Bên bán" over "Tên đơn vị" and "Đại diện"."""
    named = sum(is_filled(cell) for cell in sheet.rows[row])
    width = max(len(cells) for cells in sheet.rows)
    return named > 1 and bool(_likeness(sheet.rows[row], recognized)) and _continues(sheet, row, row, width, recognized)


def heading_at(sheet: Sheet, row: int, recognized: Recognized) -> Heading:
    """The heading that begins at a row which somebody named."""
    return _whole(sheet, row, recognized)


def without_heading(sheet: Sheet) -> Heading:
    """For a sheet that begins with its first row of goods: its columns have no names."""
    width = max((len(row) for row in sheet.rows), default=0)
    return Heading(-1, -1, ("",) * width, (), 0)


def _likeness(row: Sequence[Value], recognized: Recognized) -> int:
    texts = [cell for cell in row if isinstance(cell, str) and is_filled(cell)]
    others = sum(is_filled(cell) and not isinstance(cell, (str, date, datetime)) for cell in row)
    named = sum(recognized(text) for text in texts)
    if named == 0 or others > len(texts) / 2:
        return 0
    if named == 1 and len(texts) > 3:
        return 0
    return named * 10 + min(len(texts), 9) - others


def _whole(sheet: Sheet, first: int, recognized: Recognized) -> Heading:
    width = max((len(row) for row in sheet.rows), default=0)
    levels = [_filled_across(sheet, first, width)]
    last = first
    while (
        last + 1 < len(sheet.rows) and len(levels) < MOST_LEVELS and _continues(sheet, first, last, width, recognized)
    ):
        last += 1
        levels.append(_filled_across(sheet, last, width, below=True))
    names = tuple(_joined([level[column] for level in levels]) for column in range(width))
    titles = tuple(
        " ".join(str(cell) for cell in row if is_filled(cell)) for row in sheet.rows[:first] if any(map(is_filled, row))
    )
    return Heading(first, last, names, titles, sum(bool(name) and recognized(name) for name in names))


def _text(value: Value) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split()) if is_filled(value) else ""


def _cell(sheet: Sheet, row: int, column: int) -> Value:
    cells = sheet.rows[row]
    return cells[column] if column < len(cells) else None


def _filled_across(sheet: Sheet, row: int, width: int, *, below: bool = False) -> list[str]:
    """The names of one row; a merged cell names all of its columns."""
    names = [_text(_cell(sheet, row, column)) for column in range(width)]
    for (top, left), (bottom, right) in sheet.merged:
        if top <= row <= bottom and left < width:
            name = _text(_cell(sheet, top, left)) if top == row or not below else ""
            for column in range(left, min(right, width - 1) + 1):
                names[column] = names[column] or name
    return names


def _joined(parts: list[str]) -> str:
    return " / ".join(dict.fromkeys(part for part in parts if part))


def _continues(sheet: Sheet, first: int, last: int, width: int, recognized: Recognized) -> bool:
    """Whether the row below belongs to the heading."""
    row = sheet.rows[last + 1]
    if any(is_filled(cell) and not isinstance(cell, str) for cell in row):
        return False
    filled = [column for column in range(width) if is_filled(_cell(sheet, last + 1, column))]
    if not filled:
        return False
    spanning = [(left, right) for (top, left), (bottom, right) in sheet.merged if first <= top <= last and right > left]
    upright = [left for (top, left), (bottom, right) in sheet.merged if first <= top <= last and bottom > last]
    if spanning or upright:
        under = all(any(left <= column <= right for left, right in spanning) for column in filled)
        return under and not any(column in upright for column in filled)
    # Text files merge nothing: the second row fills only what the first leaves open, under the group or beside it.
    names = [_text(_cell(sheet, last, column)) for column in range(width)]
    open_ = {column for column in range(width) if not names[column]}
    open_ |= {column - 1 for column in open_ if column and names[column - 1]}
    texts = [_text(_cell(sheet, last + 1, column)) for column in filled]
    return len(filled) > 1 and all(column in open_ for column in filled) and any(map(recognized, texts))


def names_a_column(fields: Callable[[str], bool]) -> Recognized:
    """Whether a text is one of these fields, or a week."""
    return lambda text: fields(text) or period_of(text, year=2000) is not None
