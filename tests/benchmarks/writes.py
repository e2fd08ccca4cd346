"""Writing one thing at a time, and writes among reads."""

from __future__ import annotations

import json
import random
import secrets

import httpx

from tests.benchmarks.load import Outcome, Task, get, run_load
from tests.benchmarks.market import Market
from tests.benchmarks.measures import Measure, Measures, registered
from tests.benchmarks.rows import listing_tasks

WRITERS = 8
"""Organizations that write at the same time: one waits for its own last write."""
TITLES = ("Xoài cát Hòa Lộc", "Thanh long ruột đỏ", "Bưởi da xanh", "Sầu riêng Ri6", "Chanh không hạt", "Dừa xiêm xanh")
WORDS = ("xoài", "thanh long ruột đỏ", "bưởi da xanh dưới 60k", "sau rieng", "chanh", "dừa bến tre", "rau", "gạo st25")
PER_SECOND = 500
"""Requests made ready for each second of load: none is sent twice."""


def write_speed(market: Market, *, seconds: float) -> Measures:
    """Creates on one connection and on eight, and a load of which a quarter writes."""
    with httpx.Client(base_url=f"{market.running.api_url}/api/v1", timeout=30.0) as client:
        writers = [registered(client)[0]["Authorization"] for _ in range(WRITERS)]
    chance, number = random.Random(14), int(seconds * PER_SECOND)
    alone = run_load(market.port, _creates(chance, number, writers[:1]), connections=1, seconds=seconds)
    together = run_load(market.port, _creates(chance, number, writers), seconds=seconds)
    mixed = run_load(market.port, _mixed(chance, market, 4 * number, writers), seconds=seconds)
    return {
        "create_p50": Measure(alone.percentile(0.5), "ms", "one connection, with its Idempotency-Key; aim: below 8"),
        "create_p99": Measure(alone.percentile(0.99), "ms", "one connection"),
        "create_per_second": Measure(together.per_second, "requests/s", f"8 connections, {WRITERS} organizations"),
        "mixed_per_second": Measure(mixed.per_second, "requests/s", "a quarter writes, 8 connections; aim: 400"),
        "mixed_p50": Measure(mixed.percentile(0.5), "ms", "8 connections"),
        "mixed_p99": Measure(mixed.percentile(0.99), "ms", "8 connections"),
        "writes_failed": Measure(_failed(alone, together, mixed), "answers", "aim: 0"),
    }


def _failed(*outcomes: Outcome) -> int:
    return sum(outcome.failed for outcome in outcomes)


def _creates(chance: random.Random, number: int, writers: list[str]) -> list[Task]:
    return [(_create(chance, writers[turn % len(writers)]),) for turn in range(number)]


def _create(chance: random.Random, authorization: str) -> bytes:
    """A listing as a cooperative offers it; no two are alike."""
    listing = {
        "title": f"{chance.choice(TITLES)} vụ {chance.randrange(10**9)}",
        "province": {"code": "82"},
        "unit": "KGM",
        "price_vnd": chance.randrange(10, 90) * 1000,
        "capacity": [{"from": "2027-01-04", "to": "2027-03-28", "quantity": "500", "per": "week"}],
        "publish": True,
    }
    body = json.dumps(listing, ensure_ascii=False).encode()
    head = (
        "POST /api/v1/listings HTTP/1.1\r\nHost: market\r\nContent-Type: application/json\r\n"
        f"Authorization: {authorization}\r\nIdempotency-Key: {secrets.token_hex(8)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _mixed(chance: random.Random, market: Market, number: int, writers: list[str]) -> list[Task]:
    """One write for every three reads: two searches and a listing."""
    listings = listing_tasks(market)
    tasks: list[Task] = []
    for turn in range(number // 4):
        searches = [(get(str(httpx.URL("/api/v1/listings", params={"q": chance.choice(WORDS)}))),) for _ in range(2)]
        tasks += [(_create(chance, writers[turn % len(writers)]),), *searches, chance.choice(listings)]
    return tasks
