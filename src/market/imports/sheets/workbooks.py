"""XLSX, XLS and ODS by calamine; what it does not tell of an XLSX is read from the file itself.

An archive is judged before anything of it is unpacked, and a sheet before it is laid out: one cell in the last corner
would fill the memory.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from market.core.language import Message
from market.imports.sheets.grids import Book, Place, Sheet, UnreadableFile, Value, require_bounded
from market.imports.sheets.old_fonts import DECODERS, told_font

MAX_PARTS, MAX_UNPACKED_BYTES, MAX_RATIO = 2_000, 200 * 1024 * 1024, 400
SMALL_PART = 1024 * 1024

BOMB = Message(
    vi="Tệp nén bung ra quá lớn hoặc có cấu trúc bất thường.",
    en="The archive would unpack to too much, or is oddly made.",
)
MACROS = Message(
    vi="Không nhận tệp có macro. Hãy lưu lại dạng XLSX không macro.",
    en="Files with macros are not taken. Save it as XLSX without macros.",
)
DAMAGED = Message(
    vi="Tệp bảng tính bị hỏng hoặc có mật khẩu.", en="The spreadsheet is damaged or locked by a password."
)
EXTERNAL = Message(
    vi="Tệp có liên kết sang tệp khác: chỉ dùng giá trị đã lưu, không mở liên kết.",
    en="The file links to other files: only the values saved in it are used; no link is followed.",
)
OLD_FONT = Message(vi="Ô chữ gõ bằng phông {font}, đã chuyển sang Unicode.", en="Cells typed in the font {font}.")

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*?)/?>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*?)/?>")
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_SPAN = re.compile(rb'\b(min|max)="(\d+)"')


def workbook(body: bytes) -> Book:
    """A spreadsheet file as a book.

    Raises:
        UnreadableFile: it is damaged, dangerous or larger than anything people keep by hand.
    """
    archive = _checked_archive(body) if body.startswith(b"PK") else None
    format_ = "xls" if archive is None else "ods" if "content.xml" in archive.namelist() else "xlsx"
    told = _told_by_xlsx(archive) if archive is not None and format_ == "xlsx" else {}
    if archive is not None and format_ == "ods":
        _refuse_repeated(archive.read("content.xml"))
    try:
        opened = CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheets = [_sheet(opened, position, told) for position in _tables(opened)]
    except (CalamineError, ValueError, OSError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile("damaged", DAMAGED) from None
    book = Book(sheets, format_)
    if archive is not None and any(part.startswith("xl/externalLinks/") for part in archive.namelist()):
        book.remarks = {"external-links": EXTERNAL}
    _mend_old_fonts(book)
    return book


def archive_format(body: bytes) -> str:
    """xlsx or ods, of an archive that is harmless.

    Raises:
        UnreadableFile: it is damaged, a bomb, has macros, or is another kind of archive.
    """
    return "ods" if "content.xml" in _checked_archive(body).namelist() else "xlsx"


def _tables(opened: CalamineWorkbook) -> list[int]:
    return [at for at, sheet in enumerate(opened.sheets_metadata) if sheet.typ is SheetTypeEnum.WorkSheet]


def _checked_archive(body: bytes) -> zipfile.ZipFile:
    """Judged by its directory, without unpacking: sizes, parts that lie in each other's place, macros."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise UnreadableFile("damaged", DAMAGED) from None
    parts = archive.infolist()
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    overlapping = packed > len(body) or len({part.header_offset for part in parts}) < len(parts)
    steep = any(part.file_size > SMALL_PART and part.file_size > MAX_RATIO * part.compress_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or overlapping or steep:
        raise UnreadableFile("archive-bomb", BOMB)
    names = [part.filename.lower() for part in parts]
    if any(name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/")) for name in names):
        raise UnreadableFile("macros", MACROS)
    if "xl/workbook.xml" not in names and "content.xml" not in names:
        raise UnreadableFile("damaged", DAMAGED)
    return archive


class _Told:
    """What the XML of a sheet says beside the values."""

    def __init__(self, xml: bytes) -> None:
        self.hidden_rows: set[int] = set()
        self.formulas: set[Place] = set()
        rows = columns = 0
        for attributes in _ROW.finditer(xml):
            number = _NUMBER.search(attributes[1])
            if number and _HIDDEN.search(attributes[1]):
                self.hidden_rows.add(int(number[1]) - 1)
        for place, content in _cells(xml):
            rows, columns = max(rows, place[0] + 1), max(columns, place[1] + 1)
            if _FORMULA.search(content):
                self.formulas.add(place)
        require_bounded(rows, columns)
        self.hidden_columns = _hidden_columns(xml)


def _cells(xml: bytes) -> Iterator[tuple[Place, bytes]]:
    """Cells that hold something."""
    for cell in _CELL.finditer(xml):
        reference = _REFERENCE.search(cell[1])
        if reference and cell[2]:
            yield (int(reference[2]) - 1, _column(reference[1])), cell[2]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _hidden_columns(xml: bytes) -> set[int]:
    hidden: set[int] = set()
    for column in _COLUMN.finditer(xml.partition(b"<sheetData")[0]):
        span = {name: int(number) for name, number in _SPAN.findall(column[1])}
        if _HIDDEN.search(column[1]) and b"min" in span and b"max" in span:
            hidden.update(range(span[b"min"] - 1, min(span[b"max"], 1000)))
    return hidden


_SHEET_NAME = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)/?>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)/?>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def _told_by_xlsx(archive: zipfile.ZipFile) -> dict[int, _Told]:
    """By the position of each sheet in the workbook."""
    try:
        return {at: _Told(archive.read(part)) for at, (_, part) in enumerate(_sheet_parts(archive)) if part}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise UnreadableFile("damaged", DAMAGED) from None


