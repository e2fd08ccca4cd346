"""How an operation says that it is going to end, to programs that call it (RFC 9745, RFC 8594)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import TYPE_CHECKING

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ending:
    """What is told of an operation that is going to end.

    Args:
        deprecated_on: since when nobody should begin to call it; days begin at midnight UTC.
        sunset_on: the day from which on it may be gone; None where that is not decided.
        instead: what to do instead, a sentence in English for the description.
        successor: the path of what takes its place.

    Raises:
        ValueError: it would end before it is deprecated.
    """

    deprecated_on: date
    instead: str
    sunset_on: date | None = None
    successor: str | None = None

    def __post_init__(self) -> None:
        if self.sunset_on is not None and self.sunset_on < self.deprecated_on:
            raise ValueError("an operation ends before it is deprecated")

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What every answer of the operation carries, refusals too."""
        told = [(b"deprecation", f"@{int(_midnight(self.deprecated_on).timestamp())}".encode())]
        if self.sunset_on is not None:
            told.append((b"sunset", format_datetime(_midnight(self.sunset_on), usegmt=True).encode()))
        if self.successor is not None:
            told.append((b"link", f'<{self.successor}>; rel="successor-version"'.encode()))
        return told

    def sentence(self) -> str:
        """The same for people who read the description."""
        until = f", and may be gone from {self.sunset_on} on" if self.sunset_on else ""
        return f"Deprecated since {self.deprecated_on}{until}. {self.instead}"


class EndingMiddleware(ASGIMiddleware):
    """Adds what is told of operations that are going to end to their answers.

    Args:
        endings: by operation id.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, endings: Mapping[str, Ending]) -> None:
        self._headers = {operation: ending.headers() for operation, ending in endings.items()}

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        handler = scope.get("route_handler")
        headers = self._headers.get(str(getattr(handler, "operation_id", "")))

        async def telling(message: Message) -> None:
            if headers and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await next_app(scope, receive, telling if headers else send)
