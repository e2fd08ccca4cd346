"""How fast a caller may ask: token buckets in the memory of each process, settled with the others now and then
(`shared_limits`), so that asking costs no look-up elsewhere. What costs the market more takes more tokens.

A person or a key has a bucket of its own once a credential has proved good; everything else, bad credentials
included, is charged to the address it comes from. Callers on this machine are told a limit and never
charged: behind a proxy that is not declared (`trusted_proxies`) everybody would look like one of them.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

import structlog
from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from market.core.errors import TooManyRequests
from market.core.problem import Refuse
from market.core.requests import LOOPBACK, client_address
from market.core.shared_limits import key_of, settle

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send
    from sqlalchemy.ext.asyncio import AsyncSession

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60
MOST_FOLLOWED = 500
MOST_REMEMBERED = 50_000
"""Callers a process remembers; the one unheard of for longest is forgotten first, and its bucket was full again."""
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
    name: str = ""
    """Tells this bucket of a caller from others that are shared by all processes."""
    _full_at: OrderedDict[Hashable, float] = field(default_factory=OrderedDict)
    _unsettled: dict[Hashable, float] = field(default_factory=dict)
    _followed: list[Hashable] = field(default_factory=list)

    def take(self, caller: Hashable, tokens: int = 1) -> Standing | None:
        """Take tokens from the caller's bucket; None when there is no limit."""
        if not self.per_minute:
            return None
        instant = self.now()
        one = WINDOW_SECONDS / self.per_minute
        spent = one * min(tokens, self.per_minute)
        # A bucket is the instant at which it is full again: no timer has to fill it.
        full_at = max(self._full_at.get(caller, instant), instant) + spent
        late = full_at - instant - WINDOW_SECONDS
        if late > 1e-9:
            return Standing(False, self.per_minute, 0, max(1, ceil(late)))
        if self.name:
            self._unsettled[caller] = self._unsettled.get(caller, 0.0) + spent
        self._full_at[caller] = full_at
        self._full_at.move_to_end(caller)
        if len(self._full_at) > MOST_REMEMBERED:
            self._full_at.popitem(last=False)
        remaining = int((WINDOW_SECONDS - (full_at - instant)) / one + 1e-9)
        return Standing(True, self.per_minute, remaining, ceil(full_at - instant))

    def is_empty(self, caller: Hashable) -> bool:
        """Whether a token of this caller would be refused, by what this process knows."""
        if not self.per_minute:
            return False
        one = WINDOW_SECONDS / self.per_minute
        return self._full_at.get(caller, 0.0) + one - self.now() - WINDOW_SECONDS > 1e-9

    def give_back(self, caller: Hashable) -> None:
        """A token that was taken for nothing."""
        if self.per_minute and caller in self._full_at:
            one = WINDOW_SECONDS / self.per_minute
            self._full_at[caller] -= one
            if self.name:
                self._unsettled[caller] = self._unsettled.get(caller, 0.0) - one

    def require(self, caller: Hashable) -> None:
        """Take a token or refuse.

        Raises:
            TooManyRequests: the bucket is empty.
        """
        standing = self.take(caller)
        if standing is not None and not standing.allowed:
            raise refused(standing)

    async def settle(self, session: AsyncSession, *, looking_up: Hashable | None = None) -> None:
        """Tell the other processes what was spent here, and learn what was spent there.

        Args:
            looking_up: a caller to learn of although nothing was spent here.
        """
        spent, self._unsettled = self._unsettled, {}
        for caller in (*self._followed, *([] if looking_up is None else [looking_up])):
            spent.setdefault(caller, 0.0)
        callers = {key_of(self.name, caller): caller for caller in spent}
        try:
            standing = await settle(session, {key: spent[caller] for key, caller in callers.items()})
        except BaseException:
            for caller, seconds in spent.items():
                self._unsettled[caller] = self._unsettled.get(caller, 0.0) + seconds
            raise
        # Of whoever asked here lately, it is learnt what they ask elsewhere, until their bucket is full again.
        self._followed = [callers[key] for key, seconds in standing.items() if seconds > 0][:MOST_FOLLOWED]
        instant = self.now()
        for key, seconds in standing.items():
            self._full_at[callers[key]] = instant + seconds + self._unsettled.get(callers[key], 0.0)


def refused(standing: Standing) -> TooManyRequests:
    """The refusal of a caller that has nothing left."""
    return TooManyRequests(headers={"Retry-After": str(standing.seconds), **standing.headers}, seconds=standing.seconds)


class RateLimitMiddleware(ASGIMiddleware):
    """Refuses callers that ask too fast before anything is looked up for them."""

    scopes = (ScopeType.HTTP,)

    def __init__(
        self,
        *,
        refuse: Refuse,
        anonymous_per_minute: int,
        signed_in_per_minute: int,
        trusted_proxies: int = 0,
        costs: Mapping[str, int] | None = None,
    ) -> None:
        self._refuse = refuse
        self._anonymous = TokenBuckets(anonymous_per_minute, name="anonymous")
        self._signed_in = TokenBuckets(signed_in_per_minute, name="signed in")
        self._trusted_proxies = trusted_proxies
        self._costs = costs or {}
        self.saw_undeclared_proxy = False
        """Whether somebody else speaks for callers, whom nobody has said to believe."""
        whole = Standing(True, anonymous_per_minute, anonymous_per_minute, 0)
        self._unlimited = whole.encoded if anonymous_per_minute else []
        self._proved: OrderedDict[bytes, Hashable] = OrderedDict()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["path"].startswith(OPEN_PREFIXES):
            await next_app(scope, receive, send)
            return
        self._tell_of_proxy(scope)
        address = client_address(scope, trusted_proxies=self._trusted_proxies)
        if address.startswith(LOOPBACK):
            await next_app(scope, receive, _telling(send, self._unlimited))
            return
        credential = _credential(scope)
        person = self._proved.get(credential) if credential else None
        cost = self._costs.get(getattr(scope["route_handler"], "operation_id", None) or "", 1)
        standing = self._anonymous.take(address, cost) if person is None else self._signed_in.take(person, cost)
        if standing is not None and not standing.allowed:
            request: Request[Any, Any, Any] = Request(scope, receive=receive, send=send)
            refusal = self._refuse(request, refused(standing)).to_asgi_response(app=None, request=request)
            await refusal(scope, receive, send)
            return
        await next_app(scope, receive, _telling(send, standing.encoded if standing is not None else []))
        if credential and person is None:
            self._remember(credential, scope)

    @property
    def buckets(self) -> tuple[TokenBuckets, ...]:
        """What is to be settled with other processes."""
        return self._anonymous, self._signed_in

    def _tell_of_proxy(self, scope: Scope) -> None:
        """Once: behind a proxy that is not declared everybody shares one address, and one limit or none."""
        if self._trusted_proxies or self.saw_undeclared_proxy:
            return
        if any(name == b"x-forwarded-for" for name, _ in scope["headers"]):
            self.saw_undeclared_proxy = True
            log.warning("undeclared_proxy", setting="MARKET_TRUSTED_PROXIES")

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
