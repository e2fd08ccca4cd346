"""Every request ends in time: one that takes too long, or comes when too many are under way, is answered with 503.

The answer leaves at the deadline, from a timer: what the request waits for (a frozen database, a connection that was
cut silently) may keep its task waiting long after it was cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog
from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from market.core.errors import Unavailable
from market.core.language import Message as Sentence
from market.core.problem import Refuse
from market.core.sheets.answering import wanted_format

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

BODY_SECONDS = 15.0
FILE_SECONDS = 180.0
"""For a list as a file: it is sent page after page, and one that ends early is torn."""
"""How long a caller may take to send a body that is no upload; it is read before anything is held for the request."""
NEVER_SHED = frozenset({"isAlive", "isReady", "getMetrics", "signOut"})
"""What answers however much is under way."""


class Overdue(Unavailable):
    code = "overdue"
    detail = Sentence(
        vi="Yêu cầu mất quá nhiều thời gian và đã bị dừng; không chắc đã được ghi lại chưa. Hãy thử lại sau.",
        en="This took too long and was broken off; it may or may not have been recorded. Retry later.",
    )


class Overloaded(Unavailable):
    code = "overloaded"
    detail = Sentence(
        vi="Hệ thống đang quá tải nên chưa nhận yêu cầu này; hãy thử lại sau.",
        en="Too much is under way, so this was not begun; retry later.",
    )


class BodyTooSlow(Unavailable):
    status, code = 408, "body-too-slow"
    title = Sentence(vi="Gửi quá chậm", en="Sent too slowly")
    detail = Sentence(vi="Nội dung yêu cầu không đến kịp.", en="The body of the request did not arrive in time.")


class _UnderWay:
    """One request: its timer, and whether its answer has begun or was given for it."""

    def __init__(self, send: Send, task: asyncio.Task[Any]) -> None:
        self._send, self._task = send, task
        self.begun = self.expired = False

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer, unless the deadline has answered already."""
        if not self.expired:
            self.begun = True
            await self._send(message)

    def expire(self) -> None:
        """Answer no more, and break off what is waited for."""
        self.expired = True
        self._task.cancel()


class DeadlineMiddleware(ASGIMiddleware):
    """Answers 503 with Retry-After at a request's deadline, and at once when too many requests are under way.

    Args:
        seconds: for all routes but those in `longer`.
        longer: seconds by operation, for routes that read files or reckon. Lists as files have `FILE_SECONDS`.
        most: requests under way in this process, health and sign-out not counted.
        body_bytes: bodies up to this size are read before the clock starts.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(
        self, *, refuse: Refuse, seconds: float, longer: Mapping[str, float], most: int, body_bytes: int
    ) -> None:
        self._refuse, self._seconds, self._longer = refuse, seconds, longer
        self._most, self._body_bytes = most, body_bytes
        self._count = 0
        self._answering: set[asyncio.Task[None]] = set()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        operation = getattr(scope["route_handler"], "operation_id", None) or ""
        if self._count >= self._most and operation not in NEVER_SHED:
            await self._answer(scope, receive, send, Overloaded(headers={"Retry-After": "1"}))
            return
        self._count += 1
        try:
            read = await _read_ahead(scope, receive, at_most=self._body_bytes)
        except TimeoutError:
            self._count -= 1
            await self._answer(scope, receive, send, BodyTooSlow(headers={"Connection": "close"}))
            return
        except BaseException:
            self._count -= 1
            raise
        seconds = self._longer.get(operation, self._seconds)
        if wanted_format(scope) is not None:
            seconds = max(seconds, FILE_SECONDS)
        await self._in_time(scope, read, send, next_app, seconds=seconds)

    async def _in_time(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp, *, seconds: float) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request runs in a task")
        under_way = _UnderWay(send, task)
        instead: list[asyncio.Task[None]] = []

        def expire() -> None:
            # What lingers is bounded by the pool it waits for, and must not keep others out.
            self._count -= 1
            under_way.expire()
            if not under_way.begun:
                instead.append(self._answer_instead(scope, receive, send))

        timer = asyncio.get_running_loop().call_later(seconds, expire)
        try:
            await next_app(scope, receive, under_way.send)
        except asyncio.CancelledError:
            if not under_way.expired:
                raise
        finally:
            timer.cancel()
            if under_way.expired:
                task.uncancel()
            else:
                self._count -= 1
        if instead:
            # The server takes a request that ends without an answer for one that failed.
            await asyncio.shield(instead[0])

    def _answer_instead(self, scope: Scope, receive: Receive, send: Send) -> asyncio.Task[None]:
        log.warning("request_overdue", operation=getattr(scope["route_handler"], "operation_id", None))
        answer = self._answer(scope, receive, send, Overdue(headers={"Retry-After": "5"}))
        answering = asyncio.create_task(answer)
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)
        return answering

    async def _answer(self, scope: Scope, receive: Receive, send: Send, error: Unavailable) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive=receive, send=send)
        await self._refuse(request, error).to_asgi_response(app=None, request=request)(scope, receive, send)


async def _read_ahead(scope: Scope, receive: Receive, *, at_most: int) -> Receive:
    """The same body, received whole when it is said to be small: a slow sender must not hold a connection.

    Raises:
        TimeoutError: it did not come in time.
    """
    told = dict(scope["headers"])
    length = told.get(b"content-length", b"")
    # Of an upload that can be gone on with, what came before the line broke is kept: the route reads it as it comes.
    if told.get(b"content-type") == b"application/offset+octet-stream":
        return receive
    if not length.isdigit() or not 0 < int(length) <= at_most:
        return receive
    messages: list[Any] = []
    async with asyncio.timeout(BODY_SECONDS):
        while not messages or messages[-1].get("more_body"):
            messages.append(await receive())
    messages.reverse()

    async def replayed() -> Any:
        return messages.pop() if messages else await receive()

    return replayed
