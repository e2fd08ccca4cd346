"""Every list and report as XLSX or CSV, by `?format=` or `Accept`: the route is asked page after page, as anybody
could, and what it answers is written on as it comes. So a file holds exactly what the caller may see.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import Empty
from litestar.utils.scope.state import CONNECTION_STATE_KEY, ScopeState

from market.core import clock
from market.core.language import Language, preferred_language
from market.core.pagination import FILE_PAGE, FileReading, reading_for_a_file
from market.core.sheets.streaming import CsvFile, XlsxFile
from market.core.sheets.tables import Item, Table, guessed_table, table_in

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MEDIA_TYPES = {"xlsx": XLSX, "csv": CSV}
FIRST_ROWS = 200
"""Items by which the columns of a table are told that has none of its own."""


def wanted_format(scope: Scope) -> str | None:
    """xlsx or csv, where that is asked for."""
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    if query.get("format") in MEDIA_TYPES:
        return query["format"]
    if "format" in query:
        return None
    accept = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"), "")
    first = accept.split(",")[0].partition(";")[0].strip()
    return next((name for name, media_type in MEDIA_TYPES.items() if first == media_type), None)


def is_a_list(handler: Any) -> bool:
    """Whether a route may answer a table: it is no single thing, and no file already."""
    return "answers" not in handler.opt and not any(path.endswith("}") for path in handler.paths)


class SheetsMiddleware(ASGIMiddleware):
    """Answers GETs of lists as files where that is asked for.

    Args:
        tables: how items of some operations become rows, by operation id; the others are told by what they hold.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        handler = scope.get("route_handler")
        format_ = wanted_format(scope) if cast("HTTPScope", scope)["method"] == "GET" else None
        if format_ is None or handler is None or not is_a_list(handler):
            await next_app(scope, receive, send)
            return
        operation = str(getattr(handler, "operation_id", ""))
        pages = _Pages(scope, receive, next_app)
        token = reading_for_a_file.set(FileReading())
        try:
            first = await pages.read()
            if first.status != 200 or first.items is None:
                await first.pass_on(send)
                return
            table = self._tables.get(operation) or guessed_table(_name(operation), first.items[:FIRST_ROWS])
            await _send_file(table, format_, first, pages, send, language=_language(scope))
        finally:
            reading_for_a_file.reset(token)


class TornFile(RuntimeError):
    """A page could not be read when the file had begun: the connection ends, for nobody must take the rest as all."""


class _Answer:
    """What a route answered."""

    def __init__(self, messages: list[Message]) -> None:
        self._messages = messages
        self.status = int(next(m["status"] for m in messages if m["type"] == "http.response.start"))
        self.items: list[Item] | None = None
        self.next_cursor: str | None = None
        self.total: int | None = None
        if self.status == 200:
            self._read()

    def _read(self) -> None:
        body = b"".join(cast("dict[str, bytes]", message).get("body", b"") for message in self._messages)
        try:
            answer = msgspec.json.decode(body)
        except msgspec.DecodeError:
            return
        if isinstance(answer, list):
            self.items = answer
        elif isinstance(answer, dict):
            self.items = table_in(answer)
            self.next_cursor = answer.get("next_cursor")
            total = answer.get("total")
            self.total = total if isinstance(total, int) and "page" not in answer else None

    async def pass_on(self, send: Send) -> None:
        for message in self._messages:
            await send(message)


class _Pages:
    """Asks a route for one page after the other."""

    def __init__(self, scope: Scope, receive: Receive, app: ASGIApp) -> None:
        self._scope, self._receive, self._app = scope, receive, app
        asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self._asked = [
            (name, value) for name, value in asked if name not in ("format", "limit", "cursor", "page", "fields")
        ]
        self._limit = next((int(value) for name, value in asked if name == "limit" and value.isdigit()), None)
        self._pages = "cursor"
        self._first = True

    async def read(self, **more: str) -> _Answer:
        """One page."""
        size = min(self._limit or FILE_PAGE, FILE_PAGE)
        answer = await self._ask([*self._asked, ("limit", str(size)), *more.items()])
        if answer.status == 400 and self._first:
            # A report, or a list that is answered whole: it takes no limit.
            answer = await self._ask(self._asked)
        self._first = False
        return answer

    async def _ask(self, query: list[tuple[str, str]]) -> _Answer:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        state = dict(self._scope["state"])
        # What the framework remembers of a request holds its parsed query; the rest of it is this request's too.
        state[CONNECTION_STATE_KEY] = remembered = copy(ScopeState.from_scope(self._scope))
        remembered.parsed_query, remembered.dependency_cache = Empty, Empty
        headers = [(name, value) for name, value in self._scope["headers"] if name not in (b"accept", b"if-none-match")]
        scope = {**self._scope, "query_string": urlencode(query).encode(), "state": state, "headers": headers}
        await self._app(cast("Scope", scope), self._receive, keep)
        return _Answer(messages)

    async def rest(self, answer: _Answer) -> AsyncIterator[list[Item]]:
        """The items of all pages, a page at a time, from the first one that was read."""
        first = answer.items or []
        yield first
        cursor, page, seen = answer.next_cursor, 1, len(first)
        while self._limit is None:
            if cursor is not None:
                answer = await self.read(cursor=cursor)
            elif answer.total is not None and first and seen < answer.total:
                page += 1
                answer = await self.read(page=str(page))
            else:
                return
            if answer.status != 200:
                raise TornFile(f"page after row {seen} answered {answer.status}")
            if not answer.items:
                return
            cursor, seen = answer.next_cursor, seen + len(answer.items)
            yield answer.items


def _language(scope: Scope) -> Language:
    accepted = (value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language")
    return preferred_language(next(accepted, None))


async def _send_file(
    table: Table, format_: str, first: _Answer, pages: _Pages, send: Send, *, language: Language
) -> None:
    columns = [column.sheet_column(language) for column in table.columns]
    file = XlsxFile(table.name, columns) if format_ == "xlsx" else CsvFile(columns)
    name = f"{table.name}-{clock.today().isoformat()}.{format_}"
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name[: -len(format_) - 1])
    disposition = f"attachment; filename=\"{plain}.{format_}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = [
        (b"content-type", MEDIA_TYPES[format_].encode() + (b"; charset=utf-8" if format_ == "csv" else b"")),
        (b"content-disposition", disposition.encode()),
        (b"cache-control", b"private, no-cache"),
        (b"vary", b"Authorization, Accept, Accept-Language"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send(cast("Message", {"type": "http.response.start", "status": 200, "headers": headers}))
    await _send_piece(send, file.begin())
    async for items in pages.rest(first):
        await _send_piece(send, file.add(table.rows(items, language)))
    await send(cast("Message", {"type": "http.response.body", "body": file.end(), "more_body": False}))


async def _send_piece(send: Send, piece: bytes) -> None:
    if piece:
        await send(cast("Message", {"type": "http.response.body", "body": piece, "more_body": True}))


def _name(operation: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in operation).split()
    return "-".join(words[1:] or words) or "list"
