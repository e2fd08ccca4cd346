"""An XLSX or CSV file written row by row, each part leaving as soon as it is full.

A library that writes the whole workbook before its first byte leaves would keep somebody waiting for many seconds.
Text is text here (inline, never a formula), numbers, days and times are typed.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from market.core.sheets.safety import safe_text
from market.core.values.numbers import spelled

MOST_ROWS = 1_048_000
EPOCH = date(1899, 12, 30)
HEAD, DAY, INSTANT, MONEY = 1, 2, 3, 4
"""Styles by their place in the styles part."""
VIETNAM = timezone(timedelta(hours=7))
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>'
)
STYLES = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><styleSheet {_MAIN}>'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFDDEBDA"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of what is written."""

    heading: str
    width: int = 16
    money: bool = False
    """Whole đồng: thousands are parted."""


class _Pipe(io.RawIOBase):
    """Takes what a writer writes, and gives it to whoever reads."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        return len(data)

    def take(self) -> bytes:
        taken, self.held = bytes(self.held), bytearray()
        return taken


class XlsxFile:
    """An XLSX file in pieces: its heading frozen, filters over it, every cell typed. `begin`, `add` rows, `end`.

    Args:
        name: of the sheet.
        headed: the first row names the columns.
    """

    def __init__(self, name: str, columns: Sequence[SheetColumn], *, headed: bool = True) -> None:
        self._name, self._columns, self._headed = name, columns, headed
        self._money = [column.money for column in columns]
        self._pipe = _Pipe()
        self._rows = 0
        self._archive = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._part: Any = None

    def begin(self) -> bytes:
        """The first piece."""
        for part, content in (
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONS),
            ("xl/workbook.xml", _book(self._name)),
            ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS),
            ("xl/styles.xml", STYLES),
        ):
            self._archive.writestr(_part(part), content)
        self._part = self._archive.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True)
        self._write(_begin(self._columns, headed=self._headed))
        if self._headed:
            self._rows = 1
            self._write(f'<row r="1">{"".join(_text(column.heading, HEAD) for column in self._columns)}</row>')
        return self._pipe.take()

    def add(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """Some rows more; the piece may be empty while they wait to be packed."""
        money, held = self._money, []
        for row in rows:
            if self._rows >= MOST_ROWS:
                break
            self._rows += 1
            cells = "".join([_cell(value, is_money) for value, is_money in zip(row, money, strict=False)])
            held.append(f'<row r="{self._rows}">{cells}</row>')
        self._write("".join(held))
        return self._pipe.take()

    def end(self) -> bytes:
        """The last piece."""
        self._write(_end(len(self._columns), self._rows, headed=self._headed))
        self._part.close()
        self._archive.close()
        return self._pipe.take()

    def _write(self, text: str) -> None:
        self._part.write(text.encode("utf-8", "replace"))


class CsvFile:
    """A CSV file in pieces: UTF-8 with the mark that spreadsheets look for; no cell can become a formula."""

    def __init__(self, columns: Sequence[SheetColumn]) -> None:
        self._columns = columns
        self._text = io.StringIO()
        self._writer = csv.writer(self._text)

    def begin(self) -> bytes:
        """The first piece."""
        self._text.write("\ufeff")
        self._writer.writerow([safe_text(column.heading) for column in self._columns])
        return self._taken()

    def add(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """Some rows more."""
        self._writer.writerows([_plain(value) for value in row] for row in rows)
        return self._taken()

    def end(self) -> bytes:
        """Nothing more."""
        return b""

    def _taken(self) -> bytes:
        taken = self._text.getvalue().encode("utf-8", "replace")
        self._text.seek(0)
        self._text.truncate()
        return taken


def _part(name: str) -> zipfile.ZipInfo:
    """A part without a time of its own: the same rows give the same bytes."""
    part = zipfile.ZipInfo(name)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _book(name: str) -> str:
    safe = re.sub(r"[\[\]:*?/\\]", " ", name)[:31].strip("' ") or "Sheet1"
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook {_MAIN} xmlns:r="{_RELATED}">'
        f'<sheets><sheet name={quoteattr(safe)} sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _begin(columns: Sequence[SheetColumn], *, headed: bool) -> str:
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if headed else ""
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{column.width}" customWidth="1"/>' for at, column in enumerate(columns, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet {_MAIN}>'
        f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f"{f'<cols>{widths}</cols>' if widths else ''}<sheetData>"
    )


def _end(width: int, rows: int, *, headed: bool) -> str:
    filtered = f'<autoFilter ref="A1:{column_letters(width - 1)}{max(rows, 1)}"/>' if headed and width else ""
    return f"</sheetData>{filtered}</worksheet>"


def column_letters(column: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _text(text: str, style: int = 0) -> str:
    bare = escape(_ILLEGAL.sub("", text)[:32_000])
    styled = f' s="{style}"' if style else ""
    return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">{bare}</t></is></c>'


def _cell(value: Any, money: bool) -> str:
    kind = type(value)
    if kind is str:
        return _text(value) if value else "<c/>"
    if value is None:
        return "<c/>"
    if kind is bool:
        return f'<c t="b"><v>{int(value)}</v></c>'
    if kind is int or kind is float or kind is Decimal:
        return f'<c s="{MONEY}"><v>{value}</v></c>' if money else f"<c><v>{value}</v></c>"
    if kind is datetime:
        return f'<c s="{INSTANT}"><v>{_serial(value)}</v></c>'
    if kind is date:
        return f'<c s="{DAY}"><v>{(value - EPOCH).days}</v></c>'
    return _text(value.strftime("%H:%M") if kind is time else str(value))


def _serial(instant: datetime) -> str:
    here = instant.astimezone(VIETNAM) if instant.tzinfo else instant
    seconds = here.hour * 3600 + here.minute * 60 + here.second
    return f"{(here.date() - EPOCH).days + seconds / 86400:.6f}"


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "x" if value else ""
        case str():
            return safe_text(value)
        case datetime():
            return value.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M") if value.tzinfo else value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case Decimal():
            return spelled(value)
    return str(value)


def written_workbook(
    name: str, columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]], *, headed: bool = True
) -> bytes:
    """The whole of an XLSX file at once."""
    file = XlsxFile(name, columns, headed=headed)
    return file.begin() + file.add(rows) + file.end()
