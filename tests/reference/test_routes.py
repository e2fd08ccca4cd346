"""Reference data over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from market.core import clock
from market.reference import types
from tests.people import Client


async def _items(client: Client, path: str, **query: str) -> list[dict[str, Any]]:
    answer = await client.get(f"/reference{path}", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize(("day", "count"), [("2025-06-30", 63), ("2025-07-01", 34)])
async def test_provinces_are_those_of_the_day_asked_for(client: Client, day: str, count: int) -> None:
    assert len(await _items(client, "/provinces", on=day)) == count


async def test_provinces_without_a_day_are_those_of_the_clock(client: Client) -> None:
    with clock.at(datetime(2025, 6, 30, 16, 59, tzinfo=UTC)):
        before = await _items(client, "/provinces")
    with clock.at(datetime(2025, 6, 30, 17, 0, tzinfo=UTC)):
        after = await _items(client, "/provinces")

    assert (len(before), len(after)) == (63, 34)


async def test_a_province_carries_its_unit_of_today(client: Client) -> None:
    provinces = await _items(client, "/provinces", on="2020-01-01")

    tien_giang = next(province for province in provinces if province["code"] == "82")
    assert tien_giang["name"] == "Tiền Giang"
    assert tien_giang["today"] == {"code": "82", "version": "2025", "name": "Đồng Tháp"}
    assert tien_giang["programmes"] == ["HCM-DBSCL"]


@pytest.mark.parametrize("query", [{"on": "2008-07-31"}, {"on": "soon"}, {"when": "2025-01-01"}])
async def test_a_wrong_day_is_a_problem(client: Client, query: dict[str, str]) -> None:
    answer = await client.get("/reference/provinces", params=query)

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert len(answer.json()["errors"]) == 1


async def test_regions_of_both_maps_name_their_provinces(client: Client) -> None:
    regions = await _items(client, "/regions")

    assert len(regions) == 12
    assert sum(len(region["provinces"]) for region in regions) == 63 + 34


async def test_concepts_are_found_by_any_name(client: Client) -> None:
    found = await _items(client, "/concepts", q="khóm")

    assert found[0]["id"] == "pineapple"
    assert {"name": "khóm", "regions": ["nam"]} in found[0]["names"]


async def test_concepts_come_in_pages(client: Client) -> None:
    first = (await client.get("/reference/concepts", params={"limit": "100"})).json()
    second = (await client.get("/reference/concepts", params={"limit": "100", "cursor": first["next_cursor"]})).json()

    assert len(first["items"]) == len(second["items"]) == 100
    assert first["items"][-1]["id"] < second["items"][0]["id"]


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "101"}, {"cursor": "%%%"}, {"q": "x" * 101}, {"page": "2"}]
)
async def test_a_wrong_page_is_a_problem(client: Client, query: dict[str, str]) -> None:
    assert (await client.get("/reference/concepts", params=query)).status_code == 400


async def test_units_give_factors_as_exact_text(client: Client) -> None:
    units = {unit["code"]: unit for unit in await _items(client, "/units")}

    assert units["GRM"]["kg_factor"] == "0.001"
    assert units["TNE"]["kg_factor"] == "1000"
    assert units["VN-CHUC"]["kg_factor"] is None


async def test_schemes_carry_their_rules_by_date(client: Client) -> None:
    schemes = {scheme["id"]: scheme for scheme in await _items(client, "/certification-schemes")}

    assert schemes["ocop"]["levels"] == [3, 4, 5]
    district = [rule for rule in schemes["ocop"]["rules"] if rule["granted_by"] == "district"]
    assert [(rule["level"], rule["valid_from"], rule["valid_to"]) for rule in district] == [
        (3, "2023-02-24", "2025-06-30")
    ]
    assert schemes["organic-vn"]["parent"] == "organic"


@pytest.mark.parametrize("path", ["/provinces", "/regions", "/concepts", "/units", "/certification-schemes"])
async def test_answers_stay_in_caches_and_are_not_sent_twice(client: Client, path: str) -> None:
    first = await client.get(f"/reference{path}")
    again = await client.get(f"/reference{path}", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"].startswith("public")
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/listings?concept=mango", "/needs?concept=mango&province=79", "/reference/units"])
async def test_the_first_request_of_a_process_may_name_reference_data(
    client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(types, "_remembered", [])
    assert (await client.get(path)).status_code == 200


async def test_specifications_are_those_of_the_goods_asked_for(client: Client) -> None:
    answer = await client.get("/reference/specifications", params={"concept": "cashew-kernel", "kind": "grade"})
    ids = [item["id"] for item in answer.json()["items"]]
    assert ids[0] == "cashew-w180"
    assert "first" in ids
    assert "rice-broken" not in ids
    everything = (await client.get("/reference/specifications")).json()["items"]
    assert {item["kind"] for item in everything} == {"grade", "size", "packing"}
    wrong = await client.get("/reference/specifications", params={"concept": "no-such-goods"})
    assert wrong.status_code == 400
