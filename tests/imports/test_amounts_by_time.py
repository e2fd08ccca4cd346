"""Amounts by the day, the week, the year: in headings and cells, kept or asked about, never taken for all there is."""

from __future__ import annotations

from typing import Any

import pytest

from market.core.values.often import split_often
from market.imports.sheets.grids import UnreadableFile
from market.imports.sheets.opening import glance
from market.imports.table_files import TableFile
from market.reference.catalogue import Catalogue
from tests.imports.sheets import workbook
from tests.imports.test_files_of_all_kinds import laid_out

DAYS = {"default:from": "2027-01-04", "default:to": "2027-01-31"}


def needs(catalogue: Catalogue, heading: str, cell: Any, **answers: str) -> TableFile:
    body = workbook([["Mặt hàng", "ĐVT", heading], ["Cà rốt", "kg", cell]])
    return laid_out(body, catalogue, kind="needs", name="nhu-cau.xlsx", **DAYS, **answers)


def asked(found: TableFile) -> list[str]:
    return [question.id for question in found.layout.questions]


@pytest.mark.parametrize(
    ("heading", "cell", "quantity", "per"),
    [
        ("Số lượng/ngày", 500, "500", "day"), ("Nhu cầu mỗi ngày", 500, "500", "day"),
        ("Sản lượng/tuần", 500, "500", "week"), ("Số lượng hằng tuần", 500, "500", "week"),
        ("So luong/thang", 500, "500", "month"), ("Số lượng một tháng", "500", "500", "month"),
        ("Số lượng (tấn)/tuần", 2, "2000", "week"), ("Số lượng (kg/ngày)", 500, "500", "day"),
        ("Số lượng", "500 kg mỗi tuần", "500", "week"), ("Số lượng", "500kg/ngày", "500", "day"),
        ("Số lượng", "2 tấn 1 tháng", "2000", "month"), ("Số lượng (kg)", "500/ngày", "500", "day"),
        ("Số lượng/tuần", "2 tấn", "2000", "week"), ("Số lượng theo tháng 12", 500, "500", "total"),
        ("Số lượng", 500, "500", "total"),
    ],
)  # fmt: skip
def test_a_need_is_counted_as_its_heading_or_its_cell_says(
    catalogue: Catalogue, heading: str, cell: Any, quantity: str, per: str
) -> None:
    found = needs(catalogue, heading, cell)
    (need,) = found.rows()
    (line,) = need.body["lines"]
    assert (line["quantity"], line["per"], line["unit"], asked(found)) == (quantity, per, "KGM", [])


@pytest.mark.parametrize("cell", ["500 kg/năm", "500kg mỗi vụ", "500 kg/chuyến"])
def test_what_cannot_be_kept_refuses_its_row(catalogue: Catalogue, cell: str) -> None:
    (line,) = needs(catalogue, "Số lượng", cell).lines()
    assert [error.code for error in line.errors] == ["per-not-here"]


def test_stock_by_the_week_is_offered_by_the_week(catalogue: Catalogue) -> None:
    body = workbook([["Tên hàng", "ĐVT", "Đơn giá", "Sản lượng/tuần"], ["Bưởi", "kg", 28000, 2000]])
    (row,) = laid_out(body, catalogue, name="ban.xlsx").rows()
    assert [(one["quantity"], one["per"]) for one in row.body["capacity"]] == [("2000", "week")]


def test_a_harvest_by_the_year_is_asked_about(catalogue: Catalogue) -> None:
    body = workbook([["Tên hàng", "ĐVT", "Đơn giá", "Sản lượng/năm (tấn)"], ["Bưởi", "kg", 28000, 20]])
    assert asked(laid_out(body, catalogue, name="ban.xlsx")) == ["per:4"]
    (row,) = laid_out(body, catalogue, name="ban.xlsx", **{"per:4": "total"}).rows()
    assert [(one["quantity"], one["per"]) for one in row.body["capacity"]] == [("20000", "total")]
    (left,) = laid_out(body, catalogue, name="ban.xlsx", **{"per:4": "none"}).rows()
    assert "capacity" not in left.body


def test_a_paper_says_how_often_in_any_words(catalogue: Catalogue) -> None:
    heading = ["Loại", "Bên A", "Bên B", "Mặt hàng", "Sản lượng"]
    rows = [["HĐ", "HTX Giả Lập", "Cty Giả Lập", "Bưởi", said] for said in ("20 tấn hằng năm", "2 tấn mỗi tuần")]
    lines = laid_out(workbook([heading, *rows]), catalogue, kind="agreements", name="hd.xlsx").lines()
    assert [(one.values["quantity_words"].quantity, one.values["quantity_words"].per) for one in lines] == [
        ("20", "year"),
        ("2", "week"),
    ]


@pytest.mark.parametrize("said", ["Tuần 49", "Năm 2027", "Nhu cầu / Tuần 49", "Ngày giao", "Từ ngày / đến ngày"])
def test_dates_are_not_how_often(said: str) -> None:
    assert split_often(said) == (said, None)


@pytest.mark.parametrize("heading", ["Giá mua tối đa", "Giá mua cao nhất", "Không quá", "Giá trần"])
def test_the_most_a_buyer_pays_is_known_by_its_words(catalogue: Catalogue, heading: str) -> None:
    body = workbook([["Mặt hàng", "ĐVT", "Số lượng", heading], ["Cà rốt", "kg", 500, 32000]])
    found = laid_out(body, catalogue, kind="needs", name="nhu-cau.xlsx", **DAYS)
    (need,) = found.rows()
    assert (need.body["lines"][0].get("price_ceiling_vnd"), asked(found)) == (32000, [])


def test_a_column_of_money_that_nothing_is_read_from_is_asked_about(catalogue: Catalogue) -> None:
    body = workbook([["Mặt hàng", "ĐVT", "Số lượng", "Tiền tối đa chi"], ["Cà rốt", "kg", 500, 32000]])
    assert asked(laid_out(body, catalogue, kind="needs", name="nhu-cau.xlsx", **DAYS)) == ["use:4"]
    answers = DAYS | {"use:4": "price_ceiling_vnd"}
    (need,) = laid_out(body, catalogue, kind="needs", name="nhu-cau.xlsx", **answers).rows()
    assert need.body["lines"][0]["price_ceiling_vnd"] == 32000
    left = laid_out(body, catalogue, kind="needs", name="nhu-cau.xlsx", **DAYS, **{"use:4": "none"})
    assert asked(left) == []


def test_json_is_no_spreadsheet() -> None:
    with pytest.raises(UnreadableFile, match="NDJSON") as refused:
        glance(b'{"title": "Thanh long", "unit": "KGM"}\n')
    assert refused.value.code == "ndjson"
