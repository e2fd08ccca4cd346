"""Nobody is slowed down by others: limits of all processes together, and bodies before connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from market.app import close_resources, create_app
from market.config import Settings
from market.core import transaction
from market.core.db import create_sessions
from tests.people import PASSWORD, Client, connected

SOMEWHERE, ELSEWHERE = "203.0.113.7", "203.0.113.8"


@asynccontextmanager
async def process(settings: Settings, engine: AsyncEngine, **limits: int) -> AsyncIterator[Litestar]:
    """One API process of several, with its own memory, on the same database."""
    app = create_app(settings.model_copy(update=limits), state={"sessions": create_sessions(engine)})
    try:
        yield app
    finally:
        await close_resources(app)


async def tried(client: Client, identifier: str, password: str = "sai") -> int:
    return (await client.post("/auth/token", {"identifier": identifier, "password": password})).status_code


async def test_two_processes_share_one_limit_of_passwords(
    own_client: Client, own_settings: Settings, own_engine: AsyncEngine
) -> None:
    email = (await own_client.register()).user["email"]
    async with AsyncExitStack() as stack:
        apps = [
            await stack.enter_async_context(process(own_settings, own_engine, sign_in_attempts_per_minute=4))
            for _ in range(2)
        ]
        clients = [await stack.enter_async_context(connected(app, address=SOMEWHERE)) for app in apps]
        answers = [await tried(clients[turn % 2], email) for turn in range(6)]
        assert answers == [401] * 4 + [429] * 2


async def test_an_account_is_tried_from_many_addresses_only_so_often(
    own_client: Client, own_settings: Settings, own_engine: AsyncEngine
) -> None:
    email = (await own_client.register()).user["email"]
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(process(own_settings, own_engine, sign_in_attempts_per_minute=1))
        answers = []
        for number in range(7):
            client = await stack.enter_async_context(connected(app, address=f"203.0.113.{number}"))
            answers.append(await tried(client, email))
        assert answers == [401] * 5 + [429] * 2


async def test_wrong_passwords_of_a_colleague_behind_the_same_proxy_lock_nobody_out(
    own_client: Client, own_settings: Settings, own_engine: AsyncEngine
) -> None:
    right, wrong = [(await own_client.register()).user["email"] for _ in range(2)]
    async with (
        process(own_settings, own_engine, sign_in_attempts_per_minute=2) as app,
        connected(app, address=SOMEWHERE) as client,
    ):
        assert [await tried(client, wrong) for _ in range(3)] == [401, 401, 429]
        assert [await tried(client, right, PASSWORD) for _ in range(5)] == [200] * 5


async def test_two_processes_share_one_limit_of_requests(own_settings: Settings, own_engine: AsyncEngine) -> None:
    async with AsyncExitStack() as stack:
        apps = [
            await stack.enter_async_context(process(own_settings, own_engine, anonymous_requests_per_minute=6))
            for _ in range(2)
        ]
        clients = [await stack.enter_async_context(connected(app, address=SOMEWHERE)) for app in apps]
        for client in clients:
            assert [(await client.get("/reference/units")).status_code for _ in range(3)] == [200] * 3
        for app in [*apps, *apps]:
            async with app.state.sessions.begin() as session:
                for buckets in app.state.buckets:
                    await buckets.settle(session)
        first = await clients[0].get("/reference/units")
        assert first.status_code == 429
        assert int(first.headers["retry-after"]) >= 1


async def test_what_costs_more_takes_more_and_is_told(own_settings: Settings, own_engine: AsyncEngine) -> None:
    async with (
        process(own_settings, own_engine, anonymous_requests_per_minute=200) as app,
        connected(app, address=SOMEWHERE) as client,
    ):
        path = "/needs/00000000-0000-7000-8000-000000000000/pool"
        answers = [await client.get(path) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [404, 404, 429]
        assert answers[0].headers["ratelimit"].startswith('"default";r=100')
        async with connected(app, address=ELSEWHERE) as other:
            assert (await other.get("/reference/units")).status_code == 200


async def test_half_a_body_holds_no_connection_and_ends(
    own_app: Litestar, own_client: Client, own_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "BODY_SECONDS", 0.5)
    person = await own_client.register()
    answers: list[int] = []

    async def half_sent() -> None:
        sent: list[dict[str, Any]] = []
        parts = [{"type": "http.request", "body": b'{"name": ', "more_body": True}]

        async def receive() -> dict[str, Any]:
            if parts:
                return parts.pop()
            await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [
            (b"authorization", f"Bearer {person.token}".encode()),
            (b"content-type", b"application/json"),
            (b"content-length", b"100"),
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": "/api/v1/api-keys",
            "raw_path": b"/api/v1/api-keys",
            "root_path": "",
            "scheme": "http",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("market.test", 80),
        }
        await own_app(scope, receive, send)  # type: ignore[arg-type]
        answers.append(sent[0]["status"])

    waiting = [asyncio.create_task(half_sent()) for _ in range(60)]
    await asyncio.sleep(0.2)
    assert own_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert (await person.get("/me")).status_code == 200
    await asyncio.gather(*waiting)
    assert set(answers) == {408}


async def test_idle_transactions_of_the_api_end(own_settings: Settings) -> None:
    app = create_app(own_settings)
    try:
        async with app.state.sessions() as session:
            assert await session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "1min"
    finally:
        await close_resources(app)


async def test_every_answer_says_what_a_browser_may_do_with_it(client: Client) -> None:
    for path in ("/listings", "/nowhere", "/health/live"):
        headers = (await client.http.get(path if path.startswith("/health") else f"/api/v1{path}")).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "max-age" in headers["strict-transport-security"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    stranger = replace(client, token=None)
    assert (await stranger.get("/metrics")).status_code == 200


async def test_metrics_have_a_listener_of_their_own_where_it_is_set(own_settings: Settings) -> None:
    app = create_app(own_settings.model_copy(update={"metrics_port": 9}))
    try:
        async with connected(app) as client:
            assert [(await client.http.get(path)).status_code for path in ("/metrics", "/metrics/")] == [404, 404]
    finally:
        await close_resources(app)
