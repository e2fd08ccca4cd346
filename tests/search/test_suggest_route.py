from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from market.engine.gateway import Document, Engine, Found
from market.search.routes import MOST_OF_A_KIND
from tests.people import Client
from tests.searched import Searched

LISTING: dict[str, Any] = {
    "another": True,
    "title": "Thanh long ruột đỏ Ba Làng",
    "province": {"code": "82", "version": "2025"},
    "unit": "KGM",
    "price_vnd": 28000,
    "publish": True,
}


async def suggested(client: Client, typed: str, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get("/suggest", params={"q": typed, **params})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("thanh l", "concept", "thanh long"),
        ("THANH LO", "concept", "thanh long"),
        ("bưởi d", "concept", "bưởi da xanh"),
        ("buoi d", "concept", "bưởi da xanh"),
        ("ben t", "province", "Bến Tre"),
        ("bến t", "province", "Bến Tre"),
        ("dragon f", "concept", "dragon fruit"),
    ],
)
async def test_goods_and_places_are_suggested_as_typed(client: Client, typed: str, kind: str, text: str) -> None:
    found = await suggested(client, typed)
    assert text.casefold() in [item["text"].casefold() for item in found if item["kind"] == kind]


async def test_marks_that_were_typed_are_kept(client: Client) -> None:
    ids = {item["id"] for item in await suggested(client, "dứa", limit=MOST_OF_A_KIND) if item["kind"] == "concept"}
    assert "pineapple" in ids
    assert "coconut" not in ids


async def test_offers_and_their_organizations_are_suggested(searched: Searched) -> None:
    cooperative = await searched.client.register("producer", name="HTX Thanh Trà Ba Làng")
    listing = (await cooperative.post("/listings", LISTING)).json()
    await searched.settle()

    found = await suggested(searched.client, "ba là")
    assert {(item["kind"], item["id"]) for item in found if item["kind"] in ("organization", "listing")} == {
        ("organization", cooperative.organization["id"]),
        ("listing", listing["id"]),
    }


class CountingEngine(Engine):
    """The real engine, counting how often it is asked."""

    asked = 0

    async def search(self, queries: Iterable[Document]) -> list[Found]:
        self.asked += 1
        return await super().search(list(queries))


async def test_one_engine_call_answers_a_keystroke(searched: Searched) -> None:
    state = searched.client.app.state
    before: Engine = state.search
    counting = CountingEngine(before.url, key=before.key, prefix=before.prefix)
    state.search = counting
    try:
        for calls, typed in enumerate(["t", "th", "thanh l", "thanh long ", "bưởi d"], start=1):
            await suggested(searched.client, typed)
            assert counting.asked == calls
    finally:
        state.search = before
        await counting.close()


async def test_goods_and_places_are_suggested_while_the_engine_is_down(searched: Searched) -> None:
    state = searched.client.app.state
    before: Engine = state.search
    for engine in (None, Engine("http://127.0.0.1:9")):
        state.search = engine
        try:
            found = await suggested(searched.client, "sầu ri")
        finally:
            state.search = before
            if engine is not None:
                await engine.close()
        assert found[0] == {"kind": "concept", "id": "durian", "text": "sầu riêng", "name": "sầu riêng"}


@pytest.mark.parametrize("typed", ["", "   ", "😀", '"', "-", "x" * 2000, "\u0007", 'id = "1" OR "" = ""'])
async def test_whatever_is_typed_is_answered(client: Client, typed: str) -> None:
    assert isinstance(await suggested(client, typed), list)


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": MOST_OF_A_KIND + 1}, {"q": "x" * 2001}, {"page": 1}])
async def test_what_cannot_be_asked_is_said(client: Client, params: dict[str, Any]) -> None:
    answer = await client.get("/suggest", params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation-failed")
