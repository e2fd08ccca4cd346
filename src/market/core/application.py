"""The framework's application, and what HTTP asks of a server that the framework leaves out."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from litestar import Litestar

from market.core.compression import Compression
from market.core.cross_origin import CrossOrigin
from market.core.logs import RequestLogMiddleware
from market.core.requests import HEADERS_ONLY, with_head

if TYPE_CHECKING:
    from litestar.types import Message, Receive, Send


class Application(Litestar):
    """Answers HEAD wherever GET is answered, tells OPTIONS every method, and logs what no route answers too.

    What leaves is compressed, and told to the browsers of other addresses, here: refusals of any layer too.

    The framework's middleware runs only for requests that have found a route: an unknown path or a wrong method
    would have no request id.
    """

    def __init__(self, *, cross_origin: CrossOrigin, lead: Callable[[Any], None], **arguments: Any) -> None:
        """Of the framework, besides:

        Args:
            cross_origin: which browsers of other addresses may ask.
            lead: changes the path of a request that asks for another form of what is there.
        """
        super().__init__(**arguments)
        self._lead = lead
        self._log = RequestLogMiddleware()
        self._compression = Compression()
        self._cross_origin = cross_origin
        self._methods: dict[str, set[str]] = defaultdict(set)
        for route in self.routes:
            self._methods[route.path_format] |= with_head(getattr(route, "methods", ()))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One connection of the server, or its lifespan."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        scope.setdefault("state", {})
        headers = dict(scope["headers"])
        if scope["method"] == "OPTIONS" and await self._cross_origin.answer_preflight(headers, send):
            return
        send = self._cross_origin.wrapped(send, headers.get(b"origin"))
        if accept := headers.get(b"accept-encoding"):
            send = self._compression.wrapped(send, accept.decode("latin-1"))
        self._lead(scope)
        if scope["method"] == "HEAD":
            headers_only = HeadersOnly(receive, send)
            scope["state"][HEADERS_ONLY] = True
            scope["method"], receive, send = "GET", headers_only.receive, headers_only.send
        elif scope["method"] == "OPTIONS":
            send = self._with_every_method(scope, send)
        await self._log.handle(scope, receive, _walled(send), super().__call__)

    def _with_every_method(self, scope: Any, send: Send) -> Send:
        """The framework answers OPTIONS for one of a path's handlers; a path has several."""

        async def send_allowed(message: Message) -> None:
            methods = self._methods.get(scope.get("path_template", ""))
            if message["type"] == "http.response.start" and message["status"] < 400 and methods:
                others = [header for header in message["headers"] if header[0].lower() != b"allow"]
                message["headers"] = [*others, (b"allow", ", ".join(sorted(methods)).encode())]
            await send(message)

        return send_allowed


class HeadersOnly:
    """An answer to GET without its body. One that would come in parts ends with its first: to whoever makes the others
    (a live stream makes them for minutes) the caller has gone."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._ended = asyncio.Event()

    async def send(self, message: Message) -> None:
        """Pass on what is no body."""
        if message["type"] != "http.response.body":
            await self._send(message)
        elif not self._ended.is_set():
            self._ended.set()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def receive(self) -> Message:
        """What the caller sends, until the answer has ended."""
        coming, ended = asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({coming, ended}, return_when=asyncio.FIRST_COMPLETED)
            return coming.result() if coming.done() else {"type": "http.disconnect"}  # type: ignore[return-value]
        finally:
            coming.cancel()
            ended.cancel()


WALLS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"strict-transport-security", b"max-age=31536000"),
)
"""Told with every answer. Browsers take the last one only over HTTPS, so that trials over HTTP are not locked out."""
NOTHING_LOADED = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


def _walled(send: Send) -> Send:
    """Browsers take every answer for what it says it is; data load nothing, and pages only what is ours."""

    async def send_walled(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name.lower(): value for name, value in message["headers"]}
            walls = [wall for wall in WALLS if wall[0] not in own]
            if b"content-security-policy" not in own and not own.get(b"content-type", b"").startswith(b"text/html"):
                walls.append(NOTHING_LOADED)
            message["headers"] = [*message["headers"], *walls]
        await send(message)

    return send_walled
