"""A list as a file takes its time, and is never taken for whole when it is not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from market.core import deadline
from market.core.sheets.answering import TornFile, _Answer, _Pages
from market.core.sheets.streaming import CsvFile, SheetColumn


def answered(body: bytes, status: int = 200) -> _Answer:
    return _Answer([{"type": "http.response.start", "status": status}, {"type": "http.response.body", "body": body}])  # type: ignore[list-item]


def pages(*answers: _Answer) -> _Pages:
    """Pages that answer one after the other."""
    left = list(answers)

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        raise AssertionError("nothing is asked")

    found = _Pages({"query_string": b"", "headers": [], "state": {}}, None, app)  # type: ignore[arg-type]

    async def read(**_more: str) -> _Answer:
        return left.pop(0)

    found.read = read  # type: ignore[method-assign]
    return found


async def test_a_page_that_fails_breaks_the_file_off_instead_of_ending_it() -> None:
    first = answered(b'{"items": [{"id": 1}], "total": 2}')
    torn = pages(answered(b"{}", status=503)).rest(first)
    assert await anext(torn) == [{"id": 1}]
    with pytest.raises(TornFile):
        await anext(torn)
    whole = [items async for items in pages(answered(b'{"items": [{"id": 2}], "total": 2}')).rest(first)]
    assert whole == [[{"id": 1}], [{"id": 2}]]


@pytest.mark.parametrize(("query", "lives"), [(b"format=csv", True), (b"format=json", False), (b"", False)])
async def test_only_a_list_as_a_file_outlives_the_deadline_of_requests(query: bytes, lives: bool) -> None:
    said: list[Any] = []

    async def slow(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        file = CsvFile([SheetColumn("Tên")])
        await send({"type": "http.response.body", "body": file.begin(), "more_body": True})
        await asyncio.sleep(0.3)
        await send({"type": "http.response.body", "body": file.end(), "more_body": False})

    async def nothing() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def keep(message: Any) -> None:
        said.append(message)

    middleware = deadline.DeadlineMiddleware(refuse=None, seconds=0.05, longer={}, most=5, body_bytes=0)  # type: ignore[arg-type]
    scope: Any = {"type": "http", "query_string": query, "headers": [], "route_handler": None}
    await middleware.handle(scope, nothing, keep, slow)
    assert (said[-1]["more_body"] is False) == lives
