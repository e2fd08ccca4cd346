"""Answers that nobody in particular asked for, given again as they left before: before a place among the requests under
way is taken, a session made or a query string read.

What may be given again is said by the route that answered (`may_be_given_again`), and proved each time by whoever keeps
the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Protocol, cast

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from market.core import clock

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

GIVEN_AGAIN = "given_again_under"
LONGEST = 2_000
"""Bytes of a query string that is looked up."""
_OTHERWISE = frozenset({b"authorization", b"if-none-match"})
"""Headers with which a route must see the request: who asks, and what they have."""


class Keeper(Protocol):
    """Keeps answers under the state of what they were found in."""

    async def find(self, index: str, question: Hashable, *, follows: object) -> tuple[Any, str] | None: ...

    def keep(
        self, index: str, question: Hashable, answer: Any, *, size: int, mark: str | None, follows: object
    ) -> None: ...


def may_be_given_again(scope: Scope, mark: str | None) -> None:
    """Say of the answer to this request that it holds for whoever asks the same without a name, while `mark` does."""
    scope["state"][GIVEN_AGAIN] = mark


class AskedAgainMiddleware(ASGIMiddleware):
    """Gives answers of routes that declare `searches=` (an index) again.

    Args:
        keeper: keeps the answers.
        follows: what all of them follow from, beside what is searched: the reference data.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, keeper: Keeper, *, follows: Callable[[], object]) -> None:
        self._keeper = keeper
        self._follows = follows

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        index: str | None = scope["route_handler"].opt.get("searches")
        question = _question(scope) if index is not None else None
        if index is None or question is None:
            await next_app(scope, receive, send)
            return
        if (found := await self._keeper.find(index, question, follows=self._follows())) is not None:
            for message in found[0]:
                # What is outside of this layer adds headers to the message that it is given.
                await send(message.copy())
            return
        heard: list[Any] = []

        async def send_and_hear(message: Message) -> None:
            heard.append(message.copy())
            await send(message)

        await next_app(scope, receive, send_and_hear)
        self._keep(index, question, heard, scope["state"].get(GIVEN_AGAIN))

    def _keep(self, index: str, question: Hashable, heard: list[Any], mark: str | None) -> None:
        # An answer in several parts is a file, of which the route answered the pages.
        if mark is None or len(heard) != 2 or heard[0]["type"] != "http.response.start" or heard[0]["status"] != 200:
            return
        size = len(heard[1].get("body", b""))
        self._keeper.keep(index, question, tuple(heard), size=size, mark=mark, follows=self._follows())


def _question(scope: Scope) -> Hashable | None:
    """What tells this request from others; None when its route must see it."""
    if cast("HTTPScope", scope)["method"] != "GET" or len(scope["query_string"]) > LONGEST:
        return None
    accept = b""
    for name, value in scope["headers"]:
        if name in _OTHERWISE:
            return None
        if name == b"accept":
            accept = value[:LONGEST]
    return scope["path"], scope["query_string"], accept, clock.today()
