"""Numbers of one unit never become numbers of another by changing the unit alone."""

from __future__ import annotations

from typing import Any

from market.imports.sheets.opening import open_book
from tests.imports.sheets import brought, run, workbook
from tests.people import Client


async def sold(who: Client, **more: Any) -> str:
    body = {"title": "Bơ 034", "province": {"code": "68", "version": "2025"}, "publish": True, **more}
    answer = await who.post("/listings", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def refused(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 400, answer.text
    return {error["pointer"]: error["suggestions"] for error in answer.json()["errors"]}


async def test_another_unit_alone_is_refused_with_every_number_converted(client: Client) -> None:
    coop = await client.register("producer")
    window = {"from": "2030-12-01", "to": "2031-02-28", "quantity": "5000", "per": "week"}
    listing = await sold(coop, unit="kg", price_vnd=12000, moq="200", capacity=[window])
    wanted = {"/price_vnd": ["12000000"], "/moq": ["0.2"], "/capacity": ["5"]}
    assert refused(await coop.patch(f"/listings/{listing}", {"unit": "tấn"})) == wanted
    there = (await coop.get(f"/listings/{listing}")).json()
    assert (there["unit"], there["price_vnd"], there["moq"]) == ("KGM", 12000, "200")
    whole = {"unit": "tấn", "price_vnd": 12000000, "moq": "0.2", "capacity": [{**window, "quantity": "5"}]}
    done = await coop.patch(f"/listings/{listing}", whole)
    assert (done.status_code, done.json()["price_vnd_kg"]) == (200, "12000"), done.text


async def test_a_carton_becomes_kilograms_by_what_it_weighs(client: Client) -> None:
    coop = await client.register("producer")
    listing = await sold(coop, unit="thùng", price_vnd=350000, kg_each="10")
    assert refused(await coop.patch(f"/listings/{listing}", {"unit": "kg"})) == {"/price_vnd": ["35000"]}
    done = await coop.patch(f"/listings/{listing}", {"unit": "kg", "price_vnd": 35000})
    assert (done.json()["price_vnd_kg"], done.json()["kg_each"]) == ("35000", None)


async def test_a_file_that_changes_only_the_unit_is_refused_too(client: Client) -> None:
    coop, buyer = await client.register("producer"), await client.register("buyer")
    await sold(coop, unit="kg", price_vnd=12000)
    line = {"concept": "mango", "quantity": "500", "unit": "kg", "per": "week", "from": "2030-12-02",
            "to": "2030-12-29", "price_ceiling_vnd": 30000}  # fmt: skip
    need = {"title": "Xoài", "lines": [line], "delivery_province": "Cần Thơ", "publish": True}
    assert (await buyer.post("/needs", need)).status_code == 201
    for who, kind, path in ((coop, "listings", "/listings?status=any"), (buyer, "needs", "/needs?status=published")):
        book = (await who.get(f"{path}&format=xlsx")).content
        rows: list[list[Any]] = [list(row) for row in open_book(book, name="x.xlsx").sheets[0].rows]
        rows[1][rows[0].index("ĐVT")] = "tấn"
        task = await brought(who, workbook(rows), kind)
        assert task["counts"]["refused"] == 1, task
        before = (await who.get(path)).json()["items"]
        await run(who, task)
        assert (await who.get(path)).json()["items"] == before
