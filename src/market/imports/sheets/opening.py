"""Any file to a book: what it is, is told by its content, not by its name."""

from __future__ import annotations

import re
from pathlib import PurePath

from market.core.language import Message
from market.imports.sheets.encodings import decoded
from market.imports.sheets.grids import Book, UnreadableFile
from market.imports.sheets.pages import begins_a_page, page_book
from market.imports.sheets.text_files import text_book
from market.imports.sheets.workbooks import archive_format, workbook

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How XLS files, and workbooks locked by a password, begin."""
OTHERS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"{\\rtf", b"<?xml", b"<svg")

_OBJECT = re.compile(r'[\ufeff\s]*\[?\s*\{\s*"')
"""How JSON begins."""

EMPTY = Message(vi="Tệp rỗng.", en="The file is empty.")
OTHER = Message(
    vi="Không phải bảng tính: chỉ nhận XLSX, XLS, ODS, CSV và TSV.",
    en="This is no spreadsheet: XLSX, XLS, ODS, CSV and TSV are taken.",
)
LINES_OF_JSON = Message(
    vi="Đây là NDJSON (mỗi dòng một đối tượng), không phải bảng tính; gửi các dòng đó tới POST /listings/batch hoặc"
    " /needs/batch, hoặc dùng lệnh market import.",
    en="This is NDJSON (an object a line), no spreadsheet; send its lines to POST /listings/batch or /needs/batch, or"
    " use the command market import.",
)
NOTHING = Message(vi="Tệp không có dòng nào.", en="There is not one row in the file.")


def glance(body: bytes) -> str:
    """What a file is, without unpacking it: xlsx, xls, ods, html or text.

    Raises:
        UnreadableFile: it is empty, of no kind that is taken, damaged or dangerous.
    """
    if not body.strip():
        raise UnreadableFile("empty", EMPTY)
    if body.startswith(b"PK\x03\x04"):
        return archive_format(body)
    if body.startswith(COMPOUND):
        return "xls"
    if body.startswith(OTHERS):
        raise UnreadableFile("not-a-table", OTHER)
    text, _ = decoded(body[: 64 * 1024], torn=len(body) > 64 * 1024)
    if _OBJECT.match(text):
        raise UnreadableFile("ndjson", LINES_OF_JSON)
    if begins_a_page(text):
        if "<table" not in decoded(body)[0].lower():
            raise UnreadableFile("not-a-table", OTHER)
        return "html"
    return "text"


def open_book(body: bytes, *, name: str) -> Book:
    """The sheets of a file.

    Args:
        name: of the file; a text file's only sheet is called by it.

    Raises:
        UnreadableFile: it is empty, of no kind that is taken, damaged, dangerous, or too large.
    """
    told = glance(body)
    stem = PurePath(name).stem or "csv"
    if told == "html":
        book = page_book(body, name=stem)
    else:
        book = text_book(body, name=stem) if told == "text" else workbook(body)
    if all(sheet.is_empty for sheet in book.sheets):
        raise UnreadableFile("empty", NOTHING)
    return book
