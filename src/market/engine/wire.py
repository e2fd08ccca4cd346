"""Requests to the engine over bare keep-alive connections: a general HTTP client costs more than the rest of a search.

Knows only what Meilisearch answers a search with: HTTP/1.1 with a Content-Length. Anything else is `Unreadable`, and
the gateway asks through its general client instead.
"""

from __future__ import annotations

import asyncio
import re
from typing import cast
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+) *\r\n", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close *\r\n", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


class Unreadable(Exception):
    """An answer that is no HTTP/1.1 with a Content-Length."""


class NotConnected(OSError):
    """Nobody answers at the address."""


Answer = tuple[int, bytes]
"""Status and body."""


class _Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.reusable = True
        self._waiting: asyncio.Future[Answer] | None = None
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Send a request; its answer comes into the future."""
        self._received.clear()
        self._waiting = asyncio.get_running_loop().create_future()
        if self.transport is None or self.transport.is_closing():
            self._waiting.set_exception(ConnectionResetError("closed by the engine"))
        else:
            self.transport.write(request)
        return self._waiting

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(_HEAD_END)
        if end < 0 or self._waiting is None or self._waiting.done():
            return
        length = _LENGTH.search(self._received, 0, end + 2)
        if length is None or not self._received.startswith(b"HTTP/1.1 "):
            self.close()
            self._waiting.set_exception(Unreadable)
            return
        begin = end + len(_HEAD_END)
        if len(self._received) >= begin + int(length[1]):
            self.reusable = self.reusable and _CLOSE.search(self._received, 0, end + 2) is None
            self._waiting.set_result((int(self._received[9:12]), bytes(self._received[begin:])))

    def overdue(self) -> None:
        """Wait no longer."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(TimeoutError("the engine takes too long"))

    def connection_lost(self, error: Exception | None) -> None:
        self.reusable = False
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError(str(error or "closed by the engine")))

    def close(self) -> None:
        self.reusable = False
        if self.transport is not None:
            self.transport.close()


class Wire:
    """Posts JSON to one engine. Make one in each process; it lives on one event loop."""

    def __init__(self, url: str, *, key: str | None, connections: int, connect_seconds: float) -> None:
        """Args:
        url: `http://host:port`, perhaps with a path before the engine's own.
        connections: most that are open at once; further requests wait.

        Raises:
            ValueError: not an http address.
        """
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            raise ValueError(f"not an http address: {url}")
        self._host, self._port, self._before = parts.hostname, parts.port or 80, parts.path
        secret = f"Authorization: Bearer {key}\r\n" if key else ""
        self._head = f" HTTP/1.1\r\nHost: {parts.netloc}\r\n{secret}Content-Type: application/json\r\nContent-Length: "
        self._connect_seconds = connect_seconds
        self._idle: list[_Connection] = []
        self._free = asyncio.Semaphore(connections)

    async def post(self, path: str, body: bytes, *, seconds: float) -> Answer:
        """The answer to a POST that may be sent twice.

        Raises:
            NotConnected: nobody is there.
            OSError, TimeoutError: the connection broke, or it took too long.
            Unreadable: the answer is of another form.
        """
        request = f"POST {self._before}{path}{self._head}{len(body)}\r\n\r\n".encode() + body
        if not self._free.locked():
            return await self._asked(request, seconds)
        async with asyncio.timeout(seconds):
            return await self._asked(request, seconds)

    async def _asked(self, request: bytes, seconds: float) -> Answer:
        async with self._free:
            while self._idle:
                connection = self._idle.pop()
                if connection.reusable:
                    try:
                        return await self._exchange(connection, request, seconds)
                    except ConnectionError:
                        continue  # the engine closed it while it was idle
            return await self._exchange(await self._connected(), request, seconds)

    async def _exchange(self, connection: _Connection, request: bytes, seconds: float) -> Answer:
        # A bare timer: asyncio.timeout costs several times as much, and every search would pay for it.
        timer = asyncio.get_running_loop().call_later(seconds, connection.overdue)
        try:
            answer = await connection.ask(request)
        except BaseException:
            # A late answer must not become that of the next request.
            connection.close()
            raise
        finally:
            timer.cancel()
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_seconds):
                return (await loop.create_connection(_Connection, self._host, self._port))[1]
        except TimeoutError:
            raise
        except OSError as error:
            raise NotConnected(f"Cannot connect: {error}") from error

    def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._idle.pop().close()
