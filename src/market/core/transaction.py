"""One request, one session, one commit, and the answer leaves only after it.

The commit stands in a middleware rather than in a generator dependency, because the answer to an
`Idempotency-Key` belongs into the transaction of the write, and a dependency never sees the answer.
Whatever answers 400 or above is rolled back, unless the refusal itself must be remembered
(`keep_changes`). Services flush; nobody else commits, except the worker and the command line.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from litestar.connection import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core import idempotency
from market.core.access import ANONYMOUS, Actor, require_declared_access
from market.core.database_errors import NO_ANSWER
from market.core.db import for_reading
from market.core.deadline import refuse_slowly
from market.core.errors import TooSlow
from market.core.kept_statements import Reader, reader_of
from market.core.problem import Refuse
from market.core.replica import HEADER, Replica, position_of
from market.core.turns import Line, Turns

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BODY_SECONDS = 20.0
"""How long a body that is no form may take to arrive."""
KEEP_CHANGES = "keep_changes"
NOBODY = "nobody known"

Authenticate = Callable[[Reader, Request[Any, Any, Any]], Awaitable[Actor]]


def keep_changes(session: AsyncSession) -> None:
    """Commit this request's writes although it will answer with an error (a reused token must stay revoked)."""
    session.info[KEEP_CHANGES] = True


async def let_go(session: AsyncSession) -> None:
    """Give the connection back while something else takes long; what was read stands, and nothing was written yet.

    A request with an Idempotency-Key holds its key by the transaction, and keeps it.
    """
    if not session.info.get(idempotency.CLAIMED):
        await session.commit()


class RequestSession:
    """The session of a request, made when somebody first asks for it: most searches never do."""

    def __init__(self, make: Callable[[], AsyncSession]) -> None:
        self._make = make
        self.made: AsyncSession | None = None

    def __call__(self) -> AsyncSession:
        if self.made is None:
            self.made = self._make()
        return self.made

    @property
    def is_open(self) -> bool:
        """Whether it holds a connection: closing and committing switch greenlets, and without one there is no need."""
        return self.made is not None and self.made.in_transaction()

    @property
    def keeps_changes(self) -> bool:
        return self.made is not None and KEEP_CHANGES in self.made.info


