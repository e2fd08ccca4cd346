"""The answer to a file: the same workbook, with a column that says what became of each row and why.

An XLSX is given back as it came, one column added to it: formats, widths and other sheets stay. Of any other kind the
cells are written into a new workbook.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from xml.sax.saxutils import escape

from market.core.file_types import XLSX
from market.core.language import Language, Message
from market.core.sheets.safety import safe_text
from market.core.sheets.streaming import SheetColumn, column_letters, written_workbook
from market.imports.cells import plain
from market.imports.models import ImportedRow, ImportTask
from market.imports.sheets.grids import Sheet
from market.imports.sheets.opening import open_book
from market.imports.sheets.workbooks import sheet_part
from market.imports.tables.fields import LABELS

XLSX_TYPE, CSV_TYPE = XLSX.media_type, "text/csv"
HEADING = Message(vi="Kết quả nhập", en="What became of it")
DID: Mapping[str, Message] = {
    "created": Message(vi="Đã thêm", en="Added"),
    "updated": Message(vi="Đã cập nhật", en="Updated"),
    "unchanged": Message(vi="Không thay đổi", en="Unchanged"),
    "skipped": Message(vi="Bỏ qua", en="Left out"),
    "refused": Message(vi="Chưa nhập", en="Not imported"),
}
_ROW = re.compile(rb'(<(?:\w+:)?row\b[^>]*?\br="(\d+)"[^>]*?)(/>|>(.*?)</((?:\w+:)?)row>)', re.DOTALL)
_PREFIX = re.compile(rb"<(\w+:)?worksheet\b")


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file to be downloaded."""

    body: bytes
    name: str
    media_type: str


def result_of(
    task: ImportTask, body: bytes, rows: Sequence[ImportedRow], *, format_: str, language: Language
) -> ResultFile:
    """The file with its column of reasons."""
    said = {row.line: _said(row, language) for row in rows}
    heading_row = task.found.get("heading_row") or 1
    said[heading_row] = HEADING.text(language)
    stem = PurePath(task.file_name).stem
    if format_ == "csv":
        sheet = _sheet(task, body)
        return ResultFile(_as_csv(sheet, said), f"{stem}-ket-qua.csv", CSV_TYPE)
    if task.found.get("format") == "xlsx" and not task.found.get("encoding"):
        added = _added(body, str(task.found["sheets"][0]) if task.found.get("sheets") else None, said)
        return ResultFile(added, f"{stem}-ket-qua.xlsx", XLSX_TYPE)
    return ResultFile(_as_workbook(_sheet(task, body), said), f"{stem}-ket-qua.xlsx", XLSX_TYPE)


def _said(row: ImportedRow, language: Language) -> str:
    parts = [DID[row.did].text(language)]
    parts += [f"{_where(one, language)}{one[language]}" for one in row.errors]
    parts += [one[language] for one in row.remarks]
    return "; ".join(part.rstrip(".") for part in parts)


def _where(one: Mapping[str, Any], language: Language) -> str:
    """The field that an error is about, as a template calls it."""
    names = [part for part in one["pointer"].split("/") if part and not part.isdigit()]
    if not names:
        return ""
    label = LABELS.get(names[-1])
    return f"{label.text(language) if label else names[-1]}: "


def _sheet(task: ImportTask, body: bytes) -> Sheet:
    sheets = open_book(body, name=task.file_name).sheets
    names = task.found.get("sheets") or []
    return next((sheet for sheet in sheets if sheet.name in names), sheets[0])


def _as_csv(sheet: Sheet, said: Mapping[int, str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    width = max((len(row) for row in sheet.rows), default=0)
    for at, row in enumerate(sheet.rows):
        cells = [safe_text(plain(cell)) for cell in row]
        writer.writerow([*cells, *[""] * (width - len(cells)), safe_text(said.get(sheet.line(at), ""))])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _as_workbook(sheet: Sheet, said: Mapping[int, str]) -> bytes:
    width = max((len(row) for row in sheet.rows), default=0)
    columns = [SheetColumn(column_letters(at)) for at in range(width)] + [SheetColumn("", width=60)]
    rows = ([*row, *[None] * (width - len(row)), said.get(sheet.line(at))] for at, row in enumerate(sheet.rows))
    return written_workbook(sheet.name, columns, rows, headed=False)


def _added(body: bytes, sheet: str | None, said: Mapping[int, str]) -> bytes:
    """The archive with one more column in one of its sheets."""
    before = zipfile.ZipFile(io.BytesIO(body))
    part = sheet_part(before, sheet)
    after = io.BytesIO()
    with zipfile.ZipFile(after, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in before.infolist():
            content = before.read(info)
            archive.writestr(info.filename, _with_column(content, said) if info.filename == part else content)
    return after.getvalue()


def _with_column(xml: bytes, said: Mapping[int, str]) -> bytes:
    references = re.findall(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})\d+"', xml)
    column = column_letters(max((_number(found) for found in set(references)), default=0))
    found = _PREFIX.search(xml)
    prefix = (found[1] or b"").decode() if found else ""

    def with_cell(row: re.Match[bytes]) -> bytes:
        text = said.get(int(row[2]))
        if text is None:
            return row[0]
        cell = (
            f'<{prefix}c r="{column}{int(row[2])}" t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">'
            f"{escape(text)}</{prefix}t></{prefix}is></{prefix}c>"
        )
        start = re.sub(rb'\sspans="[^"]*"', b"", row[1])
        return start + b">" + (row[4] or b"") + cell.encode() + f"</{prefix}row>".encode()

    return re.sub(rb"<(?:\w+:)?dimension\b[^>]*/>", b"", _ROW.sub(with_cell, xml), count=1)


def _number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number
