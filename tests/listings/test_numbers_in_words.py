"""What people write for prices, amounts and weights: one reader for what is new and for what is changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.people import Client

PLACE = {"province": {"code": "68", "version": "2025"}}


def errors_of(answer: Any) -> list[tuple[str, str, list[str]]]:
    assert answer.status_code == 400, answer.text
    return [(error["pointer"], error["code"], error["suggestions"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("text", "code", "suggestions"),
    [
        ("25-30k", "range", ["25000", "30000"]),
        ("45-50k", "range", ["45000", "50000"]),
        ("25.000 đ - 30.000 đ", "range", ["25000", "30000"]),
        ("từ 28k", "approximate", ["28000"]),
        ("khoảng 28.000 đ", "approximate", ["28000"]),
        ("thỏa thuận", "no-price", ["0"]),
        ("Liên hệ", "no-price", ["0"]),
        ("hai mươi", "int-parsing", []),
    ],
)
async def test_words_that_are_no_price_are_told_apart(
    client: Client, text: str, code: str, suggestions: list[str]
) -> None:
    coop = await client.register("producer")
    answer = await coop.post("/listings", {"title": "Bơ 034", "unit": "kg", "price_vnd": text, **PLACE})
    assert errors_of(answer) == [("/price_vnd", code, suggestions)]


async def test_an_endless_price_is_refused_in_words(client: Client) -> None:
    coop = await client.register("producer")
    for number in ("1e308", "1e30"):
        answer = await coop.post(
            "/listings",
            content=f'{{"title":"Bơ","unit":"kg","price_vnd":{number},"province":"Lâm Đồng"}}',
            headers={"Content-Type": "application/json"},
        )
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/price_vnd"
        assert error["message"] != "Giá trị không hợp lệ.", error


async def test_a_change_reads_what_a_new_listing_reads(client: Client) -> None:
    coop = await client.register("producer")
    window = {"from": "2030-12-01", "to": "2031-02-28", "quantity": "2 tấn", "per": "week"}
    words = {"moq": "2 tạ", "price_vnd": "12k/kg", "capacity": [window]}
    whole = (await coop.post("/listings", {"title": "Bơ 034", "unit": "kg", **PLACE, **words})).json()
    bare = (await coop.post("/listings", {"title": "Bơ sáp", "unit": "kg", **PLACE})).json()
    answer = await coop.patch(f"/listings/{bare['id']}", words)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    for name in ("moq", "price_vnd", "capacity", "unit"):
        assert changed[name] == whole[name], name
    assert (changed["moq"], changed["price_vnd"], changed["capacity"][0]["quantity"]) == ("200", 12000, "2000")
    refused = await coop.patch(f"/listings/{bare['id']}", {"price_vnd": "300k/thùng", "moq": "2 thùng"})
    assert {pointer for pointer, _, _ in errors_of(refused)} == {"/price_vnd", "/moq"}


async def test_the_weight_of_one_is_read_wherever_it_stands(client: Client) -> None:
    coop = await client.register("producer")
    for more, kg in (
        ({"title": "Bơ một", "price_vnd": "350 nghìn/thùng 10kg"}, "10"),
        ({"title": "Bơ hai", "kg_each": "1,2kg"}, "1.2"),
        ({"title": "Bơ ba thùng 5kg"}, "5"),
        ({"title": "Bơ bốn (10kg/thùng)"}, "10"),
        ({"title": "Gạo ST25 túi 5kg", "unit": "túi"}, "5"),
        ({"title": "Mật ong hũ 250g", "unit": "hũ"}, "0.25"),
        ({"title": "Bơ năm thùng 5kg", "kg_each": "4.8"}, "4.8"),
        ({"title": "Bơ sáu thùng 5-6kg"}, None),
        ({"title": "Bơ bảy thùng 5kg hoặc thùng 10kg"}, None),
        ({"title": "Bơ tám túi 2kg"}, None),
        ({"title": "Bơ chín thùng 10kg", "unit": "kg"}, None),
    ):
        answer = await coop.post("/listings", {"unit": "thùng", **PLACE, **more})
        assert answer.status_code == 201, (more, answer.text)
        assert answer.json()["kg_each"] == kg, more
    bare = (await coop.post("/listings", {"title": "Bơ mười", "unit": "thùng", **PLACE})).json()
    answer = await coop.patch(f"/listings/{bare['id']}", {"kg_each": "900 g", "price_vnd": "350k/thùng"})
    assert (answer.json()["kg_each"], answer.json()["price_vnd"]) == ("0.9", 350000)
    other = await coop.post("/listings", {"title": "Bơ", "unit": "thùng", "kg_each": "5",
                                          "price_vnd": "350k/thùng 10kg", **PLACE})  # fmt: skip
    assert errors_of(other) == [("/price_vnd", "other-unit", ["175000"])]
