"""Files as they lie on real disks: old encodings, headings over two rows, dangerous ones."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest

from market.core.values.refusal import Unreadable
from market.imports.cells import Reading, money, quantity, told_style
from market.imports.day_cells import Partial, clock_time, day
from market.imports.kinds.every import KINDS
from market.imports.kinds.kind import Options
from market.imports.sheets.grids import UnreadableFile
from market.imports.sheets.opening import open_book
from market.imports.table_files import Importer, TableFile, table_file
from market.reference.catalogue import Catalogue
from tests.imports.sheets import Drawn, imported, sent, workbook
from tests.people import Client


def laid_out(
    body: bytes, catalogue: Catalogue, kind: str = "listings", name: str = "tep.csv", **answers: str
) -> TableFile:
    return table_file(
        open_book(body, name=name),
        kind=KINDS[kind],
        catalogue=catalogue,
        name=name,
        chosen={},
        answers=answers,
        options=Options(),
        importer=Importer("HTX", {"code": "82", "version": "2008"}),
    )


def values(table: TableFile) -> list[dict[str, Any]]:
    return [line.values for line in table.lines()]


TCVN3 = "stt,t\xaan h\xb5ng,\xaevt,gi\xb8,xu\xcat x\xf8\n1,b\xad\xebi n\xa8m roi,kg,35000,v\xdcnh long\n".encode(
    "latin-1"
)
VNI = "teân haøng,ñvt,giaù\nböôûi da xanh,kg,45000\nsaàu rieâng,kg,90000\n".encode("latin-1")
CP1258 = "tên hàng;đvt;sl tồn\nBưởi da xanh;Kg;4,5\nMướp hương;Tấn;1,25\nNgò rí;Kg;0\nCà rốt;Kg;#N/A\n"


def as_cp1258(text: str) -> bytes:
    """As Windows kept it: the letter, then its tone."""
    import unicodedata

    tones = "\u0300\u0301\u0303\u0309\u0323"
    kept = []
    for letter in unicodedata.normalize("NFD", text):
        kept.append(letter)
    joined = "".join(kept)
    out = ""
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(part for part in parts if part in tones)
        out += unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)) + tone
    assert joined
    return out.encode("cp1258")


def test_the_old_fonts_are_told_by_their_letters(catalogue: Catalogue) -> None:
    (one,) = values(laid_out(TCVN3, catalogue))
    assert (one["title"], one["unit"], one["price_vnd"]) == ("bưởi năm roi", "KGM", "35000")
    assert one["province"] == {"code": "86", "version": "2025"}
    assert [row["title"] for row in values(laid_out(VNI, catalogue))] == ["bưởi da xanh", "sầu riêng"]
    book = workbook([row.split(",") for row in VNI.decode("latin-1").splitlines()])
    assert [row["title"] for row in values(laid_out(book, catalogue, name="x.xlsx"))] == ["bưởi da xanh", "sầu riêng"]


def test_windows_1258_is_read_and_a_stock_of_nothing_is_not_an_unknown_one(catalogue: Catalogue) -> None:
    table = laid_out(as_cp1258(CP1258), catalogue)
    rows = list(table.lines())
    assert [row.values.get("stock") for row in rows] == ["4.5", "1.25", "0", None]
    assert rows[0].values["title"] == "Bưởi da xanh"
    assert [remark.code for remark in rows[3].remarks] == ["error-cell"]
    made = list(table.rows())
    assert made[1].body["capacity"][0]["quantity"] == "1.25"
    assert made[2].body["capacity"] == []
    assert "capacity" not in made[3].body


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_told(catalogue: Catalogue, encoding: str, sign: str) -> None:
    rows = [
        ("Tên sản phẩm", "ĐVT", "Giá", "Tỉnh"),
        ("Gạo lứt", "Tấn", "28.500.000", "Đồng Tháp"),
        ("Mật ong", "lít", "350.000", "Cà Mau"),
    ]
    body = "\r\n".join(sign.join(row) for row in rows).encode(encoding)
    assert [row["price_vnd"] for row in values(laid_out(body, catalogue))] == ["28500000", "350000"]
    declared = f"sep={sign}\r\n".encode() + "\r\n".join(sign.join(row) for row in rows).encode()
    assert len(values(laid_out(declared, catalogue))) == 2


def test_a_heading_over_two_rows_is_one_and_stars_and_days_are_read_in_every_spelling(catalogue: Catalogue) -> None:
    drawn = Drawn(
        rows=[
            ["DANH SÁCH SẢN PHẨM OCOP (giả lập)"],
            [],
            ["STT", "Tên sản phẩm", "Chủ thể", None, "Hạng", "Quyết định công nhận", None, "Còn hạn"],
            [None, None, "Tên", "Địa chỉ", None, "Số", "Ngày", None],
            [1, "Cam sành", "HTX A", "xã X", "3 sao", "1/QĐ", "05/11/2024", "x"],
            [2, "Bột quế", "HTX B", "xã X", "★★★", "1/QĐ", "5/11/2024", "x"],
            [3, "Tinh dầu bưởi", "HTX C", "xã X", "4*", "2/QĐ", 45658, "x"],
            [4, "Chiếu cói", "HTX D", "xã X", "4 sao", "2/QĐ", "12-2023", "x"],
            [5, "Du lịch cộng đồng", "HTX E", "xã X", 3, "3/QĐ", "2023", ""],
        ],
        merged=[
            ("A3:A4", "STT"),
            ("B3:B4", "Tên sản phẩm"),
            ("C3:D3", "Chủ thể"),
            ("E3:E4", "Hạng"),
            ("F3:G3", "Quyết định công nhận"),
        ],
    )
    rows = values(laid_out(workbook(drawn), catalogue, name="o.xlsx"))
    assert [row["ocop_level"] for row in rows] == [3, 3, 4, 4, 3]
    assert [row["decision_date"] for row in rows] == ["2024-11-05", "2024-11-05", "2025-01-01", "2023-12", "2023"]
    assert [row["organization"] for row in rows][:2] == ["HTX A", "HTX B"]


def test_the_same_heading_in_a_text_file_merges_nothing_and_is_found(catalogue: Catalogue) -> None:
    text = "STT,Tên sản phẩm,Chủ thể,,Hạng\n,,Tên,Địa chỉ,\n1,Cam sành,HTX A,xã X,3 sao\n"
    (row,) = values(laid_out(text.encode(), catalogue))
    assert (row["organization"], row["address"], row["ocop_level"]) == ("HTX A", "xã X", 3)


def test_totals_group_titles_and_repeated_headings_are_no_goods(catalogue: Catalogue) -> None:
    rows = [
        ["STT", "Tên hàng", "ĐVT", "Đơn giá", ""],
        ["I", "RAU CỦ", None, None],
        [1, "Cà rốt", "kg", 15000],
        ["STT", "Tên hàng", "ĐVT", "Đơn giá"],
        ["II", "TRÁI CÂY", None, None],
        [2, "Cam sành", "kg", 20000],
        [None, "Tổng cộng", None, 35000],
        [None, None, "Người lập", None],
    ]
    table = laid_out(workbook(rows), catalogue, name="x.xlsx")
    assert [row["title"] for row in values(table)] == ["Cà rốt", "Cam sành"]
    assert table.left_out() == "2, 4, 5, 7, 8"


def test_a_number_that_can_be_read_in_two_ways_is_told_by_its_column_or_asked(catalogue: Catalogue) -> None:
    def quantities(*cells: str) -> tuple[list[Any], list[str]]:
        body = "Tên hàng\tĐVT\tTồn\n" + "".join(f"Cà rốt {at}\tkg\t{cell}\n" for at, cell in enumerate(cells))
        table = laid_out(body.encode(), catalogue)
        return [row.get("stock") for row in values(table)], [one.id for one in table.layout.questions]

    assert quantities("1.500", "2,5") == (["1500", "2.5"], [])
    assert quantities("1.500", "2.25") == (["1.5", "2.25"], [])
    assert quantities("1.500", "2.000") == ([None, None], ["style:3"])
    body = "Tên hàng\tĐVT\tTồn\nCà rốt\tkg\t1.500\n".encode()
    assert values(laid_out(body, catalogue, **{"style:3": "1.000,5"}))[0]["stock"] == "1500"


@pytest.mark.parametrize(
    ("cell", "dong"),
    [
        ("14.000", "14000"), ("25.000 đ", "25000"), ("24,000", "24000"), ("1.9 tr", "1900000"), ("1tr9", "1900000"),
        ("70k", "70000"), ("1,2 tỷ", "1200000000"), ("1 tỷ 200 triệu", "1200000000"), ("500 triệu", "500000000"),
        ("3.400.000.000", "3400000000"), (28000.0, "28000"), ("45 000", "45000"),
        ("1.250.000,00", "1250000"), ("liên hệ", None), ("9.000 VNĐ", "9000"),
    ],
)  # fmt: skip
def test_money_is_read_as_people_write_it(catalogue: Catalogue, cell: Any, dong: str | None) -> None:
    assert money(cell, Reading(catalogue)) == dong


@pytest.mark.parametrize("cell", ["25.000 - 30.000", "10 USD", "rẻ"])
def test_money_that_is_no_one_number_of_dong_is_refused(catalogue: Catalogue, cell: str) -> None:
    with pytest.raises(Unreadable):
        money(cell, Reading(catalogue))


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("05/11/2024", date(2024, 11, 5)), ("5.11.24", date(2024, 11, 5)), (45658.0, date(2025, 1, 1)),
        ("45658", date(2025, 1, 1)), ("2024-11-05", date(2024, 11, 5)), ("ngày 5 tháng 11 năm 2024", date(2024, 11, 5)),
        ("12-2023", Partial("2023-12")), ("tháng 12/2023", Partial("2023-12")), ("2023", Partial("2023")),
    ],
)  # fmt: skip
def test_days_are_read_and_months_stay_months(catalogue: Catalogue, cell: Any, meant: Any) -> None:
    assert day(cell, Reading(catalogue)) == meant


def test_times_and_styles(catalogue: Catalogue) -> None:
    reading = Reading(catalogue)
    assert [clock_time(cell, reading) for cell in ("6h", "6h00", "5h30", "06:00", "trước 6 giờ", 0.25)] == [
        "06:00", "06:00", "05:30", "06:00", "06:00", "06:00",
    ]  # fmt: skip
    assert told_style(["1.234.567", "4"]) == "1.000,5"
    assert told_style(["1,5", "1.5"]) is None
    with pytest.raises(Unreadable, match=r"1500.*1\.5"):
        quantity("1.500", reading)


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def altered(body: bytes, **parts: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as before:
        kept = {name: before.read(name) for name in before.namelist()}
    return archive(**(kept | parts))


GOOD = workbook([["Tên hàng", "ĐVT", "Đơn giá"], ["Cà rốt", "kg", 15000]])
BAD_FILES: dict[str, bytes] = {
    "archive-bomb": altered(GOOD, **{"xl/media/x.bin": b"0" * 60_000_000}),
    "macros": altered(GOOD, **{"xl/vbaProject.bin": b"x"}),
    "damaged": GOOD[: len(GOOD) // 2],
    "empty": b" \r\n",
    "not-a-table": b"%PDF-1.7 not a table",
}


@pytest.mark.parametrize("code", BAD_FILES)
async def test_a_dangerous_file_is_refused_with_its_reason_and_nothing_is_left(client: Client, code: str) -> None:
    coop = await client.register("producer")
    answer = await sent(coop, BAD_FILES[code], "listings")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, code)
    assert (await coop.get("/imports")).json()["items"] == []


LONG = "Tên hàng,ĐVT,Đơn giá\n" + "Cà rốt,kg,15000\n" * 10_000
NUL_FILES = {
    "nothing else": b"\0" * 4,
    "in the first cell": "Tên hàng,ĐVT\nCà\0 rốt,kg\n".encode(),
    "far behind": (LONG + "Cà\0 rốt,kg,1\n").encode(),
    "UTF-16": "Tên hàng,ĐVT\nCà\0 rốt,kg\n".encode("utf-16"),
}


@pytest.mark.parametrize("name", NUL_FILES)
async def test_a_text_that_holds_a_nul_is_no_table(client: Client, name: str) -> None:
    coop = await client.register("producer")
    answer = await sent(coop, NUL_FILES[name], "listings", "hang.csv")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (400, "/file", "not-a-table")


async def test_links_to_other_files_and_a_million_empty_rows_do_no_harm(client: Client) -> None:
    coop = await client.register("producer")
    linked = altered(GOOD, **{"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    done = await imported(coop, linked, "listings")
    assert [remark["code"] for remark in done["remarks"] if remark["code"] == "external-links"]
    sheet = zipfile.ZipFile(io.BytesIO(GOOD)).read("xl/worksheets/sheet1.xml")
    rows = b"".join(b'<row r="%d" spans="1:1" ht="%d"/>' % (number, number % 97) for number in range(3, 400_000))
    long = altered(GOOD, **{"xl/worksheets/sheet1.xml": sheet.replace(b"</sheetData>", rows + b"</sheetData>")})
    assert len(open_book(long, name="x.xlsx").sheets[0].rows) == 2


def test_one_cell_in_the_last_corner_does_not_fill_the_memory() -> None:
    sheet = zipfile.ZipFile(io.BytesIO(GOOD)).read("xl/worksheets/sheet1.xml")
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with pytest.raises(UnreadableFile) as refused:
        open_book(altered(GOOD, **{"xl/worksheets/sheet1.xml": sheet.replace(b"</sheetData>", corner)}), name="x.xlsx")
    assert refused.value.code == "too-many-rows"


def test_two_sheets_ask_which_and_formulas_are_said(catalogue: Catalogue) -> None:
    first = Drawn(
        [["Tên hàng", "ĐVT", "Đơn giá"], ["Cà rốt", "kg", None]], "Rau", formulas={"C2": ("=10000*1.5", 15000)}
    )
    second = Drawn([["Tên hàng", "Số lượng", "ĐVT"], ["Cam", 5, "kg"]], "Cam")
    table = laid_out(workbook(first, second), catalogue, name="x.xlsx")
    assert [(one.id, [choice.value for choice in one.choices]) for one in table.open_questions] == [
        ("sheet", ["Rau", "Cam"])
    ]
    table = laid_out(workbook(first, second), catalogue, name="x.xlsx", sheet="Rau")
    assert (table.open_questions, values(table)[0]["price_vnd"]) == ([], "15000")
    assert {"formulas", "sheets-left"} <= {code for code, _, _ in table.layout.remarks}


def test_prices_in_thousands_days_in_titles_and_dashes_for_nothing_are_understood(catalogue: Catalogue) -> None:
    prices = [
        ["Tên hàng", "ĐVT", "Giá (nghìn đồng)", "Tồn"],
        ["Cà rốt", "kg", 15.5, "-"],
        ["Cam", "kg", "20", "1.250,5"],
    ]
    rows = values(laid_out(workbook(prices), catalogue, name="x.xlsx"))
    assert [(row["price_vnd"], row.get("stock")) for row in rows] == [("15500", None), ("20000", "1250.5")]
    order = [["ĐƠN ĐẶT HÀNG NGÀY 05/01/2027"], ["Tên hàng", "ĐVT", "SL đặt"], ["Hành tây", "Kg", 40]]
    table = laid_out(workbook(order), catalogue, kind="needs", name="x.xlsx")
    assert table.open_questions == []
    (need,) = table.rows()
    assert (need.body["lines"][0]["from"], need.body["lines"][0]["to"]) == ("2027-01-05", "2027-01-05")


def test_weeks_that_are_only_counted_and_tables_without_a_heading_are_asked_about(catalogue: Catalogue) -> None:
    plan = workbook([["Mặt hàng", "ĐVT", "Tuần 1", "Tuần 2"], ["Cà rốt", "kg", 3500, 3600]])
    assert [one.id for one in laid_out(plan, catalogue, kind="needs", name="x.xlsx").open_questions] == ["first_week"]
    (need,) = laid_out(plan, catalogue, kind="needs", name="x.xlsx", first_week="2027-01-04").rows()
    assert [line["from"] for line in need.body["lines"]] == ["2027-01-04", "2027-01-11"]
    bare = workbook([["Cà rốt", "kg", 12000], ["Cam", "kg", 20000]])
    assert [one.id for one in laid_out(bare, catalogue, name="x.xlsx").open_questions] == ["heading"]
    answers = {"heading": "0", "column:title": "1", "column:unit": "2", "column:price_vnd": "3"}
    rows = values(laid_out(bare, catalogue, name="x.xlsx", **answers))
    assert [(row["title"], row["unit"], row["price_vnd"]) for row in rows] == [
        ("Cà rốt", "KGM", "12000"),
        ("Cam", "KGM", "20000"),
    ]


def test_a_page_under_the_name_of_a_workbook_is_read_by_its_tables(catalogue: Catalogue) -> None:
    page = (
        "<html><body><p>Báo giá</p><table><tr><th rowspan=2>Tên hàng<th rowspan=2>ĐVT<th colspan=2>Giá</tr>"
        "<tr><th>Sỉ</th><th>Lẻ</th></tr>"
        "<tr><td>Bưởi &amp; cam</td><td>kg</td><td>40.000</td><td>45.000</td></tr></table>"
    )
    table = laid_out(page.encode(), catalogue, name="gia.xls", **{"column:price_vnd": "4"})
    assert [column.heading for column in table.layout.columns] == ["Tên hàng", "ĐVT", "Giá / Sỉ", "Giá / Lẻ"]
    assert values(table) == [{"title": "Bưởi & cam", "unit": "KGM", "price_vnd": "45000"}]
    with pytest.raises(UnreadableFile):
        open_book(b"<!DOCTYPE html><html><body>none</body></html>", name="gia.xls")


def test_two_provinces_in_one_cell_are_asked_about_and_one_with_its_place_is_read(catalogue: Catalogue) -> None:
    heading = ["Tên hàng", "ĐVT", "Giá", "Xuất xứ"]
    cells = ["Hưng Yên, Hải Dương", "Ninh Thuận/Bình Thuận", "Đà Lạt, Lâm Đồng", "Chợ Gạo - Tiền Giang"]
    table = laid_out(workbook([heading, *([f"Nho {cell}", "kg", 45000, cell] for cell in cells)]), catalogue)
    read = [line.values.get("province") or line.errors[0].code for line in table.lines()]
    assert read == ["ambiguous", "ambiguous", {"code": "68", "version": "2025"}, {"code": "82", "version": "2008"}]


def test_days_of_a_week_are_no_weeks(catalogue: Catalogue) -> None:
    rows = [["Mặt hàng", "ĐVT", "T2", "T3", "T4", "T5", "T6", "T7", "CN"], ["Sả", "kg", 5, None, 5, None, 5, None, 7]]
    asked = laid_out(workbook(rows), catalogue, kind="needs")
    assert [question.id for question in asked.open_questions] == ["monday"]
    assert laid_out(workbook(rows), catalogue, kind="needs", monday="2026-12-08").open_questions
    (need,) = laid_out(workbook(rows), catalogue, kind="needs", monday="2026-12-07").rows()
    assert [(line["from"], line["quantity"], line["per"]) for line in need.body["lines"]] == [
        ("2026-12-07", "5", "total"),
        ("2026-12-09", "5", "total"),
        ("2026-12-11", "5", "total"),
        ("2026-12-13", "7", "total"),
    ]


def test_goods_that_a_name_leaves_open_are_never_chosen(catalogue: Catalogue) -> None:
    rows = [["Mặt hàng", "ĐVT", "Số lượng", "Ngày giao"], ["dua", "kg", 50, date(2026, 12, 10)]]
    (need,) = laid_out(workbook(rows), catalogue, kind="needs").rows()
    assert [error.code for error in need.errors] == ["ambiguous"]
