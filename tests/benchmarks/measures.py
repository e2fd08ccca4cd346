"""What is measured, each with what it is compared with."""

from __future__ import annotations

import asyncio
import json
import secrets
import statistics
import time
from dataclasses import dataclass
from random import Random

import asyncpg
import httpx

from market.core import clock
from market.reference.catalogue import Catalogue
from market.synthetic.goods import Inventor, Offerer
from tests.benchmarks.market import Market, resident_megabytes

BEHIND = """
SELECT count(*) FROM change
WHERE (xid, id) > (SELECT coalesce(max(xid), 0), coalesce(max(change_id), 0) FROM follower_cursor WHERE name = 'search')
"""
INFERRED_SHARE = 3
"""One of so many imported listings leaves its goods to be told from the title."""
PATIENCE_SECONDS = 300.0
FOUND_WITHIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Measure:
    """One number."""

    value: float
    unit: str
    compared_with: str


Measures = dict[str, Measure]


def import_speed(market: Market, catalogue: Catalogue, *, rows: int) -> Measures:
    """Rows a second of `market import listings`, the start of the command included."""
    inventor = Inventor(catalogue, Random(11), today=clock.today())
    offerers = [Offerer(province, concepts, {}) for province, concepts in (inventor.home() for _ in range(50))]
    file = market.data_dir.with_name("listings.ndjson")
    with file.open("w", encoding="utf-8") as lines:
        for number in range(rows):
            listing = inventor.listing(offerers[number % len(offerers)])
            # A title that names its goods; some would not be kept without.
            if number % INFERRED_SHARE == 0:
                listing |= {"title": f"Thanh long ruột đỏ {number}", "concept": None}
            lines.write(json.dumps(listing, ensure_ascii=False) + "\n")
    market.command("seed", "synthetic", "--listings", "1", "--needs", "0")
    seconds = market.command("import", "listings", str(file), "--organization", "HTX Giả lập 0001")
    return {"import_rows_per_second": Measure(rows / seconds, "rows/s", "aim: at least 2,000")}


def until_followed(market: Market) -> float:
    """Wait until the search follower has read the whole log; the seconds that it took."""
    began = time.perf_counter()
    while asyncio.run(_value(market, BEHIND)):
        if time.perf_counter() - began > PATIENCE_SECONDS:
            raise RuntimeError("the search follower did not reach the end of the log")
        time.sleep(0.5)
    return time.perf_counter() - began


async def _value(market: Market, statement: str) -> int:
    connection = await asyncpg.connect(market.running.database_url)
    try:
        value: int = await connection.fetchval(statement)
        return value
    finally:
        await connection.close()


def memory(market: Market) -> Measures:
    """Resident memory of the largest answering process, after the load."""
    largest = max(resident_megabytes(pid) for pid in market.api_processes())
    return {"api_resident": Measure(largest, "MB", "aim: below 160")}


def freshness(market: Market, *, writes: int) -> Measures:
    """From the answer to `POST /listings` until a search through the API finds the listing."""
    waits = []
    with httpx.Client(base_url=f"{market.running.api_url}/api/v1", timeout=10.0) as client:
        headers, organization = registered(client)
        for number in range(writes):
            listing = {
                "title": f"Xoài cát Hòa Lộc thử {number}",
                "province": {"code": "82"},
                "unit": "KGM",
                "publish": True,
            }
            made = client.post("/listings", json=listing, headers=headers).raise_for_status().json()["id"]
            waits.append(_until_found(client, organization, made))
    ordered = sorted(waits)
    compared_with = "aim: below 1,000 at 50,000 listings and more"
    return {
        "freshness_p50": Measure(
            statistics.median(ordered), "ms", "from the answer to a write until a search finds it; aim: below 64"
        ),
        "freshness_p95": Measure(ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)], "ms", compared_with),
    }


def registered(client: httpx.Client, kind: str = "producer") -> tuple[dict[str, str], str]:
    """A new organization: what its owner sends along, and its id."""
    name = secrets.token_hex(6)
    password = secrets.token_urlsafe(16)
    organization = {
        "name": "HTX Giả lập Đo lường",
        "kinds": [kind],
        "legal_form": "cooperative",
        "province": {"code": "82"},
    }
    user = {"full_name": "Người Đo", "email": f"{name}@do-luong.example", "password": password}
    answer = client.post("/auth/register", json={"organization": organization, "user": user}).raise_for_status()
    token = answer.json()["tokens"]["access_token"]
    return {"Authorization": f"Bearer {token}"}, answer.json()["organization"]["id"]


def _until_found(client: httpx.Client, organization: str, listing: str) -> float:
    began = time.perf_counter()
    query: dict[str, str | int] = {
        "q": "xoài cát hòa lộc",
        "organization": organization,
        "sort": "newest",
        "limit": 100,
    }
    while time.perf_counter() - began < FOUND_WITHIN_SECONDS:
        items = client.get("/listings", params=query).raise_for_status().json()["items"]
        if any(item["id"] == listing for item in items):
            return (time.perf_counter() - began) * 1000
        time.sleep(0.01)
    raise RuntimeError(f"listing {listing} was not found")
