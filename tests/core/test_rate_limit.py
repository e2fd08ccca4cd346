from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.app import create_app
from market.config import Settings
from market.core import rate_limit
from market.core.rate_limit import TokenBuckets
from market.core.requests import client_address
from market.lifetime import close_resources
from tests.people import Client, connected

SOMEWHERE, ELSEWHERE = "203.0.113.7", "203.0.113.8"


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def allowed(buckets: TokenBuckets, caller: str) -> bool:
    standing = buckets.take(caller)
    return standing is None or standing.allowed


def test_a_bucket_gives_what_it_holds_and_fills_evenly() -> None:
    watch = Watch()
    buckets = TokenBuckets(6, now=watch)
    assert [allowed(buckets, "an") for _ in range(7)] == [True] * 6 + [False]
    watch.seconds += 9.9
    assert not allowed(buckets, "an")
    watch.seconds += 0.2
    assert [allowed(buckets, "an") for _ in range(2)] == [True, False]
    watch.seconds += 3600
    assert [allowed(buckets, "an") for _ in range(7)] == [True] * 6 + [False]


def test_each_caller_has_a_bucket_and_no_limit_is_no_bucket() -> None:
    buckets = TokenBuckets(1, now=Watch())
    assert [allowed(buckets, caller) for caller in ("an", "binh", "an")] == [True, True, False]
    assert all(allowed(TokenBuckets(0), "an") for _ in range(1000))


def test_what_is_left_and_when_more_comes_is_told() -> None:
    watch = Watch()
    buckets = TokenBuckets(2, now=watch)
    first, second, third = (buckets.take("an") for _ in range(3))
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.remaining, second.remaining, third.remaining) == (1, 0, 0)
    assert third.seconds == 30
    assert first.headers == {"RateLimit-Policy": '"default";q=2;w=60', "RateLimit": '"default";r=1;t=30'}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "MOST_REMEMBERED", 10)
    buckets = TokenBuckets(1, now=Watch())
    for caller in range(100):
        buckets.take(caller)
    assert len(buckets._full_at) == 10
    assert allowed(buckets, "new")
    assert not allowed(buckets, "new")


@pytest.mark.parametrize(
    ("address", "forwarded", "proxies", "found"),
    [
        (SOMEWHERE, [], 0, SOMEWHERE),
        (SOMEWHERE, [b"1.1.1.1"], 0, SOMEWHERE),
        ("10.0.0.2", [b"1.1.1.1, 198.51.100.4"], 1, "198.51.100.4"),
        ("10.0.0.2", [b"1.1.1.1", b"198.51.100.4, 10.0.0.1"], 2, "198.51.100.4"),
        ("10.0.0.2", [], 1, "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", [], 0, "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", [], 0, SOMEWHERE),
        ("fe80::1%eth0", [], 0, "fe80::"),
        ("10.0.0.2", [b"not:an:address"], 1, "not:an:address"),
    ],
)
def test_a_caller_is_known_by_the_address_our_own_proxies_saw(
    address: str, forwarded: list[bytes], proxies: int, found: str
) -> None:
    scope = {"client": (address, 1), "headers": [(b"x-forwarded-for", value) for value in forwarded]}
    assert client_address(scope, trusted_proxies=proxies) == found


@asynccontextmanager
async def limited(
    settings: Settings, sessions: async_sessionmaker[AsyncSession], **limits: int
) -> AsyncIterator[Litestar]:
    app = create_app(settings.model_copy(update=limits), state={"sessions": sessions})
    try:
        yield app
    finally:
        await close_resources(app)


@pytest.fixture
async def tight(settings: Settings, sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[Litestar]:
    """Three requests a minute for an address, five for a person, two passwords for an account."""
    async with limited(
        settings,
        sessions,
        anonymous_requests_per_minute=3,
        signed_in_requests_per_minute=5,
        sign_in_attempts_per_minute=2,
    ) as app:
        yield app


@pytest.fixture
async def person(client: Client) -> Client:
    return await client.register()


async def statuses(client: Client, times: int, path: str = "/organizations") -> list[int]:
    return [(await client.get(path)).status_code for _ in range(times)]


async def test_an_address_that_asks_too_fast_is_told_to_wait(tight: Litestar) -> None:
    async with connected(tight, address=SOMEWHERE) as one, connected(tight, address=ELSEWHERE) as other:
        first = await one.get("/organizations")
        assert first.headers["ratelimit"].startswith('"default";r=2')
        assert await statuses(one, 3) == [200, 200, 429]
        refusal = await one.get("/organizations", headers={"Accept-Language": "en"})
        assert refusal.headers["content-type"] == "application/problem+json"
        assert refusal.json()["code"] == "too-many-requests"
        assert 1 <= int(refusal.headers["retry-after"]) <= 60
        assert refusal.headers["x-request-id"]
        assert await statuses(other, 1) == [200]


async def test_a_person_has_a_bucket_of_their_own_whatever_the_address(tight: Litestar, person: Client) -> None:
    async with connected(tight, address=SOMEWHERE) as one, connected(tight, address=ELSEWHERE) as other:
        here, there = (replace(client, token=person.token) for client in (one, other))
        assert await statuses(here, 1, "/me") == [200]
        assert await statuses(here, 3, "/me") == [200, 200, 200]
        assert await statuses(there, 3, "/me") == [200, 200, 429]
        assert await statuses(one, 3) == [200, 200, 429]


async def test_guessed_credentials_are_charged_to_their_address(tight: Litestar) -> None:
    async with connected(tight, address=SOMEWHERE) as client:
        guesses = [replace(client, token=f"mk_guess{number}") for number in range(5)]
        answered = [(await guess.get("/me")).status_code for guess in guesses]
    assert answered == [401, 401, 401, 429, 429]


async def test_callers_on_this_machine_and_health_are_not_limited(tight: Litestar) -> None:
    async with connected(tight) as local, connected(tight, address=SOMEWHERE) as remote:
        assert await statuses(local, 10) == [200] * 10
        assert (await local.get("/organizations")).headers["ratelimit"].startswith('"default";r=')
        assert await statuses(remote, 10, "/health/live") == [200] * 10


async def test_passwords_cannot_be_tried_fast_on_one_account(tight: Litestar, person: Client) -> None:
    tried = {"identifier": person.user["email"], "password": "khong-phai"}
    async with connected(tight) as client:
        answers = [await client.post("/auth/token", tried) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]
        shouted = await client.post("/auth/token", tried | {"identifier": f" {person.user['email'].upper()}"})
        assert shouted.status_code == 429
        other = await client.post("/auth/token", tried | {"identifier": "khac@thu.example"})
        assert other.status_code == 401


async def test_without_limits_nothing_is_told(settings: Settings, sessions: async_sessionmaker[AsyncSession]) -> None:
    off = {"anonymous_requests_per_minute": 0, "signed_in_requests_per_minute": 0, "sign_in_attempts_per_minute": 0}
    async with limited(settings, sessions, **off) as app, connected(app, address=SOMEWHERE) as client:
        answer = await client.get("/organizations")
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers
