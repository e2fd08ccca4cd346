"""Every request ends in time, and nobody has more than a share of those under way. One that takes too long, or comes
when too many are under way, is answered with 503.

The answer leaves at the deadline, from a timer: what the request waits for (a frozen database, a connection that was
cut silently) may keep its task waiting long after it was cancelled.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from market.core.errors import Unavailable
from market.core.language import Message as Sentence
from market.core.problem import Refuse
from market.core.requests import LOOPBACK, client_address
from market.core.sheets.answering import wanted_format

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

BODY_SECONDS = 15.0
"""How long a caller may take to send a body that is no upload; it is read before anything is held for the request."""
FILE_SECONDS = 180.0
"""For a list as a file: it is sent page after page, and one that ends early is torn."""
WAITS_FOR_NEWS = frozenset({"listChanges", "streamChanges"})
"""What holds nothing while it waits, and is bounded where it waits: a hundred who wait keep nobody out."""
MOST_BODIES, MOST_BODIES_OF_ONE = 400, 64
"""Bodies that are waited for at once, of all and of one address: requests that are half sent are no requests yet, and
take nobody's place among those under way."""
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


@dataclass(slots=True)
class Refusal:
    """After how many seconds a try at a password, a code or a link is told that it failed: as many, or up to twice."""

    seconds: float = 1.0


REFUSAL = Refusal()
"""Of this process. Tests make it short."""
REFUSED_SLOWLY = "refused_slowly"


def refuse_slowly(scope: Scope) -> None:
    """Have this request answered no sooner than `REFUSAL` says, should it be refused: whoever tries one password after
    the other then sends few, and learns nothing by the time it took."""
    # Not all at the same moment: those who are refused together would come together again.
    seconds = REFUSAL.seconds * random.uniform(1, 2)  # noqa: S311
    scope["state"][REFUSED_SLOWLY] = asyncio.get_running_loop().time() + seconds


class _UnderWay:
    """One request: its timer, its place, and whether its answer has begun or was given for it."""

    def __init__(self, scope: Scope, send: Send, leave: Callable[[], None]) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a request runs in a task")
        self._scope, self._send, self._leave, self.task = scope, send, leave, task
        self.begun = self.expired = self._left = False

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer, unless the deadline has answered already."""
        if message["type"] == "http.response.start" and message["status"] >= 400:
            await self._rest()
        if not self.expired:
            self.begun = True
            await self._send(message)

    async def _rest(self) -> None:
        """Wait until a refusal may be told; by now nothing is held, and the place is somebody else's."""
        until: float | None = self._scope["state"].get(REFUSED_SLOWLY)
        if until is not None and (seconds := until - asyncio.get_running_loop().time()) > 0:
            self.leave()
            await asyncio.sleep(seconds)

    def leave(self) -> None:
        """Give the place back, once."""
        if not self._left:
            self._left = True
            self._leave()

    def expire(self) -> None:
        """Answer no more, and break off what is waited for."""
        # What lingers is bounded by the pool it waits for, and must not keep others out.
        self.leave()
        self.expired = True
        self.task.cancel()


