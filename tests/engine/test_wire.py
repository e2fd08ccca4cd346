"""The bare connections to the engine, against servers that behave as servers do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from market.engine.gateway import Engine
from market.engine.wire import NotConnected, Wire

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]
FOUND = b'{"results":[]}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n" + FOUND
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n" + FOUND + b"\r\n0\r\n\r\n"


@asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def read_request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return head + await reader.readexactly(length)


async def test_one_connection_carries_request_after_request() -> None:
    seen: list[list[bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests: list[bytes] = []
        seen.append(requests)
        while True:
            requests.append(await read_request(reader))
            # In pieces, as a network delivers.
            for start in range(0, len(WHOLE), 7):
                writer.write(WHOLE[start : start + 7])
                await writer.drain()

    async with serving(serve) as url:
        asked = Wire(url, key="k", connections=2, connect_seconds=1.0)
        for number in range(3):
            assert await asked.post("/multi-search", b"%d" % number, seconds=5.0) == (200, FOUND)
        asked.close()
    (requests,) = seen
    assert [request[-1:] for request in requests] == [b"0", b"1", b"2"]
    assert b"Authorization: Bearer k\r\n" in requests[0]


async def test_a_connection_that_the_engine_closed_is_replaced() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(WHOLE)
        await writer.drain()

    async with serving(serve) as url:
        asked = Wire(url, key=None, connections=2, connect_seconds=1.0)
        for _ in range(3):
            assert await asked.post("/multi-search", b"{}", seconds=5.0) == (200, FOUND)
        asked.close()


async def test_a_late_answer_is_never_that_of_the_next_request() -> None:
    late = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await read_request(reader)
            if request.endswith(b"slow"):
                await late.wait()
            body = request[-4:]
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + body)

    async with serving(serve) as url:
        asked = Wire(url, key=None, connections=1, connect_seconds=1.0)
        with pytest.raises(TimeoutError):
            await asked.post("/multi-search", b"slow", seconds=0.05)
        late.set()
        assert await asked.post("/multi-search", b"fast", seconds=5.0) == (200, b"fast")
        asked.close()


async def test_nobody_there_is_said() -> None:
    async def serve(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        return

    async with serving(serve) as url:
        pass
    with pytest.raises(NotConnected):
        await Wire(url, key=None, connections=1, connect_seconds=1.0).post("/multi-search", b"{}", seconds=5.0)


async def test_an_engine_behind_something_that_answers_in_chunks_is_asked_all_the_same() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_request(reader)
            writer.write(CHUNKED)
            await writer.drain()

    async with serving(serve) as url:
        engine = Engine(url)
        assert await engine.search([]) == []
        assert await engine.search([]) == []
        await engine.close()
