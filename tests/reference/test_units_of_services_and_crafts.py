"""Units of tours, meals and crafts, by the names of the North and of the South."""

from __future__ import annotations

import pytest

from tests.people import Client

CODES = {"khách": "IE", "người": "IE", "suất": "PTN", "phần": "PTN", "vé": "VN-VE", "bức": "VN-BUC", "m": "MTR",
         "mét": "MTR", "giỏ": "VN-GIO", "bánh": "VN-BANH", "thỏi": "VN-THOI", "cuộn": "XRO", "cuốn": "XRO"}  # fmt: skip


@pytest.mark.parametrize("word", CODES)
async def test_a_listing_is_sold_by_it(client: Client, word: str) -> None:
    coop = await client.register("producer")
    body = {"title": "Tham quan vườn cam", "unit": word, "price_vnd": 150000}
    answer = await coop.post("/listings", {**body, "province": {"code": "68", "version": "2025"}})
    assert (answer.status_code, answer.json().get("unit")) == (201, CODES[word]), answer.text


async def test_goods_in_the_place_of_a_unit_are_no_slip_of_one(client: Client) -> None:
    coop = await client.register("producer")
    answer = await coop.post("/listings", {"title": "Trứng gà", "unit": "trứng", "province": "Cần Thơ"})
    (error,) = [one for one in answer.json()["errors"] if one["pointer"] == "/unit"]
    assert error["suggestions"] == []
