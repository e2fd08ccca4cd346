from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from market.app import ROOMS
from market.request_costs import LONGER
from tests.operations.standing import Standing, standing

BOUND_SECONDS = 9.0
"""The deadline of 5 s, and what a loaded machine adds."""
HEALTH_SECONDS = 4.0
"""Health waits a second for the database; with what a loaded machine adds it is still before the deadline."""


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    with standing(tmp_path_factory.mktemp("deadlines"), MARKET_REQUESTS_UNDER_WAY="40") as market:
        yield market


def timed(http: httpx.Client, method: str, path: str) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    body = {"identifier": "ai@thu.example", "password": "mot-cau-du-dai"} if method == "POST" else None
    return http.request(method, path, json=body), time.monotonic() - began


def test_a_frozen_database_is_503_in_time_and_over_when_it_thaws(market: Standing) -> None:
    asked = [("GET", "/api/v1/organizations"), ("POST", "/api/v1/auth/token"), ("GET", "/api/v1/events")] * 10
    with market.frozen_database(), ThreadPoolExecutor(len(asked)) as pool:
        answers = [pool.submit(timed, market.http, *one) for one in asked]
        time.sleep(0.5)
        for path, status in (("/health/live", 200), ("/health/ready", 503)):
            answer, took = timed(market.http, "GET", path)
            assert (answer.status_code, took < HEALTH_SECONDS) == (status, True), (path, answer.text, took)
        for answer, took in (future.result() for future in answers):
            assert answer.status_code == 503, answer.text
            assert "retry-after" in answer.headers
            assert took < BOUND_SECONDS
    assert market.until_ready() < 30
    assert timed(market.http, "GET", "/api/v1/organizations")[0].status_code == 200


def test_more_than_can_be_carried_is_shed_at_once_while_health_answers(market: Standing) -> None:
    with market.frozen_database(), ThreadPoolExecutor(120) as pool:
        answers = [pool.submit(timed, market.http, "GET", "/api/v1/organizations") for _ in range(120)]
        time.sleep(0.5)
        assert timed(market.http, "GET", "/health/live")[0].status_code == 200
        done = [future.result() for future in answers]
    assert {answer.status_code for answer, _ in done} == {503}
    codes = Counter(answer.json()["code"] for answer, _ in done)
    assert codes["overloaded"] >= 60
    assert max(took for _, took in done) < BOUND_SECONDS
    market.until_ready()


def test_connections_that_say_nothing_silence_nobody(market: Standing) -> None:
    with ExitStack() as held:
        for _ in range(1500):
            held.enter_context(socket.create_connection(("127.0.0.1", market.settings.port), timeout=5))
        for path in ("/health/live", "/api/v1/organizations"):
            began = time.monotonic()
            # As somebody who comes now: a connection that was there before proves nothing.
            assert httpx.get(f"{market.http.base_url}{path}", timeout=10).status_code == 200
            assert time.monotonic() - began < 8


def test_a_database_that_is_gone_is_503_at_once(tmp_path: Path) -> None:
    with standing(tmp_path) as market:
        market.postgres.stop()
        answer, took = timed(market.http, "GET", "/api/v1/organizations")
        assert (answer.status_code, took < BOUND_SECONDS) == (503, True), answer.text
        ready = timed(market.http, "GET", "/health/ready")[0]
        assert ready.status_code == 503
        parts = {part["name"]: part["state"] for part in ready.json()["parts"]}
        assert parts["database"] == "down"


def test_every_route_that_may_take_longer_is_there() -> None:
    known = {handler.operation_id for routes in ROOMS.values() for handler in routes}  # type: ignore[union-attr]
    assert set(LONGER) <= known
