"""The rows of a file: NDJSON (one body of the API a line) or CSV, each with the line where it begins."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Literal

import msgspec

from market.core.errors import FieldError
from market.core.language import Message
from market.imports.columns import ORGANIZATION, Columns, read_cells, read_header
from market.imports.files import LONGEST_LINE, is_utf8
from market.imports.tables.asking import Question
from market.imports.tables.lines import Line

Format = Literal["ndjson", "csv"]
Lines = Iterator[tuple[int, str]]

NOT_UTF8 = Message(vi="Dòng này không phải UTF-8.", en="This line is not UTF-8.")
NOT_JSON = Message(vi="Dòng này không phải một đối tượng JSON.", en="This line is not a JSON object.")
TOO_LONG = Message(vi="Dòng này quá dài.", en="This line is too long.")
NOT_CSV = Message(vi="Dòng này không đọc được theo CSV.", en="This line cannot be read as CSV.")
TOO_MANY_CELLS = Message(vi="Dòng này có nhiều ô hơn tiêu đề.", en="This line has more cells than the header.")


class NoHeader(ValueError):
    """A CSV file without a first line; the message is for a person."""


@dataclass(slots=True)
class Row:
    """One row: where it begins, as it was given, as the API takes it, whose it is, and what is wrong with it."""

    line: int
    given: Any
    body: dict[str, Any] = field(default_factory=dict)
    organization: str | None = None
    errors: list[FieldError] = field(default_factory=list)
    remarks: list[FieldError] = field(default_factory=list)
    """What people should know of it that is no error."""
    key: dict[str, Any] = field(default_factory=dict)
    """What finds the thing again that an earlier import made of it: `id`, `external_id`."""
    asks: list[Question] = field(default_factory=list)
    """What only a person knows of it."""
    lines: Sequence[Line] = ()
    """The rows of a table that it was put together from."""

    @property
    def last_line(self) -> int:
        """Where its last row begins."""
        return self.lines[-1].line if self.lines else self.line


def format_of(name: str, first: str) -> Format:
    """By the name's ending, else by the first character."""
    suffix = PurePath(name).suffix.lower()
    if suffix in (".csv", ".tsv", ".txt"):
        return "csv"
    if suffix in (".ndjson", ".jsonl", ".json"):
        return "ndjson"
    return "ndjson" if first.lstrip().startswith("{") else "csv"


def read_rows(lines: Lines, *, name: str, columns: Columns) -> Iterator[Row]:
    """Every row of a file; what cannot be read is a row with errors.

    Raises:
        NoHeader, UnknownColumns: it is CSV, and its first line names no columns of ours.
    """
    first = next(lines, None)
    if first is None:
        return iter(())
    lines = _again(first, lines)
    if format_of(name, first[1]) == "ndjson":
        return _ndjson(lines)
    return _csv(lines, first[1], columns=columns)


def _again(first: tuple[int, str], rest: Lines) -> Lines:
    yield first
    yield from rest


def _refused(line: int, given: Any, code: str, message: Message) -> Row:
    shown = given if not isinstance(given, str) else given.encode(errors="surrogateescape").decode(errors="replace")
    return Row(line, shown, errors=[FieldError("", code, message)])


def _ndjson(lines: Lines) -> Iterator[Row]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    for number, text in lines:
        if not text.strip():
            continue
        if len(text) * 4 >= LONGEST_LINE and len(text.encode(errors="surrogateescape")) >= LONGEST_LINE:
            yield _refused(number, text[:1000], "too-long", TOO_LONG)
            continue
        if not is_utf8(text):
            yield _refused(number, text.rstrip("\n"), "not-utf-8", NOT_UTF8)
            continue
        try:
            given = decode(text)
        except (msgspec.DecodeError, RecursionError):
            yield _refused(number, text.rstrip("\n"), "not-json", NOT_JSON)
            continue
        yield _with_organization(Row(number, given, dict(given)))


def _with_organization(row: Row) -> Row:
    named = row.body.pop(ORGANIZATION, None)
    row.organization = str(named) if named is not None else None
    return row


def _csv(lines: Lines, first: str, *, columns: Columns) -> Iterator[Row]:
    delimiter = max(";\t,", key=first.count) if first.strip() else ","
    reader = csv.reader((text for _, text in lines), delimiter=delimiter)
    try:
        names = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error):
        names = []
    if not any(names):
        raise NoHeader("the first line of a CSV file must name its columns")
    header = read_header(names, columns)
    return _csv_rows(reader, names, header)


def _csv_rows(reader: Any, names: list[str], header: Any) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _refused(line, None, "not-csv", NOT_CSV)
            continue
        if any(cell.strip() for cell in cells):
            yield _csv_row(line, cells, names, header)


def _csv_row(line: int, cells: list[str], names: list[str], header: Any) -> Row:
    given: Mapping[str, str] = dict(zip(names, cells, strict=False))
    if not all(is_utf8(cell) for cell in cells):
        return _refused(line, ",".join(cells), "not-utf-8", NOT_UTF8)
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        return Row(line, cells, errors=[FieldError("", "too-many-cells", TOO_MANY_CELLS)])
    return _with_organization(Row(line, given, read_cells(cells, header)))
