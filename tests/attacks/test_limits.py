"""Nobody is slowed down by others: limits of all processes together, and bodies before connections."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from market.accounts import credentials
from market.app import create_app
from market.config import Settings
from market.core import clock, deadline
from market.core.db import create_sessions
from market.core.signs_of_life import UNDECLARED_PROXY, tell
from market.lifetime import close_resources
from market.local.doctor import proxy
from tests.attacks.letters import Letters
from tests.attacks.test_takeover import NEW
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


async def test_wrong_passwords_of_others_keep_no_known_device_out_and_no_way_back_in(
    own_client: Client, own_settings: Settings, own_engine: AsyncEngine
) -> None:
    """For the same account, from the same proxy and from everywhere."""
    email = (await own_client.register()).user["email"]
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(process(own_settings, own_engine, sign_in_attempts_per_minute=2))
        here = await stack.enter_async_context(connected(app, address=SOMEWHERE))
        first = (await here.post("/auth/token", {"identifier": email, "password": PASSWORD})).json()
        for number in range(6):
            attacker = await stack.enter_async_context(connected(app, address=f"203.0.113.{number}"))
            assert await tried(attacker, email) in {401, 429}
            await tried(attacker, email)
        assert await tried(here, email, PASSWORD) == 429, "a device that nobody knows"
        known = {"identifier": email, "password": PASSWORD, "device_token": first["device_token"]}
        again = await here.post("/auth/token", known)
        assert (again.status_code, again.json()["device_token"]) == (200, first["device_token"])
        others = {**known, "identifier": "ai.khac@thu.example", "password": "sai"}
        assert [(await here.post("/auth/token", others)).status_code for _ in range(3)][-1] == 429, "not its account"
        forgot = await here.post("/auth/forgot", {"identifier": email})
        assert forgot.status_code == 202, "the way back counts apart"


async def test_links_tried_in_vain_keep_no_other_link_from_working(
    own_client: Client, own_settings: Settings, own_engine: AsyncEngine
) -> None:
    letters = Letters(own_client.app.state.sessions, own_client.app.state.token_policy.secret)
    email = (await own_client.register()).user["email"]
    await own_client.post("/auth/forgot", {"identifier": email})
    link, code = await letters.link(email), await letters.code(email)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(process(own_settings, own_engine, sign_in_attempts_per_minute=2))
        for number in range(8):
            attacker = await stack.enter_async_context(connected(app, address=f"203.0.113.{number}"))
            for guess in range(2):
                wrong = {"token": f"{number}{guess}" + "x" * 40, "password": NEW}
                assert (await attacker.post("/auth/reset", wrong)).status_code == 400
                body = {"identifier": email, "code": f"{(int(code) + 1 + guess) % 10**8:08d}", "password": NEW}
                await attacker.post("/auth/reset", body)
        here = await stack.enter_async_context(connected(app, address=ELSEWHERE))
        assert (await here.post("/auth/reset", {"token": link, "password": NEW})).status_code == 204


async def test_who_fails_is_told_slowly_and_takes_nobodys_place_meanwhile(
    own_client: Client, own_settings: Settings, own_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One password after the other: one in a second. Whether somebody is known is told by no time."""
    slowly = 1.5  # so that what a busy machine adds is not taken for it
    monkeypatch.setattr(deadline.REFUSAL, "seconds", slowly)
    known = (await own_client.register()).user["email"]
    async with process(own_settings, own_engine, requests_under_way=4) as app, connected(app) as client:
        loop = asyncio.get_running_loop()

        async def timed(email: str) -> float:
            began = loop.time()
            assert await tried(client, email) == 401
            return loop.time() - began

        trying = [asyncio.create_task(timed(email)) for email in (known, "khong.ai@thu.example", known)]
        await asyncio.sleep(0.3)
        answers = await asyncio.gather(*(client.get("/reference/units") for _ in range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert all(slowly <= took < 2 * slowly for took in await asyncio.gather(*trying))
        began = loop.time()
        assert await tried(client, known, PASSWORD) == 200
        assert loop.time() - began < slowly, "who is right does not wait"


async def test_others_who_ask_for_codes_leave_one_that_works(client: Client) -> None:
    """An address gets five letters an hour, and one more when none of those opens anything any more."""
    letters = Letters(client.app.state.sessions, client.app.state.token_policy.secret)
    email = (await client.register()).user["email"]
    for _ in range(8):
        await client.post("/auth/forgot", {"identifier": email})
        await letters.deliver()
    mine = [words for address, words in letters.sent if address == email and "30 phút" in words]
    assert len(mine) == 5
    with clock.shifted(timedelta(minutes=40)):
        await client.post("/auth/forgot", {"identifier": email})
        token = await letters.link(email)
        assert (await client.post("/auth/reset", {"token": token, "password": NEW})).status_code == 204


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


def half_sent(token: str | None, length: tuple[bytes, bytes], address: str) -> tuple[dict[str, Any], list[Any]]:
    """A request of which only the beginning comes, and where its answer goes."""
    headers = [(b"content-type", b"application/json"), length]
    if token is not None:
        headers.append((b"authorization", f"Bearer {token}".encode()))
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
        "client": (address, 1),
        "server": ("market.test", 80),
    }
    return scope, []


async def begin(app: Litestar, scope: dict[str, Any], sent: list[Any]) -> None:
    parts = [{"type": "http.request", "body": b'{"name": ', "more_body": True}]

    async def receive() -> dict[str, Any]:
        if parts:
            return parts.pop()
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)  # type: ignore[arg-type]