class BufferedAnswer:
    """Holds the answer back until the commit. A streamed answer (more than one part) passes through."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: list[Message] = []
        self._streaming = False
        self.status = 500

    async def receive_from_app(self, message: Message) -> None:
        if self._streaming:
            await self._send(message)
            return
        self._held.append(message)
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body" and message.get("more_body"):
            self._streaming = True
            await self.release()

    @property
    def is_streaming(self) -> bool:
        """Whether a part of the answer has left already."""
        return self._streaming

    async def release(self) -> None:
        """Let the answer go."""
        held, self._held = self._held, []
        for message in held:
            await self._send(message)

    def add_header(self, name: bytes, value: bytes) -> None:
        """To the answer that is held back."""
        for message in self._held:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (name, value)]

    def forget(self) -> None:
        """Drop what is held back, so that another answer can be given."""
        self._held, self.status = [], 500

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return next((list(m["headers"]) for m in self._held if m["type"] == "http.response.start"), [])

    @property
    def body(self) -> bytes:
        return b"".join(m.get("body", b"") for m in self._held if m["type"] == "http.response.body")


class TransactionMiddleware(ASGIMiddleware):
    """Opens the request's session, finds out who asks and whether they may, and commits before the answer leaves.

    Args:
        authenticate: finds out who asks.
        refuse: renders what this middleware itself cannot do (a bad credential, a commit that fails). The framework
            would not: to it the answer that is held back here has already begun.
        secret: makes what is kept of requests and answers useless to a reader of the table.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, authenticate: Authenticate, refuse: Refuse, secret: str) -> None:
        self._authenticate = authenticate
        self._refuse = refuse
        self._secret = secret
        self._turns = Turns()
        self._line = Line()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        answer = BufferedAnswer(send)
        try:
            await self._in_session(scope, receive, answer, next_app)
        except Exception as error:
            if answer.is_streaming:
                raise
            request: Request[Any, Any, Any] = Request(scope, receive=receive, send=send)
            refusal = self._refuse(request, error).to_asgi_response(app=None, request=request)
            await refusal(scope, receive, send)
            return
        await answer.release()

    async def _in_session(self, scope: Scope, receive: Receive, answer: BufferedAnswer, next_app: ASGIApp) -> None:
        state = scope["litestar_app"].state
        primary: async_sessionmaker[AsyncSession] = state.sessions
        replica: Replica | None = state.get("replica")
        if cast("HTTPScope", scope)["method"] not in SAFE_METHODS:
            await self._with(primary, scope, receive, answer, next_app)
            if replica is not None and answer.status < 400 and not answer.is_streaming:
                # It is committed, and must not be answered as if it were not. Without a position the primary answers.
                with contextlib.suppress(*NO_ANSWER):
                    answer.add_header(HEADER, await position_of(primary))
            return
        may = replica is not None and await replica.may_answer(dict(scope["headers"]))
        if may and replica is not None and await self._by_replica(replica, scope, receive, answer, next_app):
            return
        await self._with(for_reading(primary), scope, receive, answer, next_app)

    async def _by_replica(
        self, replica: Replica, scope: Scope, receive: Receive, answer: BufferedAnswer, next_app: ASGIApp
    ) -> bool:
        """Whether the replica answered; otherwise nothing has left, and the primary may."""
        try:
            await self._with(for_reading(replica.sessions), scope, receive, answer, next_app)
        except NO_ANSWER:
            if answer.is_streaming:
                raise
        if answer.is_streaming or answer.status < 500:
            return True
        answer.forget()
        return False

    async def _with(
        self,
        sessions: async_sessionmaker[AsyncSession],
        scope: Scope,
        receive: Receive,
        answer: BufferedAnswer,
        next_app: ASGIApp,
    ) -> None:
        session = RequestSession(sessions)
        scope["state"]["reader"] = reader_of(sessions)
        try:
            await self._answer(session, scope, receive, answer, next_app)
        finally:
            if session.is_open:
                await asyncio.shield(session().close())

    async def _answer(
        self, session: RequestSession, scope: Scope, receive: Receive, answer: BufferedAnswer, next_app: ASGIApp
    ) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive=receive, send=answer.receive_from_app)
        scope["state"]["session"] = session
        if request.method not in SAFE_METHODS and not _is_form(request):
            # All of it before a connection is taken: half a request holds up nobody but its sender.
            await _read_body(request)
        if scope["route_handler"].opt.get("hashes"):
            # In line before anything is asked of the database: who waits for processors holds no connection.
            refuse_slowly(scope)
            async with self._line.turn():
                await self._answer_to(request, session, receive, answer, next_app)
            return
        async with self._turns.of(_whose_turn(request)):
            await self._answer_to(request, session, receive, answer, next_app)

    async def _answer_to(
        self,
        request: Request[Any, Any, Any],
        session: RequestSession,
        receive: Receive,
        answer: BufferedAnswer,
        next_app: ASGIApp,
    ) -> None:
        scope = request.scope
        scope["state"]["actor"] = actor = await self._authenticate(provide_reader(scope), request)
        require_declared_access(actor, scope)
        if _is_form(request) and session.is_open:
            await session().commit()  # a form is read by its handler, piece by piece, while nothing is held
        claim = await self._claim(session, request, actor)
        if claim is not None and claim.stored is not None:
            await idempotency.replay(claim, claim.stored, answer.receive_from_app)
            return
        await next_app(scope, receive, answer.receive_from_app)
        if answer.status < 400 or session.keeps_changes:
            if claim is not None and answer.status < 400 and not answer.is_streaming:
                await idempotency.store(session(), claim, answer.status, answer.headers, answer.body)
            if session.is_open:
                await session().commit()
        elif session.is_open:
            await session().rollback()

    async def _claim(
        self, session: RequestSession, request: Request[Any, Any, Any], actor: Actor
    ) -> idempotency.Claim | None:
        key = request.headers.get("idempotency-key")
        if key is None or request.method in SAFE_METHODS:
            return None
        sent = idempotency.Sent(method=request.method, path=_target(request), body=await request.body())
        return await idempotency.claim(session(), actor, key=key, sent=sent, secret=self._secret)


def _whose_turn(request: Request[Any, Any, Any]) -> str | None:
    """Who writes; all whom nobody knows take turns together when they hold an Idempotency-Key."""
    if request.method in SAFE_METHODS:
        return None
    return request.headers.get("authorization") or (NOBODY if "idempotency-key" in request.headers else None)


def _is_form(request: Request[Any, Any, Any]) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/")


async def _read_body(request: Request[Any, Any, Any]) -> None:
    """Keeps the body with the request.

    Raises:
        TooSlow: it did not come in time.
    """
    if request.headers.get("content-type") == "application/offset+octet-stream":
        return  # A piece of an upload: its route keeps what came before the line broke.
    try:
        async with asyncio.timeout(BODY_SECONDS):
            await request.body()
    except TimeoutError:
        raise TooSlow from None


def _target(request: Request[Any, Any, Any]) -> str:
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.scope['path']}?{query}"


def provide_session(scope: Scope) -> AsyncSession:
    """The request's session."""
    return cast("RequestSession", scope["state"]["session"])()


def provide_reader(scope: Scope) -> Reader:
    """Where the request's kept statements are sent, outside of its transaction."""
    return cast("Reader", scope["state"]["reader"])


def provide_actor(scope: Scope) -> Actor:
    """Who asks."""
    return cast("Actor", scope["state"].get("actor", ANONYMOUS))
