"""Lists as files: what the caller may see, typed, frozen, filtered, safe, and read back without a difference."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import shutil
import zipfile
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Any

import pytest

from market.imports.sheets.opening import open_book
from tests.imports.sheets import brought, imported, run, workbook
from tests.people import Client

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def offered(who: Client, title: str, **more: Any) -> Any:
    body = {"title": title, "province": {"code": "82", "version": "2008"}, "unit": "KGM", **more}
    answer = await who.post("/listings", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_list_is_a_workbook_when_asked_for_by_format_or_by_accept(client: Client) -> None:
    coop = await client.register("producer")
    for number in range(130):
        await offered(coop, f"Thanh long {number}", price_vnd=28000 + number)
    by_format = await coop.get("/listings?status=any&format=xlsx")
    by_accept = await coop.get("/listings?status=any", headers={"Accept": XLSX})
    assert by_format.headers["content-type"] == XLSX
    assert "attachment" in by_format.headers["content-disposition"]
    assert by_format.content == by_accept.content
    rows = open_book(by_format.content, name="x.xlsx").sheets[0].rows
    assert rows[0][:4] == ["Mã trên Market", "Tên hàng", "ĐVT", "Đơn giá"]
    assert len(rows) == 131
    assert rows[1][3] == 28129.0
    xml = zipfile.ZipFile(io.BytesIO(by_format.content)).read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in xml
    assert '<autoFilter ref="A1:R131"/>' in xml
    text = await coop.get("/listings?status=any", headers={"Accept": "text/csv"})
    assert text.headers["content-type"].startswith("text/csv")
    assert len(list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))) == 131


async def test_what_begins_like_a_formula_stays_text_on_the_way_out_and_back(client: Client) -> None:
    coop = await client.register("producer")
    titles = ['=HYPERLINK("http://vi.example","Cam")', "+84 Cam Mẫu", "@cam", "-Cam sành"]
    for title in titles:
        await offered(coop, title)
    book = (await coop.get("/listings?status=any&format=xlsx")).content
    assert not re.search(rb"<f[ >]", zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml"))
    text = (await coop.get("/listings?status=any&format=csv")).content
    cells = [row[1] for row in csv.reader(io.StringIO(text.decode("utf-8-sig")))]
    assert not any(re.match(r"[=+\-@\t\r]", cell) for cell in cells)
    for body, name in ((book, "x.xlsx"), (text, "x.csv")):
        assert {str(row[1]) for row in open_book(body, name=name).sheets[0].rows[1:]} == set(titles)


async def test_a_workbook_exported_changed_and_imported_again_differs_only_where_it_was_changed(client: Client) -> None:
    coop = await client.register("producer")
    await offered(coop, "Thanh long ruột đỏ", price_vnd=28000, moq="1.5", packaging="thùng 10 kg", cold_chain=True)
    await offered(coop, "Mật ong hoa nhãn", unit="LTR", price_vnd=180000)
    for format_ in ("xlsx", "csv"):
        body = (await coop.get(f"/listings?status=any&format={format_}")).content
        done = await imported(coop, body, "listings", f"xuat.{format_}")
        assert (done["counts"]["unchanged"], done["counts"]["created"], done["counts"]["refused"]) == (2, 0, 0)
    body = (await coop.get("/listings?status=any&format=csv")).content.replace(b"28000", b"29500")
    task = await brought(coop, body, "listings", "xuat.csv")
    done = await run(coop, task)
    assert (done["counts"]["updated"], done["counts"]["unchanged"]) == (1, 1)
    there = (await coop.get("/listings?status=any")).json()["items"]
    assert sorted(item["price_vnd"] for item in there) == [29500, 180000]


OFFICE = shutil.which("soffice")


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not on this machine")
@pytest.mark.parametrize("format_", ["xlsx", "ods", "xls"])
async def test_a_workbook_that_libreoffice_saved_again_is_imported_without_a_difference(
    client: Client, tmp_path: Path, format_: str
) -> None:
    coop = await client.register("producer")
    await offered(coop, "Thanh long ruột đỏ", price_vnd=28000, moq="1.5", packaging="thùng 10 kg", cold_chain=True)
    await offered(coop, "Mật ong hoa nhãn", unit="LTR", price_vnd=180000)
    file, kept = tmp_path / "xuat.xlsx", tmp_path / "lai"
    file.write_bytes((await coop.get("/listings?status=any&format=xlsx")).content)
    profile = f"-env:UserInstallation=file://{tmp_path / 'ho-so'}"
    words = (str(OFFICE), "--headless", profile, "--convert-to", format_, "--outdir", str(kept), str(file))
    office = await asyncio.create_subprocess_exec(*words, stdout=DEVNULL, stderr=DEVNULL)
    assert await asyncio.wait_for(office.wait(), 120) == 0
    done = await imported(coop, (kept / f"xuat.{format_}").read_bytes(), "listings", f"xuat.{format_}")
    assert (done["counts"]["unchanged"], done["counts"]["updated"], done["counts"]["refused"]) == (2, 0, 0)


async def test_a_file_holds_only_what_the_caller_may_see(client: Client) -> None:
    coop, stranger = await client.register("producer"), await client.register("producer")
    await offered(coop, "Bưởi da xanh")
    rows = open_book((await coop.get("/listings?status=any&format=xlsx")).content, name="x").sheets[0].rows
    assert len(rows) == 2
    of_strangers = (await stranger.get("/listings?status=any&format=xlsx")).content
    assert len(open_book(of_strangers, name="x").sheets[0].rows) == 1
    assert (await client.get("/imports?format=xlsx")).status_code == 401


async def test_reports_are_files_too_and_a_single_thing_is_not(client: Client) -> None:
    officer = await client.officer()
    for path in ("/agreements/totals?by=instrument", "/reports/conversion", "/reports/values", "/events"):
        answer = await officer.get(f"{path}{'&' if '?' in path else '?'}format=xlsx")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == XLSX, path
    coop = await client.register("producer")
    listing = await offered(coop, "Bưởi da xanh")
    assert (await coop.get(f"/listings/{listing['id']}", headers={"Accept": XLSX})).json()["id"] == listing["id"]
    assert (await coop.get("/listings?status=any&limit=500")).status_code == 400


async def test_a_template_is_filled_in_and_read_without_a_question(client: Client) -> None:
    for kind in ("listings", "needs", "registrations", "delegates", "agreements", "prices"):
        answer = await client.get(f"/imports/templates/{kind}?category=citrus")
        answer = await client.get(f"/imports/templates/{kind}")
        assert answer.status_code == 200, answer.text
        assert b"dataValidation" in zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml") or (
            kind in ("registrations", "delegates")
        )
    headings = open_book((await client.get("/imports/templates/listings")).content, name="mau.xlsx").sheets[0].rows[0]
    coop = await client.register("producer")
    row = {"Tên hàng": "Cam sành", "ĐVT": "kilôgam", "Đơn giá": 20000, "Xuất xứ": "Vĩnh Long"}
    body = workbook([list(headings), [row.get(str(heading)) for heading in headings]])
    done = await imported(coop, body, "listings")
    assert done["counts"]["created"] == 1
    assert (await client.get("/imports/templates/gi-do")).status_code == 404
