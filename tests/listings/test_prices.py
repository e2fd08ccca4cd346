"""Prices with a history and an end, many in one call; names of one's own; nothing erased unasked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.changes import Change
from tests.listings.test_listings import LISTING
from tests.people import Client


async def listed(cooperative: Client, **changes: Any) -> dict[str, Any]:
    created = await cooperative.post("/listings", LISTING | {"publish": True} | changes)
    assert created.status_code == 201, created.text
    found: dict[str, Any] = created.json()
    return found


async def test_many_prices_change_in_one_call_and_keep_their_history(client: Client, session: AsyncSession) -> None:
    cooperative, stranger = await client.register("producer"), await client.register("producer")
    first, second = await listed(cooperative), await listed(cooperative, title="Dừa xiêm", concept="coconut")
    foreign = await listed(stranger)
    until = (clock.today() + timedelta(days=6)).isoformat()
    items = [
        {"listing": first["id"], "price_vnd": "27.000 đ", "until": until},
        {"listing": second["id"], "price_vnd": "27.000"},
        {"listing": foreign["id"], "price_vnd": 1},
    ]

    answer = await cooperative.post("/listings/prices", {"items": items})
    shown = (await client.get(f"/listings/{first['id']}")).json()
    history = (await client.get(f"/listings/{first['id']}/prices")).json()["items"]

    results = answer.json()["results"]
    assert [result["status"] for result in results] == [200, 400, 400]
    assert [error["code"] for result in results for error in result["errors"]] == ["ambiguous", "not-allowed"]
    assert (shown["price_vnd"], shown["price_until"]) == (27000, until)
    assert [(price["price_vnd"], price["until"]) for price in history] == [(27000, until), (28000, None)]
    assert (await session.scalars(select(Change.verb).where(Change.verb == "price"))).all() == ["price"]


async def test_a_price_is_to_be_asked_for_after_its_last_day(client: Client) -> None:
    cooperative = await client.register("producer")
    listing = await listed(cooperative, price_until=clock.today().isoformat())
    assert listing["price_vnd"] == 28000
    with clock.shifted(timedelta(days=1)):
        assert (await client.get(f"/listings/{listing['id']}")).json()["price_vnd"] is None


async def test_a_batch_that_names_a_listing_again_updates_it(client: Client) -> None:
    cooperative = await client.register("producer")
    item = LISTING | {"external_id": "TL-01"}
    first = (await cooperative.post("/listings/batch", {"items": [item]})).json()["results"][0]
    again = (await cooperative.post("/listings/batch", {"items": [item | {"price_vnd": 26000}, item]})).json()[
        "results"
    ]
    taken = await cooperative.post("/listings", item)

    assert again[0]["id"] == first["id"]
    assert [error["code"] for error in again[1]["errors"]] == ["repeated"]
    assert (await cooperative.get(f"/listings/{first['id']}")).json()["price_vnd"] == 26000
    assert (taken.status_code, taken.json()["id"]) == (409, first["id"])


async def test_a_package_with_its_content_is_a_unit_with_a_weight(client: Client) -> None:
    listing = await listed(await client.register("producer"), unit="thùng 10 kg", price_vnd=280000, packaging=None)
    assert (listing["unit"], listing["kg_each"], listing["price_vnd_kg"]) == ("XCT", "10", "28000")


async def test_what_is_published_is_not_erased_unasked(client: Client) -> None:
    cooperative = await client.register("producer")
    listing = await listed(cooperative)
    path = f"/listings/{listing['id']}"

    refused = await cooperative.patch(path, {"moq": None, "capacity": []})
    cleared = await cooperative.patch(path, {"packaging": None})
    meant = await cooperative.patch(path, {"moq": None, "capacity": [], "erase": ["moq", "capacity"]})
    required = await cooperative.patch(path, {"title": None, "unit": None})

    assert refused.status_code == 400
    assert {(e["pointer"], e["code"]) for e in refused.json()["errors"]} == {
        ("/moq", "erases-published"),
        ("/capacity", "erases-published"),
    }
    assert (cleared.status_code, cleared.json()["packaging"], cleared.json()["moq"]) == (200, None, "200")
    assert (meant.status_code, meant.json()["moq"], meant.json()["capacity"]) == (200, None, [])
    assert {error["pointer"] for error in required.json()["errors"]} == {"/title", "/unit"}
