"""Spreadsheets in over HTTP: looked at, asked about, tried, run, answered row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

from market.imports.sheets.opening import open_book
from tests.imports.sheets import Drawn, answered, brought, imported, read, run, sent, workbook
from tests.people import Client

PRICES: list[list[Any]] = [
    ["HTX GIẢ LẬP ĐỒI GIÓ"],
    ["BẢNG GIÁ TUẦN 49/2026"],
    [],
    ["Mã hàng", "Tên hàng", "ĐVT", "Giá vốn", "Giá sỉ", "Giá siêu thị", "Ghi chú"],
    ["A1", "Bắp cải tím", "Kg", 20000, "22.000 đ", "26.000", ""],
    ["A2", "Cam sành loại 1", "Tạ", 1400000, "1.650.000", "1.8 tr", ""],
    ["A3", "Xà lách mỡ (gói 200g)", "Gói", 9000, 10000, 12000, "giao sáng"],
    ["A4", "Hành paro", "Kg", "#N/A", 25000, "#N/A", ""],
]


async def listings(who: Client) -> dict[str, dict[str, Any]]:
    answer = await who.get("/listings?status=any&limit=100")
    return {item["title"]: item for item in answer.json()["items"]}


async def test_of_several_price_columns_one_is_asked_for_and_the_rest_is_read(client: Client) -> None:
    coop = await client.register("producer")
    task = await brought(coop, workbook(PRICES), "listings", "bang-gia.xlsx")
    assert task["state"] == "asking"
    (question,) = task["questions"]
    assert question["id"] == "column:price_vnd"
    assert [choice["label"] for choice in question["choices"]] == ["Giá vốn", "Giá sỉ", "Giá siêu thị"]
    task = await answered(coop, task, answers={"column:price_vnd": "6"})
    assert (task["state"], task["counts"]["created"], task["counts"]["trial"]) == ("ready", 4, True)
    assert await listings(coop) == {}
    done = await run(coop, task)
    assert (done["state"], done["counts"]["created"], done["counts"]["refused"]) == ("done", 4, 0)
    there = await listings(coop)
    assert [(item["price_vnd"], item["unit"]) for item in there.values()] == [
        (None, "KGM"),
        (12000, "XPK"),
        (1800000, "DTN"),
        (26000, "KGM"),
    ]
    (preview,) = [row for row in task["preview"] if row["line"] == 8]
    assert [remark["code"] for remark in preview["remarks"]] == ["error-cell", "error-cell"]


async def test_a_file_with_codes_imported_again_updates_what_changed_and_adds_nothing(client: Client) -> None:
    coop = await client.register("producer")
    choice: dict[str, Any] = {"answers": {"column:price_vnd": "6"}}
    await imported(coop, workbook(PRICES), "listings", **choice)
    again = await imported(coop, workbook(PRICES), "listings", **choice)
    assert (again["counts"]["unchanged"], again["counts"]["created"]) == (4, 0)
    changed = [list(row) for row in PRICES]
    changed[4][5] = "27.500"
    third = await imported(coop, workbook(changed), "listings", **choice)
    assert (third["counts"]["updated"], third["counts"]["unchanged"]) == (1, 3)
    there = await listings(coop)
    assert len(there) == 4
    assert there["Bắp cải tím"]["price_vnd"] == 27500


async def test_without_codes_what_is_there_already_is_asked_about(client: Client) -> None:
    coop = await client.register("producer")
    rows: list[list[Any]] = [["Tên hàng", "ĐVT", "Đơn giá"], ["Cà rốt", "kg", 15000], ["Su hào", "kg", 12000]]
    await imported(coop, workbook(rows), "listings")
    rows[1][2] = 16000
    task = await brought(coop, workbook(rows), "listings")
    assert (task["state"], task["questions"][0]["id"]) == ("asking", "existing")
    task = await answered(coop, task, answers={"existing": "update"})
    done = await run(coop, task)
    assert (done["counts"]["updated"], done["counts"]["unchanged"], done["counts"]["created"]) == (1, 1, 0)
    assert (await listings(coop))["Cà rốt"]["price_vnd"] == 16000


async def test_bad_rows_say_why_in_the_workbook_that_comes_back_and_good_ones_stay(client: Client) -> None:
    coop = await client.register("producer")
    rows: list[list[Any]] = [
        ["Tên hàng", "ĐVT", "Đơn giá"],
        ["Cà rốt", "kg", 15000],
        ["Su hào", "bồ", "rẻ"],
        ["Bắp cải", "kg", 9000],
    ]
    done = await imported(coop, workbook(rows), "listings")
    assert (done["counts"]["created"], done["counts"]["refused"]) == (2, 1)
    answer = await coop.get(f"/imports/{done['id']}/result")
    assert answer.status_code == 200, answer.text
    sheet = open_book(answer.content, name="ket-qua.xlsx").sheets[0]
    assert sheet.rows[0][3] == "Kết quả nhập"
    assert str(sheet.rows[1][3]).startswith("Đã thêm")
    assert "bồ" in str(sheet.rows[2][3])
    assert "Đơn giá: " in str(sheet.rows[2][3])
    assert [row[:3] for row in sheet.rows] == [[*map(_float, row)] for row in rows]
    text = await coop.get(f"/imports/{done['id']}/result?format=csv")
    assert "Chưa nhập" in text.text


def _float(value: Any) -> Any:
    return float(value) if isinstance(value, int) else value


async def test_a_stranger_sees_no_import_of_others(client: Client) -> None:
    coop, stranger = await client.register("producer"), await client.register("producer")
    task = await brought(coop, workbook(PRICES), "listings")
    for who in (stranger, await client.officer()):
        assert (await who.get(f"/imports/{task['id']}")).status_code == 404
    assert (await read(coop, task["id"]))["file_name"] == "tep.xlsx"
    assert (await sent(client, workbook(PRICES), "listings")).status_code == 401


async def test_an_order_with_merged_cells_becomes_a_need_for_each_order(client: Client) -> None:
    buyer = await client.register("buyer")
    drawn = Drawn(
        rows=[
            ["NGÀY", "MÃ ĐƠN", "TÊN HÀNG", "ĐVT", "SỐ LƯỢNG", "ĐƠN GIÁ", "GIAO TRƯỚC"],
            [date(2027, 1, 5), "DH7", "Hành tây", "Kg", 40, 12000, "6h"],
            [None, None, "Ớt hiểm đỏ", "Kg", 8, 52000, "6h00"],
            [None, None, "Giá đỗ", "Kg", 8, 11000, "06:00"],
            [date(2027, 1, 6), "DH8", "Cải thìa", "Kg", 60, 21000, "5h30"],
        ],
        merged=[("B2:B4", "DH7")],
        hidden=[2],
    )
    done = await imported(buyer, workbook(drawn), "needs", "don.xlsx")
    assert done["counts"]["created"] == 2
    assert [remark["code"] for remark in done["remarks"]] == ["hidden-rows"]
    needs = (await buyer.get("/needs?status=any")).json()["items"]
    first = next(need for need in needs if "DH7" in need["title"])
    assert [(line["quantity"], line["from"], line["price_ceiling_vnd"]) for line in first["lines"]] == [
        ("40", "2027-01-05", 12000),
        ("8", "2027-01-05", 52000),
        ("8", "2027-01-05", 11000),
    ]
    assert first["deliver_before"] == "06:00"


async def test_a_plan_by_weeks_is_one_need_with_its_quantities_in_their_weeks(client: Client) -> None:
    buyer = await client.register("buyer")
    rows = [
        ["Kế hoạch mua quý 1/2027"],
        ["Mặt hàng", "Quy cách", "ĐVT", "Yêu cầu", "Giá trần", "T1 (4-10/1)", "T2 (11-17/1)", "T3 (18-24/1)"],
        ["Cà rốt Đà Lạt", "túi 500g", "kg", "VietGAP", "18.000", 3500, 3500, 4200],
        ["Bắp cải tím", "", "kg", "VietGAP hoặc hữu cơ", "25000", 800, None, 900],
        ["Hoa hồng", "bó 20 cành", "bó", "", "70k", None, None, 300],
    ]
    done = await imported(buyer, workbook(rows), "needs", "ke-hoach.xlsx")
    assert done["counts"]["created"] == 1
    (need,) = (await buyer.get("/needs?status=any")).json()["items"]
    assert need["title"] == "Kế hoạch mua quý 1/2027"
    lines = [(line["concept"]["id"], line["quantity"], line["per"], line["from"], line["to"]) for line in need["lines"]]
    assert lines == [
        ("carrot", "3500", "week", "2027-01-04", "2027-01-17"),
        ("carrot", "4200", "week", "2027-01-18", "2027-01-24"),
        ("cabbage-red", "800", "week", "2027-01-04", "2027-01-10"),
        ("cabbage-red", "900", "week", "2027-01-18", "2027-01-24"),
        ("rose-cut-flower", "300", "week", "2027-01-18", "2027-01-24"),
    ]
    assert need["lines"][2]["required_certificates"] == []
    assert need["lines"][2]["preferred_certificates"] == ["vietgap", "organic"]
    assert need["lines"][4]["price_ceiling_vnd"] == 70000


async def test_an_answer_that_settles_nothing_leaves_its_question_open_to_see(client: Client) -> None:
    officer = await client.officer()
    rows = [["STT", "Ai", "Với ai", "Hàng hóa", "Loại"], [1, "HTX Giả", "Công ty Giả", "Gạo", "HĐ"]]
    task = await brought(officer, workbook(rows), "agreements")
    assert {question["id"] for question in task["questions"]} == {"column:seller", "column:buyer"}
    task = await answered(officer, task, answers={"column:seller": "2", "column:buyer": "2"})
    assert (task["state"], [question["id"] for question in task["questions"]]) == ("asking", ["column:buyer"])
    task = await answered(officer, task, answers={"column:buyer": "3"})
    assert (task["state"], task["counts"]["created"]) == ("ready", 1)
