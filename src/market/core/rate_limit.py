"""How fast a caller may ask: token buckets in the memory of each process, so that asking costs no look-up elsewhere.

A person or a key has a bucket of its own once a credential has proved good; everything else, bad credentials
included, is charged to the address it comes from. Callers on this machine are told a limit and never
charged: behind a proxy that is not declared (`trusted_proxies`) everybody would look like one of them.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from market.core.errors import TooManyRequests
from market.core.problem import Refuse
from market.core.requests import client_address

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

WINDOW_SECONDS = 60
MOST_REMEMBERED = 50_000
"""Callers a process remembers; the one unheard of for longest is forgotten first, and its bucket was full again."""
LOOPBACK = ("127.", "::1")
OPEN_PREFIXES = ("/health/", "/metrics")


class Standing(NamedTuple):
    """What a caller has left."""

    allowed: bool
    limit: int
    remaining: int
    seconds: int
    """Until the next request is allowed when it was refused, otherwise until the whole limit is back."""

    @property
    def headers(self) -> dict[str, str]:
        """The `RateLimit` fields of the IETF httpapi draft."""
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={self.remaining};t={self.seconds}',
        }

    @property
    def encoded(self) -> list[tuple[bytes, bytes]]:
        """The same, as the server sends it."""
        return [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]


@dataclass(slots=True)
class TokenBuckets:
    """One bucket a caller, of `per_minute` tokens, filled evenly. 0 tokens a minute means no limit."""

    per_minute: int
    now: Callable[[], float] = time.monotonic
    _full_at: OrderedDict[Hashable, float] = field(default_factory=OrderedDict)

    def take(self, caller: Hashable) -> Standing | None:
        """Take a token from the caller's bucket; None when there is no limit."""
        if not self.per_minute:
            return None
        instant = self.now()
        one = WINDOW_SECONDS / self.per_minute
        # A bucket is the instant at which it is full again: no timer has to fill it.
        full_at = max(self._full_at.get(caller, instant), instant) + one
        late = full_at - instant - WINDOW_SECONDS
        if late > 1e-9:
            return Standing(False, self.per_minute, 0, max(1, ceil(late)))
        self._full_at[caller] = full_at
        self._full_at.move_to_end(caller)
        if len(self._full_at) > MOST_REMEMBERED:
            self._full_at.popitem(last=False)
        remaining = int((WINDOW_SECONDS - (full_at - instant)) / one + 1e-9)
        return Standing(True, self.per_minute, remaining, ceil(full_at - instant))

    def require(self, caller: Hashable) -> None:
        """Take a token or refuse.

        Raises:
            TooManyRequests: the bucket is empty.
        """
        standing = self.take(caller)
        if standing is not None and not standing.allowed:
            raise refused(standing)


def refused(standing: Standing) -> TooManyRequests:
    """The refusal of a caller that has nothing left."""
    return TooManyRequests(headers={"Retry-After": str(standing.seconds), **standing.headers}, seconds=standing.seconds)


class RateLimitMiddleware(ASGIMiddleware):
    """Refuses callers that ask too fast before anything is looked up for them."""

    scopes = (ScopeType.HTTP,)

    def __init__(
        self, *, refuse: Refuse, anonymous_per_minute: int, signed_in_per_minute: int, trusted_proxies: int = 0
    ) -> None:
        self._refuse = refuse
        self._anonymous = TokenBuckets(anonymous_per_minute)
        self._signed_in = TokenBuckets(signed_in_per_minute)
        self._trusted_proxies = trusted_proxies
        whole = Standing(True, anonymous_per_minute, anonymous_per_minute, 0)
        self._unlimited = whole.encoded if anonymous_per_minute else []
        self._proved: OrderedDict[bytes, Hashable] = OrderedDict()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["path"].startswith(OPEN_PREFIXES):
            await next_app(scope, receive, send)
            return
        address = client_address(scope, trusted_proxies=self._trusted_proxies)
        if address.startswith(LOOPBACK):
            await next_app(scope, receive, _telling(send, self._unlimited))
            return
        credential = _credential(scope)
        person = self._proved.get(credential) if credential else None
        standing = self._anonymous.take(address) if person is None else self._signed_in.take(person)
        if standing is not None and not standing.allowed:
            request: Request[Any, Any, Any] = Request(scope, receive=receive, send=send)
            refusal = self._refuse(request, refused(standing)).to_asgi_response(app=None, request=request)
            await refusal(scope, receive, send)
            return
        await next_app(scope, receive, _telling(send, standing.encoded if standing is not None else []))
        if credential and person is None:
            self._remember(credential, scope)

    def _remember(self, credential: bytes, scope: Scope) -> None:
        actor = scope["state"].get("actor")
        if actor is None or actor.is_anonymous:
            return
        self._proved[credential] = actor.credential_id if actor.kind == "key" else actor.user_id
        if len(self._proved) > MOST_REMEMBERED:
            self._proved.popitem(last=False)


def _telling(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *headers]
        await send(message)

    return send_with_headers


def _credential(scope: Scope) -> bytes | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return hashlib.blake2b(value, digest_size=16).digest()
    return None