@pytest.mark.parametrize("length", [(b"content-length", b"100"), (b"transfer-encoding", b"chunked")], ids=str)
async def test_three_hundred_half_sent_requests_keep_nobody_out(
    own_app: Litestar,
    own_client: Client,
    own_engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
    length: tuple[bytes, bytes],
) -> None:
    monkeypatch.setattr(deadline, "BODY_SECONDS", 4.0)
    person = await own_client.register()
    made = [half_sent(person.token, length, "127.0.0.1") for _ in range(300)]
    waiting = [asyncio.create_task(begin(own_app, scope, sent)) for scope, sent in made]
    await asyncio.sleep(0.2)
    assert own_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert (await person.get("/me")).status_code == 200
    assert (await own_client.get("/reference/units")).status_code == 200
    assert (await person.patch("/me", {"full_name": "Vẫn Ghi Được"})).status_code == 200
    await asyncio.gather(*waiting)
    assert {sent[0]["status"] for _, sent in made} == {408}


async def test_one_address_has_half_sent_requests_only_so_many(
    own_app: Litestar, own_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "BODY_SECONDS", 2.0)
    made = [half_sent(None, (b"content-length", b"100"), SOMEWHERE) for _ in range(100)]
    waiting = [asyncio.create_task(begin(own_app, scope, sent)) for scope, sent in made]
    await asyncio.sleep(0.2)
    async with connected(own_app, address=ELSEWHERE) as other:
        assert await tried(other, "ai@thu.example") == 401
    await asyncio.gather(*waiting)
    told = Counter(sent[0]["status"] for _, sent in made)
    assert told == {408: deadline.MOST_BODIES_OF_ONE, 503: 100 - deadline.MOST_BODIES_OF_ONE}


async def test_those_who_wait_for_news_keep_nobody_out(
    own_client: Client, own_settings: Settings, own_engine: AsyncEngine
) -> None:
    newest = (await own_client.get("/changes", params={"limit": 100})).json()["next_cursor"]
    async with process(own_settings, own_engine, requests_under_way=4) as app, connected(app) as client:
        waiting = [asyncio.create_task(client.get("/changes", params={"since": newest, "wait": 3})) for _ in range(12)]
        await asyncio.sleep(0.5)
        assert (await client.get("/reference/units")).status_code == 200
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}


async def test_wrong_passwords_sent_with_a_key_leave_connections_to_others(
    own_app: Litestar, own_client: Client, own_engine: AsyncEngine
) -> None:
    async def keyed(number: int) -> int:
        body = {"identifier": f"ai{number}@thu.example", "password": "sai"}
        return (await own_client.post("/auth/token", body, headers={"Idempotency-Key": f"k{number}"})).status_code

    trying = [asyncio.create_task(keyed(number)) for number in range(60)]
    most = 0
    while not all(task.done() for task in trying):
        most = max(most, own_engine.pool.checkedout())  # type: ignore[attr-defined]
        await asyncio.sleep(0)
    assert {task.result() for task in trying} <= {401, 429}
    assert most <= 10, "five that hash, and those that are being counted"


@pytest.mark.skipif(sys.platform != "linux", reason="niceness is a process's elsewhere")
async def test_wrong_passwords_are_hashed_when_nobody_else_wants_the_processors() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    usual = niceness()
    while_hashing = await asyncio.get_running_loop().run_in_executor(credentials._hashing, niceness)
    assert (while_hashing, niceness()) == (max(credentials.NICENESS, usual), usual)


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


async def test_a_proxy_that_nobody_declared_is_told_of(own_settings: Settings, own_engine: AsyncEngine) -> None:
    assert (await asyncio.to_thread(proxy, own_settings)).state == "good"
    by_https = own_settings.model_copy(update={"public_url": "https://cho.thu.example"})
    assert (await asyncio.to_thread(proxy, by_https)).state == "note"
    declared = by_https.model_copy(update={"trusted_proxies": 1})
    assert (await asyncio.to_thread(proxy, declared)).state == "good"
    async with process(own_settings, own_engine) as app, connected(app) as client:
        assert not app.state.limit.saw_undeclared_proxy
        await client.get("/reference/units", headers={"X-Forwarded-For": SOMEWHERE})
        assert app.state.limit.saw_undeclared_proxy
        async with app.state.sessions.begin() as session:
            await tell(session, UNDECLARED_PROXY)
    seen = await asyncio.to_thread(proxy, own_settings)
    assert (seen.state, "MARKET_TRUSTED_PROXIES" in seen.words) == ("note", True)