def _sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The name of each sheet and the part that holds it; an empty one for a sheet that is no table."""
    names = {name.lower(): name for name in archive.namelist()}
    book = archive.read(names["xl/workbook.xml"])
    related = archive.read(names["xl/_rels/workbook.xml.rels"]) if "xl/_rels/workbook.xml.rels" in names else b""
    relations = [dict(_ATTRIBUTE.findall(found[1])) for found in _RELATION.finditer(related)]
    targets = {relation.get(b"Id"): relation.get(b"Target", b"").decode() for relation in relations}
    parts = []
    for found in _SHEET_NAME.finditer(book):
        attributes = dict(_ATTRIBUTE.findall(found[1]))
        key = next((value for name, value in attributes.items() if name.endswith(b":id")), b"")
        target = targets.get(key, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        part = names.get(path.lower(), "") if "worksheets" in path else ""
        parts.append((unescape(attributes.get(b"name", b"").decode()), part))
    return parts


def sheet_part(archive: zipfile.ZipFile, sheet: str | None) -> str:
    """The part that holds a sheet; without a name the first."""
    parts = _sheet_parts(archive)
    return next((part for name, part in parts if name == sheet and part), parts[0][1])


def _refuse_repeated(xml: bytes) -> None:
    """A cell that says it is there a million times would be laid out so often; an empty one is not."""
    for row in re.finditer(rb"<table:table-row\b([^>]*)>(.*?)</table:table-row>", xml, re.DOTALL):
        if b"office:value" not in row[2] and b"<text:p" not in row[2]:
            continue
        times = [int(found) for found in _REPEATED.findall(row[1])]
        inside = [
            int(found)
            for cell in re.finditer(rb"<table:table-cell\b([^>]*)>(?=.*?<text:p)", row[2])
            for found in _REPEATED.findall(cell[1])
        ]
        require_bounded(max(times, default=1), max(inside, default=1))


def _sheet(opened: CalamineWorkbook, position: int, told: dict[int, _Told]) -> Sheet:
    about = opened.sheets_metadata[position]
    read = opened.get_sheet_by_index(position)
    height, width = (read.end[0] + 1, read.end[1] + 1) if read.end is not None else (0, 0)
    require_bounded(height, width)
    rows: list[list[Value]] = [[cell if cell != "" else None for cell in row] for row in _all_rows(read)]
    extra = told.get(position)
    return Sheet(
        name=about.name,
        rows=rows,
        merged=[(first, last) for first, last in read.merged_cell_ranges or ()],
        hidden_rows=frozenset(extra.hidden_rows) if extra else frozenset(),
        hidden_columns=frozenset(extra.hidden_columns) if extra else frozenset(),
        formulas=frozenset(extra.formulas) if extra else frozenset(),
        visible=about.visible is SheetVisibleEnum.Visible,
    )


def _all_rows(read: object) -> list[list[Value]]:
    rows: list[list[Value]] = read.to_python(skip_empty_area=False)  # type: ignore[attr-defined]
    return rows


def _mend_old_fonts(book: Book) -> None:
    texts = [cell for sheet in book.sheets for row in sheet.rows[:2000] for cell in row if isinstance(cell, str)]
    font = told_font(texts)
    if font is None:
        return
    decode = DECODERS[font]
    for sheet in book.sheets:
        sheet.rows = [[decode(cell) if isinstance(cell, str) else cell for cell in row] for row in sheet.rows]
    said = Message(vi=OLD_FONT.text("vi", font=font.upper()), en=OLD_FONT.text("en", font=font.upper()))
    book.encoding, book.remarks = font, {**book.remarks, "old-font": said}
