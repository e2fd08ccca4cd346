from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from market.core.changes import Change
from market.core.followers import follow_once
from market.naming.rereading import names_follower, reread
from market.reference.types import remember, remembered
from tests.people import Client
from tests.searched import Searched

OFFER = {
    "title": "Qurbo lá tím Mường Lò",
    "province": {"code": "83", "version": "2008"},
    "unit": "KGM",
    "price_vnd": 30000,
    "publish": True,
}


@pytest.fixture(autouse=True)
async def same_catalogue_afterwards() -> AsyncIterator[None]:
    before = remembered()
    yield
    remember(before)


async def open_names(searched: Searched, officer: Client) -> list[dict[str, Any]]:
    while await follow_once(searched.sessions, names_follower()):
        pass
    names: list[dict[str, Any]] = (await officer.get("/goods/names")).json()["items"]
    return names


async def read_again(searched: Searched, name: dict[str, Any]) -> None:
    async with searched.sessions.begin() as session:
        await reread(session, {"name": name["id"]})
    await searched.settle()


async def test_a_name_that_an_officer_places_is_found_under_its_goods(searched: Searched) -> None:
    cooperative = await searched.client.register("producer")
    officer = await searched.client.officer()
    listing = (await cooperative.post("/listings", OFFER)).json()
    (name,) = await open_names(searched, officer)

    decided = await officer.post(
        f"/goods/names/{name['id']}/decide",
        {"is": "commodity", "id": "qurbo", "name": "qurbo", "name_en": "qurbo", "category": "vegetable"},
    )
    await read_again(searched, name)

    assert (listing["goods"]["certainty"], name["listings"]) == ("open", 1)
    assert name["organizations"][0]["name"] == cooperative.organization["name"]
    assert decided.json()["state"] == "decided"
    found = (await searched.client.get("/listings", params={"concept": "qurbo"})).json()
    assert [item["title"] for item in found["items"]] == [OFFER["title"]]
    assert found["items"][0]["concept"]["id"] == "qurbo"
    async with searched.sessions() as session:
        verbs = await session.scalars(select(Change.verb).where(Change.entity == "goods_name"))
        assert list(verbs) == ["appear", "decide"]


async def test_another_name_of_known_goods_is_read_in_queries_too(searched: Searched) -> None:
    cooperative = await searched.client.register("producer")
    officer = await searched.client.officer()
    await cooperative.post("/listings", OFFER)
    (name,) = await open_names(searched, officer)

    await officer.post(f"/goods/names/{name['id']}/decide", {"is": "name_of", "concept": "mango", "name": "qurbo"})
    await read_again(searched, name)

    found = (await searched.client.get("/listings", params={"q": "qurbo"})).json()
    assert [concept["id"] for concept in found["understood"]["concepts"]] == ["mango"]
    assert found["items"][0]["tier"] == "exact"


async def test_a_name_is_decided_once_unless_somebody_says_again(searched: Searched) -> None:
    await (await searched.client.register("producer")).post("/listings", OFFER)
    officer, other = await searched.client.officer(), await searched.client.officer()
    (name,) = await open_names(searched, officer)
    path = f"/goods/names/{name['id']}/decide"

    await officer.post(path, {"is": "not_ours"})
    refused = await other.post(path, {"is": "name_of", "concept": "mango"})
    again = await other.post(path, {"is": "name_of", "concept": "mango", "again": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "already-decided")
    assert [one["is"] for one in again.json()["decisions"]] == ["name_of", "not_ours"]
    assert again.json()["decisions"][1]["superseded_at"]


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        ({"is": "name_of"}, 400),
        ({"is": "name_of", "concept": "no-such-goods"}, 400),
        ({"is": "variety", "id": "mango", "parent": "mango-hoa-loc"}, 409),
        ({"is": "commodity", "id": "Xấu!", "category": "fruit"}, 400),
        ({"is": "commodity", "id": "qurbo", "category": "no-such-category"}, 400),
    ],
)
async def test_a_decision_that_contradicts_the_catalogue_is_refused(
    searched: Searched, decision: dict[str, Any], status: int
) -> None:
    await (await searched.client.register("producer")).post("/listings", OFFER)
    officer = await searched.client.officer()
    (name,) = await open_names(searched, officer)

    refused = await officer.post(f"/goods/names/{name['id']}/decide", decision)

    assert refused.status_code == status, refused.text
    assert (await officer.get("/goods/names")).json()["items"][0]["state"] == "open"


async def test_nobody_but_officers_sees_the_queue(searched: Searched) -> None:
    producer = await searched.client.register("producer")
    assert (await producer.get("/goods/names")).status_code == 403
    assert (await searched.client.get("/goods/names")).status_code == 401
