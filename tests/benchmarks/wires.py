"""What a phone pays for: bytes on the wire, compressed as it asks for them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import httpx

from tests.benchmarks.market import Market
from tests.benchmarks.measures import Measure, Measures, registered

OWN = 20
"""Listings of the cooperative."""
CHANGED = 60
"""Prices and needs that change in a month."""
ENCODING = "zstd, br, gzip"
FEED = {"entity": "need", "fields": "title,status,deadline", "limit": "1000"}
"""What a cooperative keeps of what is wanted."""
AIM = "aim: below 60,000; every need that is there by title and deadline, its own listings, the provinces"


def wire_sizes(market: Market) -> Measures:
    """A cooperative's first sync, and its return after a month."""
    with httpx.Client(base_url=f"{market.running.api_url}/api/v1", timeout=30.0) as client:
        headers, organization = registered(client)
        buyer, _ = registered(client, "buyer")
        for number in range(OWN):
            client.post("/listings", json=_listing(number), headers=headers).raise_for_status()
        headers["Accept-Encoding"] = ENCODING
        own = {"status": "any", "organization": organization, "limit": "100"}
        first, cursor = _synced(client, headers)
        first += sum(_size(client, path, params, headers) for path, params in _first_reads(own))
        _a_month(client, buyer)
        again = _synced(client, headers, cursor)[0] + _size(client, "/listings", own, headers)
    return {
        "first_sync": Measure(first, "bytes on the wire", AIM),
        "month_later": Measure(again, "bytes on the wire", f"{CHANGED} new needs and the own listings"),
    }


def _first_reads(own: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    yield "/listings", own
    yield "/reference/provinces", {}
    yield "/me", {}


def _size(client: httpx.Client, path: str, params: dict[str, str], headers: dict[str, str]) -> int:
    """Of the body as it comes, before it is unpacked."""
    with client.stream("GET", path, params=params, headers=headers) as answer:
        answer.raise_for_status()
        return sum(len(part) for part in answer.iter_raw())


def _synced(client: httpx.Client, headers: dict[str, str], since: str | None = None) -> tuple[int, str]:
    """Bytes of all pages of the feed of needs after a cursor, and the cursor behind them."""
    size, more = 0, True
    while more:
        params = {**FEED, "since": since} if since else FEED
        with client.stream("GET", "/changes", params=params, headers=headers) as answer:
            answer.raise_for_status()
            body = answer.read()
            size += answer.num_bytes_downloaded
        page = json.loads(body)
        since, more = str(page["next_cursor"]), bool(page["more"])
    return size, since or ""


def _a_month(client: httpx.Client, buyer: dict[str, str]) -> None:
    chance = random.Random(14)
    for number in range(CHANGED):
        line = {"concept": "mango", "quantity": str(chance.randrange(100, 900)), "unit": "KGM", "per": "week"}
        line |= {"from": "2030-12-02", "to": "2031-02-28"}
        need = {"title": f"Xoài cho chuỗi cửa hàng {number}", "delivery_province": {"code": "79"}, "lines": [line]}
        client.post("/needs", json=need | {"publish": True}, headers=buyer).raise_for_status()


def _listing(number: int) -> dict[str, Any]:
    return {
        "title": f"Xoài cát Hòa Lộc vườn số {number}",
        "province": {"code": "82"},
        "unit": "KGM",
        "price_vnd": 30_000 + number * 500,
        "publish": True,
    }
