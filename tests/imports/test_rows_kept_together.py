"""Prices and lots of a file are kept together: as many statements for thirty rows as for three; good ones stay."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.core import clock
from market.core.changes import Change
from tests.database import counted_queries
from tests.imports.sheets import imported, workbook
from tests.imports.test_lots_from_sheets import lots_of
from tests.people import Client


async def offering(client: Client, count: int) -> Client:
    coop = await client.register("producer")
    items = [
        {"title": f"Xoài cát hàng {at}", "province": {"code": "82"}, "unit": "KGM", "price_vnd": 20000 + at}
        for at in range(count)
    ]
    answer = await coop.post("/listings/batch", {"items": items})
    assert answer.status_code == 200, answer.text
    return coop


def prices(count: int) -> list[list[Any]]:
    return [["Tên hàng", "Giá mới (đ)"], *([f"Xoài cát hàng {at}", 30000 + at] for at in range(count))]


async def test_prices_of_a_file_are_set_by_as_many_statements_however_many_they_are(
    client: Client, engine: AsyncEngine, session: AsyncSession
) -> None:
    counts = []
    for count in (3, 30):
        coop = await offering(client, count)
        with counted_queries(engine) as queries:
            done = await imported(coop, workbook([*prices(count), ["Không bán", 15000]]), "prices")
        counts.append(len(queries))
        assert (done["counts"]["updated"], done["counts"]["refused"]) == (count, 1)
        there = (await coop.get("/listings?status=any&limit=100")).json()["items"]
        assert sorted(item["price_vnd"] for item in there) == [30000 + at for at in range(count)]
        again = await imported(coop, workbook(prices(count)), "prices")
        assert (again["counts"]["unchanged"], again["counts"]["updated"]) == (count, 0)
    assert counts[0] == counts[1]
    assert (await session.scalars(select(Change.verb).where(Change.verb == "price"))).all() == ["price"] * 33


async def test_lots_of_a_file_are_recorded_by_as_many_statements_however_many_they_are(
    client: Client, engine: AsyncEngine
) -> None:
    counts = []
    day = clock.today().isoformat()
    for count in (3, 30):
        coop = await offering(client, count)
        heading = ["Mã lô", "Tên hàng", "Ngày thu hoạch", "Số lượng", "ĐVT", "Hạn sử dụng"]
        rows = [[f"L{at}", f"Xoài cát hàng {at}", day, 100 + at, "kg", None] for at in range(count)]
        rows.append(["HỎNG", "Xoài cát hàng 0", day, 5, "kg", "2020-01-01"])
        with counted_queries(engine) as queries:
            done = await imported(coop, workbook([heading, *rows]), "lots")
        counts.append(len(queries))
        assert (done["counts"]["created"], done["counts"]["refused"]) == (count, 1)
        assert {code: lot["quantity"] for code, lot in (await lots_of(coop)).items()} == {
            f"L{at}": str(100 + at) for at in range(count)
        }
    assert counts[0] == counts[1]
