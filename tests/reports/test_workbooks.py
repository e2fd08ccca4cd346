"""A supermarket's month and a cooperative's season, each as one workbook."""

from __future__ import annotations

from market.imports.sheets.opening import open_book
from tests.people import Client


async def test_a_buyers_month_and_a_producers_season_are_one_workbook_each(client: Client) -> None:
    coop, buyer = await client.register("producer"), await client.register("buyer")
    listing = {
        "title": "=Thanh long", "concept": "dragon-fruit-red", "province": {"code": "82", "version": "2025"},
        "unit": "KGM",
        "price_vnd": 28000, "capacity": [{"from": "2026-12-07", "to": "2026-12-20", "quantity": "500", "per": "week"}],
    }  # fmt: skip
    assert (await coop.post("/listings", listing)).status_code == 201
    line = {
        "concept": "dragon-fruit-red", "quantity": "50", "unit": "KGM", "per": "day",
        "from": "2026-12-01", "to": "2026-12-31",
    }  # fmt: skip
    need = {"title": "Thanh long tháng 12", "delivery_province": {"code": "79"}, "lines": [line]}
    assert (await buyer.post("/needs", need)).status_code == 201
    month = await buyer.get(f"/organizations/{buyer.organization['id']}/month?month=2026-12")
    assert month.status_code == 200, month.text
    sheets = {sheet.name: sheet.rows for sheet in open_book(month.content, name="x.xlsx").sheets}
    assert list(sheets) == ["Nhu cầu", "Báo giá", "Văn bản", "Giao hàng"]
    assert sheets["Nhu cầu"][1][:5] == ["Thanh long tháng 12", "draft", "thanh long ruột đỏ", "KGM", 50.0]
    season = await coop.get(f"/organizations/{coop.organization['id']}/season?from=2026-12-01&to=2027-02-28")
    sheets = {sheet.name: sheet.rows for sheet in open_book(season.content, name="x.xlsx").sheets}
    assert sheets["Hàng bán"][1][0] == "=Thanh long"
    assert [row[2:7:2] for row in sheets["Theo tuần"][1:]] == [["2026-W50", 500.0, 500.0], ["2026-W51", 500.0, 500.0]]
    assert (await buyer.get(f"/organizations/{coop.organization['id']}/season")).status_code == 404
    bad = await coop.get(f"/organizations/{coop.organization['id']}/month?month=2026-13")
    assert bad.status_code == 400
