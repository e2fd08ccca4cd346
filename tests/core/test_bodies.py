"""What a body may be: JSON in UTF-8 that says everything once, with days that there can be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.people import Client

OFFER: dict[str, Any] = {
    "title": "Xoài cát Hòa Lộc",
    "province": {"code": "82", "version": "2025"},
    "unit": "kg",
    "price_vnd": 28000,
}
JSON = {"Content-Type": "application/json"}


async def test_a_field_that_is_there_twice_is_refused_by_name(client: Client) -> None:
    seller = await client.register("producer")
    body = b'{"unit": "kg", "price_vnd": 28000, "price_vnd": 1, "province": {"code": "82", "code": "1"}}'
    answer = await seller.request("POST", "/listings", content=body, headers=JSON)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["code"], error["pointer"]) == ("repeated-field", "")
    assert error["message"].endswith("code, price_vnd; hãy ghi mỗi trường một lần.")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_what_says_that_it_is_no_plain_utf_8_is_not_read_as_such(client: Client, headers: dict[str, str]) -> None:
    answer = await client.request(
        "POST", "/auth/token", content=b'{"identifier": "a", "password": "b"}', headers=headers
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
async def test_utf_8_may_be_said(client: Client, charset: str) -> None:
    answer = await client.request(
        "POST",
        "/auth/token",
        content=b'{"identifier": "a@b.example", "password": "khong co ai"}',
        headers={"Content-Type": f"application/json; charset={charset}"},
    )
    assert answer.status_code == 401


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "31/12/9999"])
async def test_no_day_lies_at_the_end_of_all_days(client: Client, day: str) -> None:
    seller = await client.register("producer")
    window = {"from": day, "to": day, "quantity": 5, "per": "week"}
    answer = await seller.post("/listings", OFFER | {"capacity": [window]})
    assert answer.status_code == 400
    assert {error["code"] for error in answer.json()["errors"]} == {"date-out-of-range"}
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/capacity/0/from", "/capacity/0/to"}


async def test_a_long_body_is_looked_through_as_a_short_one(client: Client) -> None:
    seller = await client.register("producer")
    body = b'{"items": [' + b'{"note": "x"}, ' * 5000 + b'{"unit": "kg", "unit": "kg"}]}'
    answer = await seller.request("POST", "/listings/batch", content=body, headers=JSON)
    assert [error["code"] for error in answer.json()["errors"]] == ["repeated-field"]
