"""A need's text fields are read as people write them, or refused with what would do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.needs.test_needs import LINE, NEED
from tests.people import Client


async def test_a_need_is_taken_as_buyers_write_it(client: Client) -> None:
    market = await client.register("buyer")
    line = LINE | {
        "concept": "bưởi da xanh",
        "unit": "kg",
        "weekdays": "T2-T7",
        "from": "1/12/2026",
        "price_ceiling_vnd": "32k",
        "required_certificates": ["VietGAP"],
        "preferred_certificates": ["OCOP 4 sao"],
    }
    lines = [line, line | {"concept": "Sả cây", "weekdays": ["thứ hai", "CN"]}]
    created = await market.post(
        "/needs",
        NEED | {"lines": lines, "delivery_province": "TP.HCM", "deliver_before": "6h", "deadline": "30/11/2027"},
    )
    assert created.status_code == 201, created.text
    need = created.json()
    first, second = need["lines"]
    assert (first["concept"]["id"], first["unit"], first["weekdays"]) == ("pomelo-da-xanh", "KGM", [1, 2, 3, 4, 5, 6])
    assert (first["from"], first["price_ceiling_vnd"]) == ("2026-12-01", 32000)
    assert (first["required_certificates"], first["preferred_certificates"]) == (["vietgap"], ["ocop:4"])
    assert (second["concept"]["id"], second["weekdays"]) == ("lemongrass", [1, 7])
    assert (need["delivery_province"]["code"], need["deliver_before"], need["deadline"]) == (
        "79",
        "06:00",
        "2027-11-30",
    )


@pytest.mark.parametrize(
    ("field", "text", "code", "suggestions"),
    [
        ("price_ceiling_vnd", "28.000", "ambiguous", ["28000", "28 đ"]),
        ("quantity", "1.500", "ambiguous", ["1500", "1.5"]),
        ("weekdays", "2,3,4,5,6,7", "ambiguous", ["T2, T3, T4, T5, T6, T7", "T3, T4, T5, T6, T7, CN"]),
        ("weekdays", ["2", "3"], "ambiguous", ["T2, T3", "T3, T4"]),
        ("from", "12/13/2026", "month-first", ["2026-12-13"]),
        ("to", "12/2026", "not-a-day", ["2026-12-01", "2026-12-31"]),
        ("concept", "dua", "ambiguous", ["coconut", "melon", "pineapple"]),
    ],
)
async def test_what_reads_two_ways_is_refused_with_both(
    client: Client, field: str, text: Any, code: str, suggestions: list[str]
) -> None:
    market = await client.register("buyer")
    refused = await market.post("/needs", NEED | {"lines": [LINE | {field: text}]})
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"/lines/0/{field}", code)
    assert error["suggestions"][: len(suggestions)] == suggestions


async def test_a_carton_that_says_what_it_holds_is_a_carton_of_that_weight(client: Client) -> None:
    market = await client.register("buyer")
    created = await market.post("/needs", NEED | {"lines": [LINE | {"unit": "thùng 10 kg"}]})
    (line,) = created.json()["lines"]
    assert (line["unit"], line["kg_each"], line["packaging"]) == ("XCT", "10", "thùng 10 kg")


async def test_a_need_whose_lines_are_over_is_not_published(client: Client) -> None:
    market = await client.register("buyer")
    over = NEED | {"lines": [LINE | {"from": "2020-01-01", "to": "2020-02-01"}]}
    refused = await market.post("/needs", over | {"publish": True})
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [("/lines", "lines-over")]
    draft = await market.post("/needs", over | {"publish": False})
    assert draft.status_code == 201
    refused = await market.post(f"/needs/{draft.json()['id']}/publish")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "lines-over")
    shown = await market.post("/needs", NEED | {"publish": True})
    refused = await market.patch(f"/needs/{shown.json()['id']}", {"lines": over["lines"]})
    assert refused.json()["errors"][0]["code"] == "lines-over"


async def test_grade_size_and_packing_are_those_of_the_goods(client: Client) -> None:
    market = await client.register("buyer")
    lines = [LINE | {"grade": "W320", "size": "5 % tấm"}, LINE | {"grade": "loại 1", "size": "từ 300 đến 400 g"}]
    refused = await market.post("/needs", NEED | {"lines": lines})
    assert refused.status_code == 400
    errors = {error["pointer"]: error for error in refused.json()["errors"]}
    assert errors.keys() == {"/lines/0/grade"}
    assert "loại 1" in errors["/lines/0/grade"]["suggestions"]
    assert (await market.post("/needs", NEED | {"lines": lines[1:]})).status_code == 201
