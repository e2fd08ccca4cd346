"""What stands beside a number, over it and below it: units, thousands, months first, packages, sums."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from market.core import clock
from market.imports.table_files import TableFile
from market.reference.catalogue import Catalogue
from tests.imports.sheets import workbook
from tests.imports.test_files_of_all_kinds import laid_out

HEADING = ["Tên hàng", "ĐVT", "Đơn giá", "Tồn kho"]


def table(
    catalogue: Catalogue, *rows: list[Any], heading: list[str] | None = None, scale: str | None = None
) -> TableFile:
    answers = {"scale:3": scale} if scale else {}
    return laid_out(workbook([heading or HEADING, *rows]), catalogue, name="bang.xlsx", **answers)


def read(found: TableFile, field: str) -> list[Any]:
    """What stands in a field of each row, or the code of its refusal."""
    return [line.values.get(field) or next((error.code for error in line.errors), None) for line in found.lines()]


@pytest.mark.parametrize(
    ("unit", "price", "meant"),
    [
        ("kg", "28.000đ/kg", "28000"), ("kg", "28.000 đ/ký", "28000"), ("kg", "30k/kg", "30000"),
        ("kg", "2.800.000 đ/tạ", "28000"), ("tạ", "28.000 đ/kg", "2800000"), ("tấn", "28k/kg", "28000000"),
        ("kg", "500.000 đ/100kg", "5000"), ("lạng", "280.000 đ/kg", "28000"), ("kg", "30.000đ/quả", "other-unit"),
        ("quả", "28.000đ/kg", "other-unit"), ("kg", "10.000 đ/3kg", "other-unit"), ("kg", "28.000/xyz", "unknown-unit"),
    ],
)  # fmt: skip
def test_a_price_for_another_unit_is_turned_into_that_of_its_row_or_refused(
    catalogue: Catalogue, unit: str, price: str, meant: str
) -> None:
    assert read(table(catalogue, ["Bưởi", unit, price, 5]), "price_vnd") == [meant]


@pytest.mark.parametrize(
    ("unit", "stock", "meant"),
    [
        ("kg", "1,5 tấn", "1500"), ("kg", "2 tạ", "200"), ("tấn", "500kg", "0.5"), ("kg", "3 yến", "30"),
        ("kg", "50 kg", "50"), ("kg", "3 thùng", "other-unit"), ("quả", "1 chục", "other-unit"),
        ("kg", "300-500", "range"), ("kg", "khoảng 500", "500"), ("kg", "2 nghìn", "2000"),
        ("kg", "5 xyz", "unknown-unit"), ("kg", "1 tấn/năm", "per-not-here"),
    ],
)  # fmt: skip
def test_an_amount_in_another_unit_is_turned_into_that_of_its_row_or_refused(
    catalogue: Catalogue, unit: str, stock: str, meant: str
) -> None:
    assert read(table(catalogue, ["Bưởi", unit, "28k", stock]), "stock") == [meant]


def test_what_was_turned_is_said_and_what_comes_each_week_stays_so(catalogue: Catalogue) -> None:
    found = table(catalogue, ["Xoài", "kg", "28k", "1,5 tấn/tuần"])
    (line,) = found.lines()
    assert [(remark.code, remark.parameters["value"]) for remark in line.remarks] == [("converted", "1500")]
    (row,) = found.rows()
    assert [(window["quantity"], window["per"]) for window in row.body["capacity"]] == [("1500", "week")]


@pytest.mark.parametrize("heading", ["Giá (đ/kg)", "Giá bán / kg", "Đơn giá/kg", "Giá (kg)"])
def test_a_heading_says_the_unit_of_its_prices(catalogue: Catalogue, heading: str) -> None:
    found = table(catalogue, ["Bưởi", "28.000"], ["Cam", 30000], heading=["Tên hàng", heading])
    assert (found.layout.questions, read(found, "unit"), read(found, "price_vnd")) == (
        [],
        ["KGM", "KGM"],
        ["28000", "30000"],
    )
    beside = table(catalogue, ["Bưởi", "tạ", "28.000"], heading=["Tên hàng", "ĐVT", heading])
    assert read(beside, "price_vnd") == ["2800000"]


def test_a_heading_says_the_unit_of_its_amounts(catalogue: Catalogue) -> None:
    heading = [*HEADING[:3], "Tồn (tấn)"]
    found = table(catalogue, ["Bưởi", "kg", "28k", 2], ["Cam", "kg", "28k", "500 kg"], heading=heading)
    assert read(found, "stock") == ["2000", "500"]


def test_units_that_only_stand_behind_prices_are_the_units_of_their_rows(catalogue: Catalogue) -> None:
    found = table(catalogue, ["Bưởi", "28.000đ/kg"], ["Trứng gà", "3.000đ/quả"], heading=["Tên hàng", "Giá"])
    assert (found.layout.questions, read(found, "unit")) == ([], ["KGM", "H87"])
    some = table(catalogue, ["Bưởi", "28.000đ/kg"], ["Trứng gà", "3.000đ"], heading=["Tên hàng", "Giá"])
    assert [question.id for question in some.layout.questions] == ["default:unit"]


def test_a_column_of_small_prices_asks_what_it_is_counted_in(catalogue: Catalogue) -> None:
    rows = [["Bưởi", "kg", 28, 5], ["Cam", "kg", "35", 5], ["Xoài", "kg", 12.5, 5]]
    asked = table(catalogue, *rows)
    (question,) = asked.layout.questions
    assert (question.id, question.required, [choice.value for choice in question.choices]) == (
        "scale:3",
        True,
        ["1", "1000"],
    )
    assert read(table(catalogue, *rows, scale="1000"), "price_vnd") == ["28000", "35000", "12500"]
    assert read(table(catalogue, *rows[:2], scale="1"), "price_vnd") == ["28", "35"]


def test_a_number_that_stands_out_in_its_column_is_refused_with_both_readings(catalogue: Catalogue) -> None:
    mixed = [["Bưởi", "kg", 28, 5], ["Cam", "kg", 35000, 5], ["Xoài", "kg", "28.00", 5], ["Ổi", "kg", 40000, 5]]
    mixed.append(["Nhãn", "kg", 41000, 5])
    assert read(table(catalogue, *mixed), "price_vnd") == ["ambiguous", "35000", "ambiguous", "40000", "41000"]
    thousands = [["Bưởi", "kg", 28, 5], ["Cam", "kg", 30, 5], ["Xoài", "kg", 35000, 5]]
    assert read(table(catalogue, *thousands, scale="1000"), "price_vnd") == ["28000", "30000", "ambiguous"]


def test_a_month_that_stands_first_puts_the_days_of_its_column_in_doubt(catalogue: Catalogue) -> None:
    heading = ["Tên hàng", "ĐVT", "Đơn giá", "Tồn kho", "Từ ngày", "Đến ngày"]
    rows = [
        ["Bưởi", "kg", "28k", 5, "1/12/2026", "12/31/2026"],
        ["Cam", "kg", "28k", 5, "2/12/2026", "3/4/2027"],
        ["Xoài", "kg", "28k", 5, "2/12/2026", date(2027, 4, 3)],
    ]
    assert read(table(catalogue, *rows, heading=heading), "from") == ["2026-12-01", "2026-12-02", "2026-12-02"]
    assert read(table(catalogue, *rows, heading=heading), "to") == ["month-first", "ambiguous", "2027-04-03"]


def test_a_window_from_one_month_to_another_has_their_first_and_last_day_and_says_so(catalogue: Catalogue) -> None:
    heading = ["Tên hàng", "ĐVT", "Đơn giá", "Tồn kho", "Từ ngày", "Đến ngày"]
    found = table(catalogue, ["Bưởi", "kg", "28k", 5, "tháng 12/2026", "02/2027"], heading=heading)
    assert (read(found, "from"), read(found, "to")) == (["2026-12-01"], ["2027-02-28"])
    (line,) = found.lines()
    assert [remark.code for remark in line.remarks] == ["end-of-period", "end-of-period"]
    lacking = table(catalogue, ["Bưởi", "kg", "28k", 5, "tháng 3", "tháng 5"], heading=heading)
    assert read(lacking, "from") == ["year-missing"]


def test_a_package_keeps_what_one_holds(catalogue: Catalogue) -> None:
    cells = ["rổ 5kg", "bao/25kg", "thùng (12,5 kg)", "thùng/24 hộp", "kg"]
    found = table(catalogue, *([f"Bưởi {cell}", cell, "280k", 5] for cell in cells))
    packed = [(row.body["unit"], row.body.get("kg_each"), row.body.get("packaging")) for row in found.rows()]
    assert packed == [
        ("XBK", "5", "rổ 5kg"),
        ("XSA", "25", "bao/25kg"),
        ("XCT", "12.5", "thùng (12,5 kg)"),
        ("XCT", None, "thùng/24 hộp"),
        ("KGM", None, None),
    ]


def test_what_is_summed_below_a_list_is_no_goods(catalogue: Catalogue) -> None:
    sums = ["Tổng số lượng", "Tổng cộng (đã có VAT)", "VAT 8%", "Chiết khấu 5%", "Phí vận chuyển", "Cộng nhóm rau"]
    found = table(catalogue, ["Bưởi", "kg", 45000, 5], *([name, None, 4500000, None] for name in sums))
    assert read(found, "title") == ["Bưởi"]
    list(found.lines())
    assert found.left_out() == "3, 4, 5, 6, 7, 8"
    assert read(table(catalogue, ["Phí lê Mẫu", "kg", 45000, 5]), "title") == ["Phí lê Mẫu"]


def test_a_price_that_nothing_has_for_the_unit_of_its_row_is_refused(catalogue: Catalogue) -> None:
    rows = [["Bưởi", "tấn", "28.000", 5], ["Cam", "tấn", "28.000đ/kg", 5], ["Cà rốt", "tạ", "300k", 5]]
    assert read(table(catalogue, *rows), "price_vnd") == ["price-of-no-unit", "28000000", "300000"]
    heading = ["Loại", "Bên A", "Bên B", "Mặt hàng", "Sản lượng", "Đơn giá"]
    paper = workbook([heading, ["HĐ", "HTX Giả Lập", "Cty Giả Lập", "Bưởi", "20 tấn", "28.000"]])
    (line,) = laid_out(paper, catalogue, kind="agreements", name="hd.xlsx").lines()
    assert [error.code for error in line.errors] == ["price-of-no-unit"]


def test_a_fortnight_is_no_week(catalogue: Catalogue) -> None:
    body = workbook([["Mặt hàng", "ĐVT", "4-17/1/2027", "18-24/1/2027", "25-31/1/2027"], ["Cà rốt", "kg", 100, 50, 50]])
    (need,) = laid_out(body, catalogue, kind="needs", name="ke-hoach.xlsx").rows()
    assert [(line["quantity"], line["per"], line["from"], line["to"]) for line in need.body["lines"]] == [
        ("100", "total", "2027-01-04", "2027-01-17"),
        ("50", "week", "2027-01-18", "2027-01-31"),
    ]


def test_a_stock_without_a_day_is_from_today(catalogue: Catalogue) -> None:
    (row,) = table(catalogue, ["Bưởi", "kg", 45000, 5]).rows()
    assert row.body["capacity"][0]["from"] == clock.today().isoformat()


def test_what_was_exported_here_is_not_doubted(catalogue: Catalogue) -> None:
    heading = ["Mã trên Market", *HEADING]
    rows = [["0190a2f4-0000-7000-8000-000000000001", "Trấu", "kg", 28, 5]]
    rows.append(["0190a2f4-0000-7000-8000-000000000002", "Trấu", "tấn", 28000, 5])
    found = table(catalogue, *rows, heading=heading)
    assert (found.layout.questions, read(found, "price_vnd")) == ([], ["28", "28000"])
