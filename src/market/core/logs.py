"""Structured logs, each line with its request id; and the numbers of `/metrics`."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import time
from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TextIO, cast

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from prometheus_client import Counter, Histogram

from market.core.traces import NO_SPAN, Span, is_traced, span

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

CARRIERS = frozenset({b"traceparent", b"tracestate"})
UNTRACED = ("/health/", "/metrics")
"""Asked all day by machines."""
REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")

REQUESTS = Counter("market_http_requests_total", "Requests answered", ["operation", "status"])
SECONDS = Histogram(
    "market_http_request_seconds",
    "Time to answer",
    ["operation"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

log = structlog.get_logger("market.access")


@cache
def _numbers(operation: str, status: int) -> tuple[Counter, Histogram]:
    """The two numbers of an operation: finding them by their labels takes longer than counting."""
    return REQUESTS.labels(operation, status), SECONDS.labels(operation)


def configure_logging(*, style: Literal["json", "console"], level: str) -> None:
    """One line an event on stderr; the standard library's loggers (libraries) take the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    # Plain tracebacks: the fancy ones print local variables, and those hold personal data.
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    json_lines = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    end: list[Any] = [console] if style == "console" else json_lines
    library_end = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *end]
    structlog.configure(
        processors=[*shared, *end],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", Forgiving(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(Forgiving(sys.stderr))
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=library_end))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # The engine's and the driver's chatter is theirs; ours says what matters.
    for name in ("aiohttp", "httpx", "httpcore", "sqlalchemy", "asyncio", "alembic", "pgqueuer"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))


class Forgiving:
    """A stream whose lines are lost where they cannot be written (a full disk): nobody's request may fail for a log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write if that is possible; the number of letters, either way."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush if that is possible."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


class RequestLogMiddleware(ASGIMiddleware):
    """Gives every request an id (the caller's own if it has a sane form), times it, and logs refusals and slowness.

    Query strings stay out of the log: what a person searched for is behaviour.
    """

    scopes = (ScopeType.HTTP,)
    slow_seconds = 1.0

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request_id = self._request_id(scope)
        scope["state"]["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        with _traced(scope, request_id) as told:
            try:
                await next_app(scope, receive, send_with_id)
            finally:
                self._observe(scope, status, time.perf_counter() - started, told)

    def _observe(self, scope: Scope, status: int, seconds: float, told: Span) -> None:
        operation = getattr(scope.get("route_handler"), "operation_id", None) or "other"
        answered, took = _numbers(operation, status)
        answered.inc()
        took.observe(seconds)
        if status >= 500 or seconds > self.slow_seconds:
            log.warning("slow_or_failed_request", operation=operation, status=status, seconds=round(seconds, 3))
        if is_traced():
            _tell(told, scope, operation=operation, status=status)

    @staticmethod
    def _request_id(scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name == b"x-request-id" and REQUEST_ID.match(value):
                return value.decode()
        return os.urandom(16).hex()


def _traced(scope: Any, request_id: str) -> AbstractContextManager[Span]:
    """The span of a request: below the caller's where the caller says one."""
    if not is_traced() or scope["path"].startswith(UNTRACED):
        return NO_SPAN
    facts = {"http.request.method": scope["method"], "market.request_id": request_id}
    carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"] if name in CARRIERS}
    return span(scope["method"], "server", facts, carrier=carrier)


def _tell(told: Span, scope: Any, *, operation: str, status: int) -> None:
    route = scope.get("path_template")
    told.named(f"{scope['method']} {route or operation}")
    if route:
        told.tell("http.route", route)
    told.tell("http.response.status_code", status)
    told.tell("market.operation", operation)
    if status >= 500:
        told.failed(str(status))
