"""Lots as a packing house keeps them in a sheet: recorded, changed by their code, refused with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from market.imports.sheets.opening import open_book
from tests.imports.sheets import brought, imported, workbook
from tests.people import Client

LOTS: list[list[Any]] = [
    ["SỔ THEO DÕI LÔ HÀNG"],
    [],
    ["STT", "Mã lô", "Tên hàng", "Ngày thu hoạch", "Thu hoạch đến", "Sản lượng", "ĐVT", "Mã vùng trồng", "HSD"],
    [1, "TL-01", "Thanh long ruột đỏ", date(2026, 11, 20), date(2026, 11, 22), "1,5 tấn", "kg", "VN-TGOR-0099",
     date(2026, 12, 7)],
    [2, "TL-02", "Thanh long ruột đỏ", date(2026, 11, 25), None, 800, "kg", "VN-TGOR-0099", None],
]  # fmt: skip


async def offering(client: Client, *titles: str) -> Client:
    coop = await client.register("producer")
    for title in titles or ("Thanh long ruột đỏ",):
        body = {"title": title, "province": {"code": "82"}, "unit": "KGM", "publish": True}
        answer = await coop.post("/listings", json=body)
        assert answer.status_code == 201, answer.text
    return coop


async def lots_of(who: Client) -> dict[str, dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for listing in (await who.get("/listings?status=any&limit=100")).json()["items"]:
        items += (await who.get(f"/listings/{listing['id']}/lots")).json()["items"]
    return {lot["code"]: lot for lot in items}


async def test_lots_are_tried_recorded_and_changed_by_their_code(client: Client) -> None:
    coop = await offering(client)
    task = await brought(coop, workbook(LOTS), "lots")
    assert (task["state"], task["counts"]["created"], task["questions"]) == ("ready", 2, [])
    assert await lots_of(coop) == {}
    done = await imported(coop, workbook(LOTS), "lots")
    assert (done["counts"]["created"], done["counts"]["refused"]) == (2, 0)
    there = await lots_of(coop)
    first, second = there["TL-01"], there["TL-02"]
    assert (first["quantity"], first["unit"], first["growing_area_code"]) == ("1500", "KGM", "VN-TGOR-0099")
    assert (first["harvested_from"], first["harvested_to"], first["best_before"]) == (
        "2026-11-20", "2026-11-22", "2026-12-07",
    )  # fmt: skip
    assert (second["harvested_to"], second["best_before"]) == ("2026-11-25", None)
    changed = [list(row) for row in LOTS]
    changed[4][5] = 760
    again = await imported(coop, workbook(changed), "lots")
    assert {name: again["counts"][name] for name in ("created", "updated", "unchanged")} == {
        "created": 0, "updated": 1, "unchanged": 1,
    }  # fmt: skip
    assert (await lots_of(coop))["TL-02"]["quantity"] == "760"


async def test_lots_that_cannot_be_say_why_and_the_others_stay(client: Client) -> None:
    coop = await offering(client, "Thanh long ruột đỏ", "Bưởi da xanh")
    await imported(coop, workbook(LOTS), "lots")
    heading = ["Mã lô", "Tên hàng", "Ngày thu hoạch", "Sản lượng", "NSX", "Mã vạch"]
    rows: list[list[Any]] = [
        heading,
        ["TL-01", "Bưởi da xanh", date(2026, 11, 20), 100, None, None],
        ["B-1", "Bưởi da xanh", date(2026, 11, 20), 100, date(2026, 11, 1), None],
        ["B-2", "Bưởi năm roi", date(2026, 11, 20), 100, None, None],
        ["B-3", "Bưởi da xanh", date(2026, 11, 20), 100, None, "8938505974195"],
        ["lô số 4", "Bưởi da xanh", date(2026, 11, 20), 100, None, None],
        ["B-5", "Bưởi da xanh", date(2026, 11, 20), 100, None, "8938505974194"],
        ["B-5", "Bưởi da xanh", date(2026, 11, 21), 90, None, None],
    ]
    task = await imported(coop, workbook(rows), "lots")
    assert (task["counts"]["created"], task["counts"]["refused"]) == (1, 6)
    assert task["counts"]["codes"] == {
        "lot-of-another-listing": 1,
        "before-harvest": 1,
        "unknown-listing": 1,
        "gtin-check-digit": 1,
        "lot-code": 1,
        "code-twice": 1,
    }
    result = await coop.get(f"/imports/{task['id']}/result")
    said = [str(row[-1]) for row in open_book(result.content, name="ket-qua.xlsx").sheets[0].rows]
    assert "Thanh long ruột đỏ" in said[1]
    assert "Ngày đóng gói: " in said[2]
    there = await lots_of(coop)
    assert there["B-5"]["gtin"] == "08938505974194"
    assert there["TL-01"]["title"] == "Thanh long ruột đỏ"


async def test_the_template_for_lots_is_read_back(client: Client) -> None:
    coop = await offering(client)
    answer = await coop.get("/imports/templates/lots")
    assert answer.status_code == 200, answer.text
    (heading,) = (
        sheet.rows[0] for sheet in open_book(answer.content, name="mau.xlsx").sheets if sheet.name == "Lô hàng"
    )
    row: list[Any] = [None] * len(heading)
    given = {"Mã lô": "TL-9", "Tên hàng": "Thanh long ruột đỏ", "Ngày thu hoạch": "20/11/2026", "Số lượng": 120}
    for name, value in given.items():
        row[list(heading).index(name)] = value
    done = await imported(coop, workbook([list(heading), row]), "lots")
    assert (done["state"], done["counts"]["created"]) == ("done", 1)


async def test_nobody_records_lots_of_others(client: Client) -> None:
    await offering(client)
    other = await client.register("producer")
    task = await imported(other, workbook(LOTS), "lots")
    assert task["counts"]["codes"] == {"unknown-listing": 2}
