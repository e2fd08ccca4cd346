"""A listing's text fields are read as people write them, or refused with what would do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.listings.test_listings import LISTING
from tests.people import Client


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"unit": "kg", "price_vnd": "28000"}, ("KGM", 28000)),
        ({"unit": "ký", "price_vnd": 28000}, ("KGM", 28000)),
        ({"unit": "tạ", "price_vnd": "2,8 triệu"}, ("DTN", 2_800_000)),
        ({"unit": "kg", "price_vnd": "28.000 đ"}, ("KGM", 28000)),
    ],
)
async def test_a_listing_is_taken_as_people_write_it(
    client: Client, fields: dict[str, Any], said: tuple[str, int]
) -> None:
    cooperative = await client.register("producer")
    created = await cooperative.post("/listings", LISTING | fields | {"province": "Bến Tre"})
    assert created.status_code == 201, created.text
    listing = created.json()
    assert (listing["unit"], listing["price_vnd"]) == said
    assert (listing["province"]["version"], listing["province"]["code"]) == ("2008", "83")


async def test_every_text_that_reads_two_ways_is_refused_at_once(client: Client) -> None:
    cooperative = await client.register("producer")
    body = LISTING | {"price_vnd": "28.000", "moq": "1.500", "unit": "thung", "province": "Bến Tra"}
    refused = await cooperative.post("/listings", body)
    assert refused.status_code == 400
    errors = {error["pointer"]: (error["code"], error["suggestions"][0]) for error in refused.json()["errors"]}
    assert errors == {
        "/price_vnd": ("ambiguous", "28000"),
        "/moq": ("ambiguous", "1500"),
        "/unit": ("unknown-unit", "XCT"),
        "/province": ("unknown-province", "Tỉnh Bến Tre"),
    }
    batch = await cooperative.post("/listings/batch", {"items": [LISTING, body]})
    assert [result["status"] for result in batch.json()["results"]] == [201, 400]
    assert {error["code"] for error in batch.json()["results"][1]["errors"]} >= {"ambiguous"}


async def test_parameters_are_read_as_bodies_are(client: Client) -> None:
    refused = await client.get("/listings", params={"price_max_vnd": "28.000"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["suggestions"] == ["28000", "28 đ"]


async def test_a_grade_of_other_goods_is_refused_with_those_of_these(client: Client) -> None:
    cooperative = await client.register("producer")
    refused = await cooperative.post(
        "/listings", LISTING | {"grade": "W320", "size": "1.200 g", "packaging": "giỏ tre"}
    )
    assert refused.status_code == 400
    errors = {error["pointer"]: error for error in refused.json()["errors"]}
    assert {pointer: error["code"] for pointer, error in errors.items()} == {
        "/grade": "not-of-these-goods",
        "/size": "ambiguous",
    }
    assert "loại 1" in errors["/grade"]["suggestions"]
    created = await cooperative.post("/listings", LISTING | {"grade": "Hạng nhất"})
    assert created.status_code == 201, created.text
    edited = await cooperative.patch(f"/listings/{created.json()['id']}", {"grade": "hạng 8", "size": "300-400 g"})
    assert [(e["pointer"], e["code"]) for e in edited.json()["errors"]] == [("/grade", "unknown-grade")]
    assert (await cooperative.get(f"/listings/{created.json()['id']}")).json()["grade"] == "Hạng nhất"
