"""What ten thousand saved searches cost a publish, and how soon the people who keep them are told."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import httpx

from market.core import clock
from market.core.ids import new_id
from market.matching.alerts.watching import anchors_of, read_watch, watch_to_json
from market.reference.catalogue import Catalogue
from market.search.asking import SearchQuery
from tests.benchmarks.market import Market
from tests.benchmarks.measures import PATIENCE_SECONDS, Measure, Measures, registered

OF_EACH_PERSON = 200
FITS_ONE_IN = 100
"""One of so many saved searches is for what is published here; the others are for all other goods."""
GOODS = "dragon-fruit-red"
SAVED = """
INSERT INTO saved_search (id, user_id, organization_id, kind, name, query, channel, frequency, active)
VALUES ($1, $2, $3, 'listings', $4, $5, $6, $7, true)
"""
READ = "INSERT INTO saved_search_reading (saved_search_id, anchors, watch) VALUES ($1, $2, $3)"
TOLD = """
SELECT count(*), count(DISTINCT (watch_id, entity_id)) FROM notification
WHERE kind = 'saved_search' AND entity_id = ANY($1::uuid[])
"""


def alert_speed(market: Market, catalogue: Catalogue, *, searches: int, publishes: int) -> Measures:
    """The same publish beside no saved searches and beside so many, and the follower until everybody was told."""
    with httpx.Client(base_url=f"{market.running.api_url}/api/v1", timeout=30.0) as client:
        seller, _ = registered(client)
        drafts = _drafts(client, seller, 2 * publishes)
        alone = _published(client, seller, drafts[:publishes])
        people = [registered(client, "buyer") for _ in range(-(-searches // OF_EACH_PERSON))]
        watchers = [(_person(client, headers), organization) for headers, organization in people]
        asyncio.run(save_searches(market, catalogue, watchers, searches=searches))
        crowded = _published(client, seller, drafts[publishes:])
    seconds = asyncio.run(until_told(market, drafts[publishes:], -(-searches // FITS_ONE_IN) * publishes))
    many = f"{searches:,} saved searches, {publishes} publishes"
    return {
        "publish_p50": Measure(crowded, "ms", f"{alone:.2f} ms without any; {many}"),
        "publish_ratio": Measure(crowded / alone, "of alone", "aim: about 1"),
        "told_after": Measure(seconds, "s", f"from the last publish until everybody was told once; {many}"),
    }


def _drafts(client: httpx.Client, seller: dict[str, str], count: int) -> list[str]:
    listing = {"concept": GOODS, "province": {"code": "82"}, "unit": "KGM", "price_vnd": 28000}
    items = [{**listing, "title": f"Thanh long ruột đỏ đo {number}"} for number in range(count)]
    answer = client.post("/listings/batch", json={"items": items}, headers=seller).raise_for_status()
    return [result["id"] for result in answer.json()["results"]]


def _published(client: httpx.Client, seller: dict[str, str], drafts: Sequence[str]) -> float:
    """Milliseconds of half of the publishes, one after the other."""
    waits = []
    for id_ in drafts:
        began = time.perf_counter()
        client.post(f"/listings/{id_}/publish", headers=seller).raise_for_status()
        waits.append((time.perf_counter() - began) * 1000)
    return statistics.median(waits)


def _person(client: httpx.Client, headers: dict[str, str]) -> str:
    return str(client.get("/me", headers=headers).raise_for_status().json()["user"]["id"])


async def save_searches(
    market: Market,
    catalogue: Catalogue,
    watchers: Sequence[tuple[str, str]],
    *,
    searches: int,
    channel: str = "in_app",
    frequency: str = "instant",
) -> None:
    """So many saved searches, read as the API reads them, each by one of these users for their organization."""
    # Of other categories: trái cây asks for every fruit.
    category = catalogue.concept(GOODS).category
    others = [concept.name_vi for concept in catalogue.concepts if concept.category != category]
    saved, read = [], []
    for number in range(searches):
        words = "thanh long ruột đỏ" if number % FITS_ONE_IN == 0 else others[number % len(others)]
        query = SearchQuery(q=f"{words} dưới {30 + number % 7}k")
        watch = read_watch(query, catalogue=catalogue, today=clock.today())
        user, organization = watchers[number // FITS_ONE_IN % len(watchers)]
        kept = json.dumps(query.model_dump(mode="json", exclude_unset=True))
        saved.append((new_id(), UUID(user), UUID(organization), f"Tìm {number}", kept, channel, frequency))
        read.append((saved[-1][0], anchors_of(watch, "listings"), json.dumps(watch_to_json(watch))))
    connection = await asyncpg.connect(market.running.database_url)
    try:
        async with connection.transaction():
            await connection.executemany(SAVED, saved)
            await connection.executemany(READ, read)
    finally:
        await connection.close()


async def until_told(market: Market, listings: Sequence[str], expected: int) -> float:
    """Wait until so many were told of these listings; the seconds that it took.

    Raises:
        RuntimeError: it never were so many, or somebody was told of a listing twice.
    """
    began, found = time.perf_counter(), (0, 0)
    connection = await asyncpg.connect(market.running.database_url)
    try:
        while found[0] < expected and time.perf_counter() - began < PATIENCE_SECONDS:
            await asyncio.sleep(0.02)
            found = tuple(await connection.fetchrow(TOLD, listings) or ())
    finally:
        await connection.close()
    if found != (expected, expected):
        raise RuntimeError(f"{found[0]} were told of what {expected} watch for")
    return time.perf_counter() - began
