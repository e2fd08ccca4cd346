"""What lists of real offices do that no template would: sides by words, stars by columns, shops across, seasons."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from market.core import clock
from market.core.values.refusal import Unreadable
from market.imports.cells import Reading
from market.imports.people_cells import headcount, phone
from market.imports.table_files import TableFile
from market.imports.tables.side_by_side import blocks_of
from market.reference.catalogue import Catalogue
from tests.imports.sheets import Drawn, workbook
from tests.imports.test_files_of_all_kinds import laid_out


def fields(table: TableFile) -> list[str | None]:
    return [column.field for column in table.layout.columns]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Bên A (Bên mua)", "Bên B (Bên bán)"), ("Đơn vị thu mua", "Đơn vị cung cấp"),
        ("Bên mua (Bên A)", "Bên bán (Bên B)"), ("BÊN A - MUA", "BÊN B - BÁN"),
    ],
)  # fmt: skip
def test_who_buys_is_said_by_words_before_letters(catalogue: Catalogue, first: str, second: str) -> None:
    rows = [
        ["STT", "Số HĐ", first, second, "Hàng hóa", "Số lượng"],
        [1, "01", "Công ty Giả", "HTX Giả", "Gạo", "5 tấn"],
    ]
    table = laid_out(workbook(rows), catalogue, kind="agreements", **{"default:instrument": "sale"})
    (row,) = table.rows()
    assert {party["role"]: party["name"] for party in row.body["parties"]} == {
        "buyer": "Công ty Giả", "seller": "HTX Giả",
    }  # fmt: skip
    assert row.body["title"] == "Hợp đồng mua bán: Gạo"
    assert "sides" not in [code for code, _, _ in table.layout.remarks]


@pytest.mark.parametrize("merged", [True, False])
def test_groups_of_columns_belong_to_the_heading_though_the_row_below_says_more(
    catalogue: Catalogue, merged: bool
) -> None:
    above = ["STT", "Bên bán", None, "Bên mua", None, "Nội dung", None, "Hình thức"]
    below = [None, "Tên đơn vị", "Đại diện", "Tên đơn vị", "Đại diện", "Mặt hàng", "Số lượng", None]
    row = [1, "HTX Giả", "Nguyễn Một", "Công ty Giả", "Trần Hai", "Xoài", "20 tấn", "Hợp đồng"]
    blocks = [
        ("A2:A3", "STT"),
        ("B2:C2", "Bên bán"),
        ("D2:E2", "Bên mua"),
        ("F2:G2", "Nội dung"),
        ("H2:H3", "Hình thức"),
    ]
    drawn = Drawn([["DANH SÁCH KÝ KẾT"], above, below, row], merged=blocks if merged else ())
    table = laid_out(workbook(drawn), catalogue, kind="agreements")
    assert fields(table) == [
        "number", "seller", "seller_representative", "buyer", "buyer_representative", "goods", "quantity_words",
        "instrument",
    ]  # fmt: skip


def test_a_mark_under_its_number_of_stars_is_no_grade(catalogue: Catalogue) -> None:
    heading = ["TT", "Xã, phường", "Tên sản phẩm", "Chủ thể", "3 sao", "4 sao", "ĐVT"]
    rows = [[1, "Xã A", "Trà gừng", "HTX Giả", "x", None, "hộp"], [2, "Xã B", "Mật ong", "HTX Giả", None, "X", "chai"]]
    rows.append([3, "Xã B", "Bánh tráng", "HTX Giả", "x", "x", "gói"])
    found = list(laid_out(workbook([heading, *rows]), catalogue, organization="mine").rows())
    assert [row.body.get("description") for row in found[:2]] == [
        "OCOP 3 sao; Chủ thể: HTX Giả, Xã A", "OCOP 4 sao; Chủ thể: HTX Giả, Xã B",
    ]  # fmt: skip
    assert [error.code for error in found[2].errors] == ["several-stars"]
    assert not any("grade" in row.body for row in found)


def test_the_address_of_whoever_makes_the_goods_says_the_province(catalogue: Catalogue) -> None:
    heading = ["Tên sản phẩm", "Chủ thể", "Địa chỉ", "ĐVT"]
    rows = [["Khóm", "HTX Giả", "xã A, tỉnh Hậu Giang", "kg"], ["Mãng cầu", "HTX Giả", "ấp C", "kg"]]
    first, second = laid_out(workbook([heading, *rows]), catalogue, organization="mine").rows()
    assert first.body["province"] == {"code": "93", "version": "2008"}
    assert "province-of-address" in [remark.code for remark in first.remarks]
    assert second.body["province"]["code"] != "93"


ORDER = ["STT", "Tên hàng", "ĐVT", "CH Một", "CH Hai", "Tổng", "Thành tiền"]


def test_what_each_shop_wants_adds_up_to_the_quantity(catalogue: Catalogue) -> None:
    rows: list[list[Any]] = [["ĐƠN NGÀY 05/12/2026"], ORDER, [1, "Cà chua", "kg", 10, "15,5", 25.5, 1]]
    table = laid_out(workbook([*rows, [2, "Ổi", "kg", None, 7, 7, 1]]), catalogue, kind="needs")
    assert not table.open_questions
    (row,) = table.rows()
    assert [(line["quantity"], line["note"]) for line in row.body["lines"]] == [
        ("25.5", "CH Một: 10, CH Hai: 15.5"), ("7", "CH Hai: 7"),
    ]  # fmt: skip


def test_columns_of_shops_that_no_total_confirms_are_asked_about(catalogue: Catalogue) -> None:
    rows: list[list[Any]] = [["ĐƠN NGÀY 05/12/2026"], ORDER, [1, "Cà chua", "kg", 10, 15, 24, 1]]
    table = laid_out(workbook(rows), catalogue, kind="needs")
    assert [question.id for question in table.open_questions] == ["parts"]
    told = [about["lines"] for code, _, about in table.layout.remarks if code == "totals-differ"]
    assert told == ["3"]
    (row,) = laid_out(workbook(rows), catalogue, kind="needs", parts="sum").rows()
    assert [line["quantity"] for line in row.body["lines"]] == ["25"]
    left = laid_out(workbook(rows), catalogue, kind="needs", parts="none")
    assert [question.id for question in left.open_questions] == ["column:quantity"]


def test_each_shop_of_a_list_has_a_need_of_its_own(catalogue: Catalogue) -> None:
    heading = ["Cửa hàng", "Ngày giao", "Giờ giao", "Tên hàng", "ĐVT", "SL"]
    rows = [["CH Một", "5/12/2026", "6h", "Rau má", "kg", 5], [None, None, None, "Hành lá", "kg", 8]]
    rows.append(["CH Hai", "06/12/2026", "5:30", "Cà chua", "kg", 10])
    found = list(laid_out(workbook([["PHIẾU"], heading, *rows]), catalogue, kind="needs").rows())
    assert [(row.body["title"], row.body["deliver_before"], len(row.body["lines"])) for row in found] == [
        ("PHIẾU – CH Một", "06:00", 2), ("PHIẾU – CH Hai", "05:30", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("Tháng 7-9", ("2027-07-01", "2027-09-30")), ("T11 - T2", ("2026-11-01", "2027-02-28")),
        ("tháng 12 đến tháng 3", ("2026-12-01", "2027-03-31")), ("12/2026 - 02/2027", ("2026-12-01", "2027-02-28")),
        ("Quý 1/2027", ("2027-01-01", "2027-03-31")), ("quanh năm", ("2026-11-29", "2027-11-29")),
        ("từ 05/12/2026 đến 20/12/2026", ("2026-12-05", "2026-12-20")), ("sau Tết", None), ("Tháng 13-15", None),
    ],
)  # fmt: skip
def test_a_harvest_is_offered_in_its_season(catalogue: Catalogue, said: str, days: tuple[str, str] | None) -> None:
    rows = [["Tên hàng", "ĐVT", "Sản lượng", "Mùa vụ"], ["Nhãn", "kg", "10 tấn", said]]
    with clock.at(datetime(2026, 11, 29, 5, tzinfo=UTC)):
        (row,) = laid_out(workbook(rows), catalogue).rows()
    (window,) = row.body["capacity"]
    assert next(remark.code for remark in row.remarks) == ("season-told" if days else "season-unclear")
    if days:
        assert (window["from"], window["to"]) == days
    else:
        assert f"Mùa vụ: {said}" in row.body["description"]


def test_of_tables_side_by_side_one_is_imported_at_a_time(catalogue: Catalogue) -> None:
    rows = [["STT", "Tên hàng", "ĐVT", "Giá", None, "STT", "Tên hàng", "ĐVT", "Giá"]]
    rows.append([1, "Cà chua", "kg", 18000, None, 3, "Dưa leo", "kg", 14000])  # type: ignore[list-item]
    rows.append([2, "Ớt", "kg", 45000, None, None, None, None, None])  # type: ignore[list-item]
    asked = laid_out(workbook(rows), catalogue)
    (question,) = asked.open_questions
    assert (question.id, [choice.label.vi for choice in question.choices]) == ("table", ["A–D", "F–I"])
    titles = [
        [row.body["title"] for row in laid_out(workbook(rows), catalogue, table=number).rows()] for number in "12"
    ]
    assert titles == [["Cà chua", "Ớt"], ["Dưa leo"]]
    assert blocks_of(["Tên hàng", "Giá", "Giá"]) == [(0, 2)]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("hết", "0"), ("Tạm hết hàng", "0"), ("còn nhiều", None), ("liên hệ", None), ("100 kg", "100")],
)
def test_words_in_a_column_of_stock(catalogue: Catalogue, cell: str, meant: str | None) -> None:
    rows = [["Tên hàng", "ĐVT", "Đơn giá", "Tồn"], ["Cải", "kg", 9000, cell], ["Bí", "kg", 9000, 5]]
    line, _ = laid_out(workbook(rows), catalogue).lines()
    assert (line.values.get("stock"), line.errors) == (meant, [])


def test_a_price_for_a_package_says_what_it_holds(catalogue: Catalogue) -> None:
    rows = [["Tên hàng", "Đơn giá"], ["Mật ong", "250.000đ/chai 500ml"], ["Trà", "60.000 đ/hộp 200g"]]
    first, second = laid_out(workbook(rows), catalogue).rows()
    assert (first.body["unit"], first.body["price_vnd"], first.body["packaging"]) == ("XBO", 250000, "chai 500ml")
    assert (second.body["unit"], second.body["kg_each"]) == ("XBX", "0.2")


def test_a_term_is_no_day_and_leaves_the_paper_its_lines(catalogue: Catalogue) -> None:
    heading = ["STT", "Loại", "Bên A", "Bên B", "Mặt hàng", "Số lượng", "Thời hạn"]
    table = laid_out(workbook([heading, [1, "HĐ", "HTX Giả", "Cty Giả", "Gạo", "5 tấn", "12 tháng"]]), catalogue,
                     kind="agreements")  # fmt: skip
    (row,) = table.rows()
    assert (row.errors, "valid_until" in row.body) == ([], False)
    assert "no-period" in [remark.code for remark in row.remarks]


def test_telephones_and_heads_are_read_as_people_write_them(catalogue: Catalogue) -> None:
    reading = Reading(catalogue)
    written = [912345678, 84912345678.0, "0912.345.678", "+84 912 345 678", "'0912345678"[1:]]
    assert {phone(cell, reading) for cell in written} == {"+84912345678"}  # type: ignore[arg-type]
    assert phone("02839123456 / 0912345681", reading) == "+842839123456"
    assert [remark.code for remark in reading.remarks] == ["several-phones"]
    with pytest.raises(Unreadable, match="telephone"):
        phone("12345", reading)
    assert [headcount(cell, reading) for cell in (3, "02 người", "1 gian")] == ["3", "2", "1"]


def test_a_row_of_new_prices_without_one_says_that_the_old_one_stays(catalogue: Catalogue) -> None:
    rows = [["Tên hàng", "Giá cũ", "Giá mới"], ["Xoài", 28000, "29.500"], ["Bưởi", 45000, "liên hệ"]]
    first, second = laid_out(workbook(rows), catalogue, kind="prices").rows()
    assert (first.body["price_vnd"], [error.code for error in second.errors]) == (29500, ["no-price"])


def test_what_each_grade_costs_is_a_price_to_choose_and_no_grade(catalogue: Catalogue) -> None:
    rows: list[list[Any]] = [["Tên hàng", "ĐVT", "Loại 1", "Loại 2"], ["Thanh long", "kg", "28.000", 22000]]
    (question,) = laid_out(workbook(rows), catalogue).open_questions
    assert [choice.label.vi for choice in question.choices] == ["Loại 1", "Loại 2"]
    (row,) = laid_out(workbook(rows), catalogue, **{"column:price_vnd": "3"}).rows()
    assert (row.body["price_vnd"], row.body.get("grade")) == (28000, None)
    graded = laid_out(workbook([["Tên hàng", "ĐVT", "Loại"], ["Thanh long", "kg", "1"]]), catalogue)
    assert [row.body["grade"] for row in graded.rows()] == ["1"]


def test_days_with_their_weekday_have_the_year_of_the_title_and_a_span_is_no_day(catalogue: Catalogue) -> None:
    rows = [["THỰC PHẨM TUẦN 07/12 - 12/12/2026"], ["Thứ/ngày", "Tên thực phẩm", "ĐVT", "SL"]]
    rows += [["Thứ 2\n7/12", "Thịt nạc", "kg", 12], ["T3 8/12", "Bí xanh", "kg", 20], [None, "Cà rốt", "kg", 5]]  # type: ignore[list-item]
    (row,) = laid_out(workbook(rows), catalogue, kind="needs").rows()
    assert [line["from"] for line in row.body["lines"]] == ["2026-12-07", "2026-12-08", "2026-12-08"]
    undated = laid_out(workbook([rows[0], rows[1][1:], *(one[1:] for one in rows[2:])]), catalogue, kind="needs")
    assert [question.id for question in undated.open_questions] == ["default:from", "default:to"]


def test_weekdays_of_delivery_are_no_day(catalogue: Catalogue) -> None:
    heading = ["Mặt hàng", "Số lượng (kg/ngày)", "Ngày giao", "Từ", "Đến"]
    rows = [heading, ["Cà chua", 300, "T2, T4, T6", "01/12/2026", "28/02/2027"]]
    (row,) = laid_out(workbook(rows), catalogue, kind="needs").rows()
    (line,) = row.body["lines"]
    assert (line["weekdays"], line["per"], line["from"]) == ([1, 3, 5], "day", "2026-12-01")


def test_two_parties_in_one_cell_are_parted_and_three_are_refused(catalogue: Catalogue) -> None:
    rows = [["STT", "Các bên ký kết", "Nội dung", "Loại"], [1, "HTX Giả - Công ty Giả", "Tiêu thụ xoài", "HĐ"]]
    rows.append([2, "HTX Giả, Công ty Giả", "Tiêu thụ bưởi", "HĐ"])
    first, second = laid_out(workbook(rows), catalogue, kind="agreements").rows()
    assert [(party["role"], party["name"]) for party in first.body["parties"]] == [
        ("seller", "HTX Giả"), ("buyer", "Công ty Giả"),
    ]  # fmt: skip
    assert [error.code for error in second.errors] == ["not-two-parties"]


def test_units_behind_every_price_need_no_answer(catalogue: Catalogue) -> None:
    rows = [["Tên sản phẩm", "Giá bán (đ)"], ["Trà hoa cúc", "120.000/hộp"], ["Tinh dầu", "85.000 đ/chai"]]
    table = laid_out(workbook(rows), catalogue)
    assert not table.open_questions
    assert [row.body["unit"] for row in table.rows()] == ["XBX", "XBO"]
