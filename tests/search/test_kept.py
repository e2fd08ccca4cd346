"""Searches that are asked again: given again only as long as asking anew would find the same."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import timedelta
from typing import Any

from httpx import Response
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from market.core import clock
from market.engine.administration import create_index, swap_indexes
from market.engine.gateway import Engine
from market.listings.searching import SEARCHABLE
from market.reference.types import remembered
from market.search.answering import answer_search
from market.search.kept import BESIDE, LARGEST, IndexMarks, KeptAnswers
from market.search.own import SearchOrOwnQuery
from tests.people import Client
from tests.search.stalls import listing
from tests.searched import Searched

MANGO = "00000000-0000-7000-8000-000000000001"
GOODS = ["Xoài cát Hòa Lộc", "Sầu riêng Ri6", "Bưởi da xanh", "Chanh không hạt"]
QUESTIONS: list[dict[str, Any]] = [
    {"q": "xoài"},
    {"q": "xoài", "sort": "price_asc"},
    {"q": "sau rieng", "limit": 1},
    {"q": "trái cây", "facets": "concept"},
    {"price_max_vnd": 30000},
    {"q": "chanh", "fields": "id,title"},
    {},
]


def _given_again() -> float:
    return REGISTRY.get_sample_value("market_searches_again_total") or 0.0


def _offer(title: str, price: int) -> dict[str, Any]:
    return {
        "title": title,
        "province": {"code": "82", "version": "2025"},
        "unit": "KGM",
        "publish": True,
        "price_vnd": price,
    }


async def _asked_until_given_again(client: Client, params: dict[str, Any]) -> tuple[Response, Response]:
    """The last two answers: the second of them given again.

    More than two are needed where the engine was too busy to say in time which state its index is in.
    """
    before = await client.get("/listings", params=params)
    for _ in range(20):
        count = _given_again()
        answer = await client.get("/listings", params=params)
        if _given_again() == count + 1:
            return before, answer
        before = answer
    raise AssertionError("asked 20 times, it was never given again")


async def _asked_anew(client: Client, params: dict[str, Any]) -> list[str]:
    """Which listings a search finds with nothing kept."""
    state = client.app.state
    texts = {name: value for name, value in params.items() if name != "fields"}
    query = SearchOrOwnQuery.model_validate(texts | ({"facets": ["concept"]} if "facets" in texts else {}))
    body, mark = await answer_search(
        SEARCHABLE, query, engine=state.search, session=state.sessions, catalogue=remembered()
    )
    assert mark is None
    return _ids_of(json.loads(body))


def _ids_of(answer: dict[str, Any]) -> list[str]:
    return [item["id"] for item in answer["items"]]


async def test_each_write_moves_the_mark_of_an_index(search_engine: Engine) -> None:
    seen = [await search_engine.index_mark("listings")]
    await search_engine.wait([await search_engine.upsert("listings", [listing(MANGO, title="Xoài")])])
    seen.append(await search_engine.index_mark("listings"))
    assert await search_engine.index_mark("listings") == seen[-1]
    await search_engine.wait([await search_engine.upsert("listings", [listing(MANGO, title="Xoài cát")])])
    seen.append(await search_engine.index_mark("listings"))
    await search_engine.wait([await search_engine.delete("listings", [MANGO])])
    seen.append(await search_engine.index_mark("listings"))
    assert None not in seen
    assert len(set(seen)) == len(seen)
    assert await search_engine.index_mark("nowhere") is None


async def test_a_thousand_who_ask_at_once_share_a_look(search_engine: Engine) -> None:
    class Counting(Engine):
        looks = 0

        async def index_mark(self, name: str) -> str | None:
            self.looks += 1
            return await super().index_mark(name)

    engine = Counting(search_engine.url, key=search_engine.key, prefix=search_engine.prefix)
    marks = IndexMarks(engine, fresh_seconds=60)
    found = await asyncio.gather(*(marks.now("listings") for _ in range(1000)))
    assert (len(set(found)), engine.looks) == (1, 1)
    await search_engine.wait([await search_engine.upsert("listings", [listing(MANGO, title="Xoài")])])
    assert await marks.now("listings") == found[0]  # within the 60 seconds that were asked for
    at_once = IndexMarks(engine, fresh_seconds=0)
    assert await at_once.now("listings") != found[0]
    await engine.close()


async def test_a_change_is_seen_within_the_promised_time(search_engine: Engine) -> None:
    marks = IndexMarks(search_engine, fresh_seconds=0.02)
    for number in range(20):
        before = await marks.now("listings")
        task = await search_engine.upsert("listings", [listing(MANGO, title=f"Xoài {number}")])
        await search_engine.wait([task])
        await asyncio.sleep(0.02)
        assert await marks.now("listings") != before


async def test_what_is_asked_again_leaves_as_it_left_before(searched: Searched) -> None:
    seller = await searched.client.register("producer")
    await seller.post("/listings", _offer("Xoài cát Hòa Lộc", 40000))
    await searched.settle()
    for client in (searched.client, seller):
        first, again = await _asked_until_given_again(client, {"q": "xoài cát"})
        assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
        assert again.headers["x-request-id"] != first.headers["x-request-id"]
        known = await client.get(
            "/listings", params={"q": "xoài cát"}, headers={"If-None-Match": first.headers["etag"]}
        )
        assert known.status_code == 304


async def test_answers_given_again_are_those_that_asking_anew_would_give(searched: Searched) -> None:
    """Whatever is written between: after the index has it, nobody is told what was."""
    chance = random.Random(14)
    seller = await searched.client.register("producer")
    mine: list[dict[str, Any]] = []
    given_again = _given_again()
    for _ in range(25):
        deed = chance.choice(["offer", "offer", "edit", "archive", "nothing", "nothing"])
        if deed == "offer" or not mine:
            title, price = chance.choice(GOODS), chance.randrange(10, 60) * 1000
            answer = await seller.post("/listings", _offer(title, price) | {"another": True})
            assert answer.status_code == 201, answer.text
            mine.append(answer.json())
        elif deed == "edit":
            one = chance.choice(mine)
            price = chance.randrange(10, 60) * 1000
            assert (await seller.patch(f"/listings/{one['id']}", {"price_vnd": price})).status_code == 200
        elif deed == "archive":
            one = mine.pop(chance.randrange(len(mine)))
            assert (await seller.delete(f"/listings/{one['id']}")).status_code == 204
        await searched.settle()
        params = chance.choice(QUESTIONS)
        for client in (searched.client, seller, searched.client):
            answer = await client.get("/listings", params=params)
            assert _ids_of(answer.json()) == await _asked_anew(searched.client, params), params
    assert _given_again() > given_again


async def test_what_expires_at_midnight_is_asked_anew(searched: Searched) -> None:
    buyer = await searched.client.register("buyer")
    line = {"concept": "mango", "quantity": "10", "unit": "KGM", "per": "day"}
    tomorrow = clock.today() + timedelta(days=1)
    line |= {"from": str(tomorrow), "to": str(tomorrow + timedelta(days=20))}
    need = {"title": "Xoài mỗi ngày", "delivery_province": {"code": "79"}, "publish": True, "lines": [line]}
    answer = await buyer.post("/needs", need | {"deadline": str(clock.today())})
    assert answer.status_code == 201, answer.text
    await searched.settle()
    for _ in range(2):
        assert (await searched.client.get("/needs", params={"q": "xoài"})).json()["total"] == 1
    with clock.shifted(timedelta(days=1)):
        assert (await searched.client.get("/needs", params={"q": "xoài"})).json()["total"] == 0


async def test_nothing_is_given_again_while_the_engine_is_gone(searched: Searched) -> None:
    state = searched.client.app.state
    gone = Engine("http://127.0.0.1:9")
    kept = KeptAnswers(IndexMarks(gone, fresh_seconds=60))
    query = SearchOrOwnQuery(q="xoài")
    async with state.sessions() as session:
        for _ in range(2):
            body, mark = await answer_search(
                SEARCHABLE, query, engine=gone, kept=kept, session=lambda: session, catalogue=remembered()
            )
            assert b'"degraded":true' in body
            assert mark is None
    assert kept.size == 0
    await gone.close()


async def test_other_reference_data_forget_what_was_kept(search_engine: Engine) -> None:
    kept = KeptAnswers(IndexMarks(search_engine, fresh_seconds=60))
    before, after = object(), object()
    mark = await kept.mark("listings")
    assert await kept.find("listings", "xoài", follows=before) is None
    kept.keep("listings", "xoài", b"found", size=5, mark=mark, follows=before)
    assert await kept.find("listings", "xoài", follows=before) == (b"found", mark)
    assert await kept.find("listings", "xoài", follows=after) is None
    kept.keep("listings", "xoài", b"of before", size=9, mark=mark, follows=before)
    assert await kept.find("listings", "xoài", follows=after) is None


async def test_what_is_kept_is_bounded(search_engine: Engine) -> None:
    kept = KeptAnswers(IndexMarks(search_engine, fresh_seconds=60), most_bytes=50 * (BESIDE + 100))
    everything = object()
    mark = await kept.mark("listings")
    await kept.find("listings", 0, follows=everything)
    for number in range(1000):
        kept.keep("listings", number % 400, b"x" * 100, size=100, mark=mark, follows=everything)
        await kept.find("listings", 7, follows=everything)
        assert kept.size <= 50 * (BESIDE + 100)
    assert await kept.find("listings", 7, follows=everything) is not None  # asked all the time
    assert await kept.find("listings", 100, follows=everything) is None
    kept.keep("listings", "all", b"", size=LARGEST + 1, mark=mark, follows=everything)
    assert await kept.find("listings", "all", follows=everything) is None


async def test_an_index_that_is_exchanged_has_another_mark(
    search_engine: Engine, listings_settings: dict[str, Any]
) -> None:
    here, beside = (search_engine.index_name(name) for name in ("listings", "listings-rebuild"))
    await create_index(search_engine, beside, listings_settings)
    before = await search_engine.index_mark("listings")
    await swap_indexes(search_engine, here, beside)
    assert await search_engine.index_mark("listings") != before


async def test_a_key_that_may_not_look_is_tried_once(search_engine: Engine) -> None:
    stranger = Engine(search_engine.url, key="not a key", prefix=search_engine.prefix)
    marks = IndexMarks(stranger, fresh_seconds=0)
    with capture_logs() as logs:
        assert [await marks.now("listings") for _ in range(3)] == [None, None, None]
    assert [entry["event"] for entry in logs] == ["index_not_looked_at"]
    await stranger.close()
