"""Which web pages of other addresses may call the API from a browser (CORS, Fetch Standard 3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from litestar.types import Message, Send

METHODS = b"GET, HEAD, POST, PATCH, DELETE, OPTIONS"
HEADERS = (
    b"Authorization, Content-Type, Accept-Language, If-Match, If-None-Match, Idempotency-Key, Market-Organization, "
    b"Last-Event-ID, Upload-Offset, X-Request-Id"
)
EXPOSED = (
    b"ETag, Location, Link, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Idempotent-Replayed, "
    b"X-Request-Id, Upload-Offset, Content-Language, Deprecation, Sunset"
)
REMEMBERED_SECONDS = b"600"


def origins_of(setting: str) -> frozenset[str]:
    """The addresses of a setting, by commas; `*` for every one."""
    return frozenset(origin.strip().rstrip("/").lower() for origin in setting.split(",") if origin.strip())


class CrossOrigin:
    """Answers browsers. Nobody's cookies are read here, so credentials are never allowed: tokens are headers."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origins)

    def allows(self, origin: str) -> bytes | None:
        """What an answer to this origin says that it allows; None for nothing."""
        if "*" in self._origins:
            return b"*"
        return origin.encode("latin-1") if origin.lower() in self._origins else None

    async def answer_preflight(self, headers: Mapping[bytes, bytes], send: Send) -> bool:
        """Answer a browser that asks before it calls; False when this is no such question."""
        origin = headers.get(b"origin", b"").decode("latin-1")
        if not self._origins or not origin or b"access-control-request-method" not in headers:
            return False
        told = [(b"vary", b"Origin"), (b"content-length", b"0")]
        if allowed := self.allows(origin):
            told += [
                (b"access-control-allow-origin", allowed),
                (b"access-control-allow-methods", METHODS),
                (b"access-control-allow-headers", HEADERS),
                (b"access-control-max-age", REMEMBERED_SECONDS),
            ]
        await send({"type": "http.response.start", "status": 204, "headers": told})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return True

    def wrapped(self, send: Send, origin: bytes | None) -> Send:
        """`send`, telling a browser that its page may read the answer."""
        if not self._origins:
            return send
        allowed = self.allows(origin.decode("latin-1")) if origin else None

        async def send_allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(b"vary", b"Origin")] if b"*" not in (allowed or b"") else []
                if allowed:
                    more += [(b"access-control-allow-origin", allowed), (b"access-control-expose-headers", EXPOSED)]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        return send_allowed
