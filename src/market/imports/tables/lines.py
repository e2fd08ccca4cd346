"""The rows of a table in our terms: merged and repeated cells filled in, rows that are no goods left out and said."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from market.core.errors import FieldError
from market.core.language import Message
from market.core.values.refusal import Unreadable
from market.imports.cells import ABOVE, STYLES, Reading, Style, money, plain, told_style
from market.imports.day_cells import has_month_first
from market.imports.measured import Beside, settle_units, told_beside
from market.imports.sheets.grids import Sheet, Value, is_error, is_filled
from market.imports.tables.cadences import counted, is_left_out
from market.imports.tables.fields import DAYS, NUMBERS, Field, field_of
from market.imports.tables.findings import Answers, Layout, column_values
from market.imports.tables.headings import Heading
from market.imports.tables.scales import SCALES, is_our_own, money_scale
from market.imports.tables.weeks import told_year
from market.reference.catalogue import Catalogue

ERROR_CELL = Message(vi="Ô “{heading}” là {text}: không có giá trị.", en='The cell "{heading}" is {text}: no value.')
NO_VALUE = Message(
    vi="Ô “{heading}” là công thức chưa được tính; hãy mở và lưu lại tệp.",
    en='The cell "{heading}" is a formula without a value; open and save the file once.',
)
HIDDEN_ROW = Message(vi="Dòng này đang ẩn trong tệp.", en="This row is hidden in the file.")

MOST_KNOWN = 2000
"""Texts of one column whose reading is kept."""
_TOTAL = re.compile(r"^(tổng|tổng cộng|tổng số|tổng tiền|cộng|total|sum)\b[\s:.]*$", re.IGNORECASE)
_SUMMED = re.compile(
    r"^(?:(?:tổng|tổng cộng|tổng số|tổng tiền|cộng|grand total|sub ?total|total|lũy kế|còn lại|thuế|vat|chiết khấu"
    r"|giảm giá|phí|phí vận chuyển|bằng chữ|làm tròn|thành tiền|người lập|người duyệt)\b)",
    re.IGNORECASE,
)
"""Begins rows under a list that are no goods; goods may begin so too, but then they have a unit or a number."""
_ORDINAL = re.compile(r"^(?:[IVXL]{1,5}|[A-H]|\d{1,3})[.)]?$")
KEYS: Mapping[str, tuple[str, ...]] = {
    "listings": ("title",),
    "prices": ("title", "external_id", "id"),
    "lots": ("code", "title"),
    "needs": ("goods", "lines.concept"),
    "registrations": ("organization", "tax_code", "gln", "delegate_name"),
    "delegates": ("organization", "tax_code", "gln", "delegate_name"),
    "agreements": ("goods", "seller", "buyer", "parties"),
}
"""What a row is about; one that has none of it and no number is none of ours."""
CARRIED: Mapping[str, tuple[str, ...]] = {
    "lots": ("title", "external_id"),
    "needs": ("external_id", "date", "title", "organization", "store"),
    "registrations": ("organization", "tax_code", "gln"),
    "delegates": ("organization", "tax_code", "gln"),
}
"""Written once for several rows below each other, merged or not."""


@dataclass(slots=True)
class Line:
    """One row, read."""

    line: int
    values: dict[str, Any]
    """By field; the empty ones are left out."""
    cells: Mapping[str, Value]
    """As they stand in the file, by heading."""
    errors: list[FieldError] = dataclasses.field(default_factory=list)
    remarks: list[FieldError] = dataclasses.field(default_factory=list)
    raw: dict[str, Value] = dataclasses.field(default_factory=dict)
    """The cells as typed, by field."""

    @property
    def given(self) -> dict[str, str]:
        """The cells as a person would type them, by heading."""
        return {heading: plain(value) for heading, value in self.cells.items()}


@dataclass(frozen=True, slots=True)
class _Reader:
    position: int
    heading: str
    field: Field
    style: Style | None
    scale: int
    beside: Beside | None = None
    """The unit that its heading names."""
    scale_answered: bool = False
    """Whether a person said what its numbers are counted in."""
    month_first: bool = False
    """Whether its days may have the month first."""
    year: int | None = None
    """That of its days which name none."""
    known: dict[str, Any] = dataclasses.field(default_factory=dict)
    """What texts were read as that say nothing else: a list repeats its units, places and prices."""


@dataclass(slots=True)
class TableRows:
    """Goes through the rows of a layout; what it passed over stands in `left_out` afterwards."""

    layout: Layout
    kind: str
    catalogue: Catalogue
    answers: Answers
    left_out: list[int] = dataclasses.field(default_factory=list)

    def __iter__(self) -> Iterator[Line]:
        readers = self._readers()
        self.left_out.clear()
        for sheet, heading in zip(self.layout.sheets, self.layout.headings, strict=True):
            yield from self._of_sheet(sheet, heading, readers)

    def _readers(self) -> list[_Reader]:
        found = []
        year = told_year(title for heading in self.layout.headings for title in heading.titles)
        for column in self.layout.columns:
            known = field_of(self.kind, column.field) if column.field else None
            if known is None or is_left_out(column, self.answers):
                continue
            style, scale, beside, answered = None, 1, None, ""
            month_first = known.read in DAYS and has_month_first(column_values(self.layout, column.position))
            if known.read in NUMBERS or known.read is money:
                said = self.answers.get(f"style:{column.position + 1}")
                style = next((one for one in STYLES if one == said), None)
                style = style or told_style(column_values(self.layout, column.position))
                beside = told_beside(column.heading, self.catalogue, price=known.read is money)
                beside = counted(beside, column, self.answers)
            if known.read is money:
                answered = self.answers.get(f"scale:{column.position + 1}", "")
                answered = answered if answered in SCALES else "1" if is_our_own(self.layout) else ""
                scale = int(answered) if answered else money_scale(self.layout, column.heading)
            found.append(
                _Reader(column.position, column.heading, known, style, scale, beside, bool(answered), month_first, year)
            )
        return found

    def _of_sheet(self, sheet: Sheet, heading: Heading, readers: Sequence[_Reader]) -> Iterator[Line]:
        above: dict[int, Value] = {}
        filled = _merged_down(sheet, heading)
        names = [name.rpartition(" / ")[2].casefold() for name in heading.names]
        carried = {one.position for one in readers if one.field.name in CARRIED.get(self.kind, ())}
        keys = [one.position for one in readers if one.field.name in KEYS[self.kind]]
        for at in range(heading.last_row + 1, len(sheet.rows)):
            cells = _with_merged(sheet.rows[at], filled.get(at))
            if not any(is_filled(cell) for cell in cells):
                continue
            if _is_no_row(cells, names, keys, readers):
                self.left_out.append(sheet.line(at))
                continue
            _fill_from_above(cells, above, carried)
            yield self._line(sheet, at, cells, readers)

    def _line(self, sheet: Sheet, at: int, cells: Sequence[Value], readers: Sequence[_Reader]) -> Line:
        given = {one.heading or f"({one.position + 1})": _at(cells, one.position) for one in readers}
        line = Line(sheet.line(at), {}, given)
        if at in sheet.hidden_rows:
            line.remarks.append(FieldError("", "hidden-row", HIDDEN_ROW))
        for one in readers:
            value = _at(cells, one.position)
            pointer = "/" + "/".join(map(str, one.field.place))
            if is_error(value):
                about = {"heading": one.heading, "text": plain(value)}
                line.remarks.append(FieldError(pointer, "error-cell", ERROR_CELL, about))
            elif is_filled(value):
                self._read(one, value, line, pointer)
            elif (at, one.position) in sheet.formulas:
                line.remarks.append(FieldError(pointer, "formula-without-value", NO_VALUE, {"heading": one.heading}))
        for said in settle_units(line.values, self.catalogue, sure=is_our_own(self.layout)):
            (line.remarks if said.code == "converted" else line.errors).append(said)
        self._say_errors_elsewhere(cells, readers, line)
        return line

    def _say_errors_elsewhere(self, cells: Sequence[Value], readers: Sequence[_Reader], line: Line) -> None:
        """Failed formulas in columns that are not used: whoever looks for a price there should know."""
        used = {one.position for one in readers}
        for column in self.layout.columns:
            value = _at(cells, column.position)
            if column.position not in used and is_error(value):
                about = {"heading": column.heading, "text": plain(value)}
                line.remarks.append(FieldError("", "error-cell", ERROR_CELL, about))

    def _read(self, one: _Reader, value: Value, line: Line, pointer: str) -> None:
        if type(value) is str and value in one.known:
            line.values[one.field.name] = one.known[value]
            return
        said = len(line.remarks)
        reading = Reading(
            self.catalogue, one.style, line.remarks, pointer, one.scale, one.beside, one.scale_answered,
            one.month_first, one.year,
        )  # fmt: skip
        line.raw[one.field.name] = value
        try:
            found = one.field.read(value, reading)
        except Unreadable as unreadable:
            line.errors.append(unreadable.at(pointer))
            return
        if found is None or found == "":
            return
        line.values[one.field.name] = found
        if type(value) is str and len(line.remarks) == said and len(one.known) < MOST_KNOWN:
            one.known[value] = found


def _at(cells: Sequence[Value], position: int) -> Value:
    return cells[position] if position < len(cells) else None


def _merged_down(sheet: Sheet, heading: Heading) -> dict[int, dict[int, Value]]:
    """What cells merged over several rows put into the rows below their first."""
    filled: dict[int, dict[int, Value]] = {}
    for (top, left), (bottom, _) in sheet.merged:
        if top <= heading.last_row or bottom == top or left >= len(sheet.rows[top]):
            continue
        for row in range(top + 1, min(bottom, len(sheet.rows) - 1) + 1):
            filled.setdefault(row, {})[left] = sheet.rows[top][left]
    return filled


def _with_merged(row: Sequence[Value], filled: Mapping[int, Value] | None) -> list[Value]:
    cells = list(row)
    for position, value in (filled or {}).items():
        cells.extend([None] * (position + 1 - len(cells)))
        if not is_filled(cells[position]):
            cells[position] = value
    return cells


def _fill_from_above(cells: list[Value], above: dict[int, Value], carried: set[int]) -> None:
    for position, value in enumerate(cells):
        repeated = isinstance(value, str) and value.strip().casefold() in ABOVE
        if repeated or (position in carried and not is_filled(value)):
            cells[position] = above.get(position)
        if is_filled(cells[position]):
            above[position] = cells[position]


def _names_unit(cells: Sequence[Value], readers: Sequence[_Reader]) -> bool:
    return any(one.field.name in ("unit", "concept") and is_filled(_at(cells, one.position)) for one in readers)


def _is_no_row(cells: Sequence[Value], names: Sequence[str], keys: Sequence[int], readers: Sequence[_Reader]) -> bool:
    """Totals, group titles, a heading said again, signatures."""
    filled = [(at, cell) for at, cell in enumerate(cells) if is_filled(cell)]
    texts = [(at, plain(cell)) for at, cell in filled if isinstance(cell, str)]
    if any(_TOTAL.match(text) for _, text in texts[:2]):
        return True
    if texts and len(readers) >= 3 and _SUMMED.match(texts[0][1]) and not _names_unit(cells, readers):
        return True
    again = sum(at < len(names) and text.casefold() == names[at] for at, text in texts)
    if again > 1 and again * 2 >= len(texts):
        return True
    if len(readers) < 3:
        return False
    words = [text for _, text in texts if not _ORDINAL.match(text)]
    if len(filled) <= 2 and len(words) <= 1 and len(texts) == len(filled):
        return True
    numbers = any(not isinstance(cell, (str, bool)) for _, cell in filled)
    return bool(keys) and not numbers and not any(is_filled(_at(cells, key)) for key in keys) and len(filled) <= 3
