"""Tables of HTML pages: many programs save one under a name that ends in .xls."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from market.core.language import Message
from market.imports.sheets.encodings import decoded
from market.imports.sheets.grids import Book, Place, Sheet, UnreadableFile, Value, require_bounded

PAGE_TOLD = Message(
    vi="Tệp là một trang HTML: đọc các bảng trong đó.", en="The file is an HTML page: its tables are read."
)
NO_TABLE = Message(vi="Trang HTML không có bảng nào.", en="There is no table in the HTML page.")
MOST_TABLES = 50
_BEGINNING = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|meta|table|style)\b", re.IGNORECASE | re.DOTALL
)
_SPACES = re.compile(r"\s+")


def begins_a_page(text: str) -> bool:
    """Whether a text is HTML."""
    return _BEGINNING.match(text.removeprefix("\ufeff")) is not None


def page_book(body: bytes, *, name: str) -> Book:
    """The tables of a page as sheets.

    Raises:
        UnreadableFile: its encoding is unknown, it has no table, or too large a one.
    """
    text, encoding = decoded(body)
    page = _Page()
    page.feed(text)
    page.close()
    sheets = [
        Sheet(name if at == 0 else f"{name} {at + 1}", table.rows, merged=table.merged)
        for at, table in enumerate(page.tables)
        if table.rows
    ]
    if not sheets:
        raise UnreadableFile("not-a-table", NO_TABLE)
    return Book(sheets, "html", encoding, remarks={"html-page": PAGE_TOLD})


class _Table:
    def __init__(self) -> None:
        self.rows: list[list[Value]] = []
        self.merged: list[tuple[Place, Place]] = []
        self.taken: set[Place] = set()
        """Places that a cell of a row above reaches down to."""

    def add(self, text: str, down: int, across: int) -> None:
        """Put a cell into the last row, after those that reach into it."""
        row = len(self.rows) - 1
        cells = self.rows[row]
        while (row, len(cells)) in self.taken:
            cells.append(None)
        at = len(cells)
        require_bounded(len(self.rows), at + across)
        cells.extend([text or None, *[None] * (across - 1)])
        if down > 1 or across > 1:
            self.merged.append(((row, at), (row + down - 1, at + across - 1)))
            self.taken |= {(row + below, at + beside) for below in range(1, down) for beside in range(across)}


class _Page(HTMLParser):
    """Gathers tables; one within another is a table of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.text: list[str] | None = None
        self.spans = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" and len(self.tables) < MOST_TABLES:
            self._end_cell()
            self.open.append(_Table())
            self.tables.append(self.open[-1])
        elif tag == "tr" and self.open:
            self._end_cell()
            self.open[-1].rows.append([])
        elif tag in ("td", "th") and self.open and self.open[-1].rows:
            self._end_cell()
            self.text = []
            about = dict(attrs)
            self.spans = (_span(about.get("rowspan"), 1000), _span(about.get("colspan"), 100))
        elif tag in ("br", "p", "div") and self.text is not None:
            self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self.text is not None and self.open:
            self.open[-1].add(_SPACES.sub(" ", "".join(self.text)).strip(), *self.spans)
        self.text = None


def _span(said: str | None, most: int) -> int:
    return min(int(said), most) if said and said.isascii() and said.isdigit() and int(said) else 1