class Shares:
    """How many of the requests under way, and of the bodies waited for, are one caller's.

    Callers on this machine, who may be everybody behind a proxy that is not declared, share nothing but the whole.
    """

    def __init__(self, *, most: int, trusted_proxies: int) -> None:
        self._most_of_one = max(most // 4, 1)
        self._trusted_proxies = trusted_proxies
        self._requests: Counter[bytes | str] = Counter()
        self._bodies: Counter[bytes | str] = Counter()
        self._waiting = 0

    @contextmanager
    def of_bodies(self, scope: Scope) -> Iterator[None]:
        """The place of one body that is waited for.

        Raises:
            Overloaded: there is none left, or none for this address.
        """
        if scope.get("method") in ("GET", "HEAD", "OPTIONS"):
            yield
            return
        address = client_address(scope, trusted_proxies=self._trusted_proxies)
        local = address.startswith(LOOPBACK)
        if self._waiting >= MOST_BODIES or (not local and self._bodies[address] >= MOST_BODIES_OF_ONE):
            raise Overloaded(headers={"Retry-After": "1"})
        self._waiting += 1
        try:
            with _counted(self._bodies, address):
                yield
        finally:
            self._waiting -= 1

    @contextmanager
    def of_requests(self, scope: Scope, *, full: bool) -> Iterator[None]:
        """The place of one request under way.

        Raises:
            Overloaded: there is none left, or none for who asks.
        """
        caller: bytes | str | None = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        if caller is None:
            caller = client_address(scope, trusted_proxies=self._trusted_proxies)
            if caller.startswith(LOOPBACK):
                caller = None
        if full or (caller is not None and self._requests[caller] >= self._most_of_one):
            raise Overloaded(headers={"Retry-After": "1"})
        if caller is None:
            yield
            return
        with _counted(self._requests, caller):
            yield


@contextmanager
def _counted(counts: Counter[bytes | str], caller: bytes | str) -> Iterator[None]:
    counts[caller] += 1
    try:
        yield
    finally:
        counts[caller] -= 1
        if counts[caller] <= 0:
            del counts[caller]


SECONDS = "seconds"


class DeadlineMiddleware(ASGIMiddleware):
    """Answers 503 with Retry-After at a request's deadline, and at once when too many requests are under way.

    Args:
        seconds: for all routes but those in `longer`.
        longer: seconds by operation, for routes that read files or reckon. Lists as files have `FILE_SECONDS`, and a
            route without a name may say itself how many it has (`opt[SECONDS]`).
        most: requests under way in this process, health and sign-out not counted.
        body_bytes: bodies up to this size are read before the clock starts.
        trusted_proxies: how many proxies of ours say whom they serve.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(
        self,
        *,
        refuse: Refuse,
        seconds: float,
        longer: Mapping[str, float],
        most: int,
        body_bytes: int,
        trusted_proxies: int = 0,
    ) -> None:
        self._refuse, self._seconds, self._longer = refuse, seconds, longer
        self._most, self._body_bytes = most, body_bytes
        self._count = 0
        self._shares = Shares(most=most, trusted_proxies=trusted_proxies)
        self._answering: set[asyncio.Task[None]] = set()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        operation = getattr(scope["route_handler"], "operation_id", None) or ""
        try:
            with self._shares.of_bodies(scope):
                read = await _read_ahead(scope, receive, at_most=self._body_bytes)
        except TimeoutError:
            await self._answer(scope, receive, send, BodyTooSlow(headers={"Connection": "close"}))
            return
        except Overloaded as error:
            await self._answer(scope, receive, send, error)
            return
        if operation in NEVER_SHED:
            await self._in_time(scope, read, send, next_app, operation)
            return
        full = self._count >= self._most and operation not in WAITS_FOR_NEWS
        try:
            with self._shares.of_requests(scope, full=full):
                await self._in_time(scope, read, send, next_app, operation)
        except Overloaded as error:
            await self._answer(scope, receive, send, error)

    async def _in_time(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp, operation: str) -> None:
        weight = 0 if operation in WAITS_FOR_NEWS else 1
        under_way = _UnderWay(scope, send, lambda: self._take(-weight))
        instead: list[asyncio.Task[None]] = []

        def expire() -> None:
            under_way.expire()
            if not under_way.begun:
                instead.append(self._answer_instead(scope, receive, send))

        self._take(weight)
        own = getattr(scope["route_handler"], "opt", {}).get(SECONDS, 0.0)
        seconds = max(self._longer.get(operation, self._seconds), own)
        if wanted_format(scope) is not None:
            seconds = max(seconds, FILE_SECONDS)
        timer = asyncio.get_running_loop().call_later(seconds, expire)
        try:
            await next_app(scope, receive, under_way.send)
        except asyncio.CancelledError:
            if not under_way.expired:
                raise
        finally:
            timer.cancel()
            if under_way.expired:
                under_way.task.uncancel()
            under_way.leave()
        if instead:
            # The server takes a request that ends without an answer for one that failed.
            await asyncio.shield(instead[0])

    def _take(self, places: int) -> None:
        self._count += places

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
    """The same body, received whole when it is small: a slow sender must not hold a connection.

    Of one that does not say how long it is, as much is received as a small one may have.

    Raises:
        TimeoutError: it did not come in time.
    """
    told = dict(scope["headers"])
    length = told.get(b"content-length", b"")
    # Of an upload that can be gone on with, what came before the line broke is kept: the route reads it as it comes.
    if told.get(b"content-type") == b"application/offset+octet-stream":
        return receive
    is_small = length.isdigit() and 0 < int(length) <= at_most
    if not is_small and b"transfer-encoding" not in told:
        return receive
    messages: list[Any] = []
    size = 0
    async with asyncio.timeout(BODY_SECONDS):
        while size <= at_most and (not messages or messages[-1].get("more_body")):
            messages.append(await receive())
            size += len(messages[-1].get("body", b""))
    messages.reverse()

    async def replayed() -> Any:
        return messages.pop() if messages else await receive()

    return replayed
