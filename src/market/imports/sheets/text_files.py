"""CSV and its kin: the sign between cells told by the rows, cells that hold line breaks, lines counted as people do."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from market.core.language import Message
from market.imports.sheets.encodings import decoded
from market.imports.sheets.grids import Book, Sheet, UnreadableFile, require_bounded

DELIMITERS = ";\t,|"
SAMPLE_ROWS = 40
LONGEST_CELL = 128 * 1024
_DECLARED = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
NOT_CSV = Message(vi="Dòng {line} không đọc được theo CSV.", en="Line {line} cannot be read as CSV.")
FONT_TOLD = Message(vi="Tệp dùng bảng mã {encoding}, đã chuyển sang Unicode.", en="The file was in {encoding}.")


def text_book(body: bytes, *, name: str) -> Book:
    """A text file as a book of one sheet.

    Raises:
        UnreadableFile: its encoding is unknown, or it is no table.
    """
    text, encoding = decoded(body)
    text = text.removeprefix("\ufeff")
    skipped = 0
    if declared := _DECLARED.match(text):
        delimiter, text, skipped = declared[1], text[declared.end() :], 1
    else:
        delimiter = told_delimiter(text)
    rows, lines = _rows(text, delimiter, skipped)
    remarks = {} if encoding in ("utf-8", "utf-16") else {"encoding-told": _filled(FONT_TOLD, encoding)}
    return Book([Sheet(name, rows, lines)], "text", encoding, delimiter, remarks)


def _filled(message: Message, encoding: str) -> Message:
    return Message(vi=message.text("vi", encoding=encoding), en=message.text("en", encoding=encoding))


def told_delimiter(text: str) -> str:
    """The sign that parts the first rows into the same number of cells; a comma where there is nothing to part."""
    sample = "".join(text.splitlines(keepends=True)[: SAMPLE_ROWS * 2])

    def evenness(sign: str) -> tuple[float, int]:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample), delimiter=sign) if any(row)][:SAMPLE_ROWS]
        except csv.Error:
            return (0.0, 0)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            return (0.0, 0)
        width, times = widths.most_common(1)[0]
        return (round(times / len(rows), 1), width)

    return max(DELIMITERS, key=lambda sign: (evenness(sign), -DELIMITERS.index(sign)))


_MADE_SAFE = re.compile(r"'[=+\-@\t\r]")


def _own_text(cell: str) -> str | None:
    """A cell without the sign that keeps a spreadsheet from taking it for a formula."""
    return (cell[1:] if _MADE_SAFE.match(cell) else cell) or None


def _rows(text: str, delimiter: str, skipped: int) -> tuple[list[list[str | None]], list[int]]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows: list[list[str | None]] = []
        lines: list[int] = []
        widest, line = 0, skipped + 1
        try:
            for cells in reader:
                rows.append([_own_text(cell) for cell in cells])
                lines.append(line)
                line = reader.line_num + skipped + 1
                widest = max(widest, len(cells))
                require_bounded(len(rows), widest)
        except csv.Error:
            raise UnreadableFile("not-csv", NOT_CSV, line=line) from None
        return rows, lines
    finally:
        csv.field_size_limit(before)
