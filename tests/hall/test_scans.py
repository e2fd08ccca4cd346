"""Papers printed, signed, scanned and sent: each scan finds its paper, or waits for a person."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pypdfium2
import pytest
import zxingcpp
from docx import Document
from PIL import Image

from market.agreements.paper.code import PaperCode, paper_code, read_paper_code
from market.config import Settings
from market.hall.scans.matching import Numbers, PaperHere, Papers, match, suggestions
from market.hall.scans.order import ScanOrder
from market.hall.scans.worker import read_scan
from tests.agreements.stories import Table, logged, signed, table
from tests.people import Client

DPI = 150


@pytest.fixture(autouse=True)
def _own_blobs(client: Client, tmp_path: Path) -> Iterator[None]:
    settings: Settings = client.app.state.settings
    before, settings.data_dir = settings.data_dir, tmp_path
    yield
    settings.data_dir = before


async def printed(who: Client, agreement: dict[str, Any]) -> bytes:
    answer = await who.get(f"/agreements/{agreement['id']}/document")
    assert answer.status_code == 200, answer.text
    return answer.content


def pages(pdf: bytes) -> list[Image.Image]:
    """The paper as it comes out of the printer."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]


def photographed(page: Image.Image, *, turned: float = 3.0, quality: int = 55, format_: str = "JPEG") -> bytes:
    """The page as a telephone sees it: on a table, not straight, grey, with noise, squeezed."""
    table_top = Image.new("L", (page.width + 200, page.height + 200), 120)
    table_top.paste(page.point(lambda value: 40 + value * 180 // 255), (100, 100))
    seen = table_top.rotate(turned, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=110)
    noise = Image.frombytes("L", seen.size, random.Random(7).randbytes(seen.width * seen.height))
    buffer = io.BytesIO()
    Image.blend(seen, noise, 0.12).save(buffer, format_, quality=quality)
    return buffer.getvalue()


def as_pdf(*images: Image.Image) -> bytes:
    """As a scanner writes it: pictures in a PDF, without text."""
    buffer = io.BytesIO()
    images[0].save(buffer, "PDF", save_all=True, append_images=images[1:], resolution=DPI)
    return buffer.getvalue()


async def sent(who: Client, around: Table, *files: tuple[str, bytes]) -> httpx.Response:
    return await who.post(f"/events/{around.event['id']}/scans", files=[("files", file) for file in files])


async def taken(who: Client, around: Table, *files: tuple[str, bytes]) -> dict[str, Any]:
    answer = await sent(who, around, *files)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def documents(who: Client, agreement: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await who.get(f"/agreements/{agreement['id']}/documents")).json()["items"]
    return items


async def test_a_printed_draft_comes_back_as_a_photo_and_finds_its_paper(client: Client) -> None:
    around = await table(client)
    first, second = [await logged(around.organizer, around.paper()) for _ in range(2)]
    photo = photographed(pages(await printed(around.organizer, second))[0])

    said = await taken(around.organizer, around, ("IMG_2041.jpg", photo))

    assert (said["attached"], said["waiting"], said["refused"]) == (1, 0, 0)
    scan = said["items"][0]["scan"]
    assert (scan["number"], scan["matched_by"], scan["version_printed"]) == (second["number"], "code", 1)
    kept = await documents(around.organizer, second)
    assert [(one["id"], one["kind"], one["file_name"]) for one in kept] == [(scan["document"], "scan", "IMG_2041.jpg")]
    assert await documents(around.organizer, first) == []
    body = await around.organizer.get(f"/agreements/{second['id']}/documents/{scan['document']}")
    assert body.content == photo


async def test_every_page_of_a_paper_bears_its_code(client: Client) -> None:
    around = await table(client)
    long = await logged(around.organizer, around.paper(clauses="Điều khoản dài.\n" * 120))
    found = pages(await printed(around.organizer, long))
    assert len(found) > 1
    for page in found:
        codes = [code.text for code in zxingcpp.read_barcodes(page)]
        assert [read_paper_code(code) for code in codes] == [PaperCode(long["number"], 1)]


async def test_the_word_document_bears_the_code_too(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())
    body = (await around.organizer.get(f"/agreements/{draft['id']}/document?format=docx")).content
    footer = Document(io.BytesIO(body)).sections[0].footer
    pictures = [part.blob for part in footer.part.related_parts.values() if part.content_type == "image/png"]
    codes = [code.text for picture in pictures for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))]
    assert codes == [paper_code(draft["number"], 1)]


@pytest.mark.parametrize("turned", [0, 90, 177, 271])
async def test_a_scan_may_lie_any_way_round_and_in_any_kind_of_file(client: Client, turned: int) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())
    page = pages(await printed(around.organizer, draft))[0]
    lying = page.rotate(turned, expand=True, fillcolor=255)
    blank = Image.new("L", page.size, 255)
    files = [
        ("quét.jpg", photographed(page, turned=turned)),
        ("quét.png", photographed(page, turned=turned, format_="PNG")),
        ("quét.pdf", as_pdf(blank, lying)),
    ]
    said = await taken(around.organizer, around, *files)
    assert [item["became"] for item in said["items"]] == ["attached"] * 3
    assert len(await documents(around.organizer, draft)) == 3


async def test_without_a_code_the_number_in_the_text_or_in_the_name_tells_the_paper(client: Client) -> None:
    around = await table(client)
    by_name = await logged(around.organizer, around.paper())
    by_printed = await logged(around.organizer, around.paper(paper_number="12/HĐ-MB"))
    by_text = await logged(around.organizer, around.paper())
    blank = Image.new("L", (600, 800), 255)
    said = await taken(
        around.organizer,
        around,
        (f"ký {by_name['number']}.jpg", photographed(blank)),
        ("12-HD-MB.pdf", as_pdf(blank)),
        ("scan0001.pdf", text_pdf(f"Số {by_text['number']}")),
    )
    assert [(item["became"], item["scan"]["matched_by"], item["scan"]["number"]) for item in said["items"]] == [
        ("attached", "name", by_name["number"]),
        ("attached", "name", by_printed["number"]),
        ("attached", "text", by_text["number"]),
    ]


def text_pdf(text: str) -> bytes:
    """As a program on a telephone writes it that has read the page."""
    stream = b"BT /F1 12 Tf 72 700 Td (" + text.encode("latin-1", "ignore") + b") Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, part)
    table_at = len(body)
    body += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % table_at


async def test_what_is_told_by_nothing_waits_with_suggestions_until_a_person_assigns_it(client: Client) -> None:
    around = await table(client)
    mine = await logged(around.organizer, around.paper())
    blank = photographed(Image.new("L", (600, 800), 255))
    said = await taken(around.organizer, around, ("ban thu.jpg", blank))
    scan = said["items"][0]["scan"]
    assert (said["waiting"], scan["state"], scan["cause"], scan["agreement"]) == (1, "waiting", "no-number", None)
    assert [(one["number"], one["why"]) for one in scan["suggestions"]] == [(mine["number"], "party-in-name")]

    path = f"/events/{around.event['id']}/scans"
    waiting = (await around.organizer.get(f"{path}?state=waiting")).json()["items"]
    assert [one["id"] for one in waiting] == [scan["id"]]
    assert (await around.organizer.get(f"{path}/{scan['id']}")).content == blank
    answer = await around.organizer.post(f"{path}/{scan['id']}/assign", {"number": "2026-NT01-9999"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/number")
    answer = await around.organizer.post(f"{path}/{scan['id']}/assign", {"number": mine["number"]})
    assert (answer.status_code, answer.json()["matched_by"]) == (200, "person")
    assert len(await documents(around.organizer, mine)) == 1
    again = await around.organizer.post(f"{path}/{scan['id']}/assign", {"number": mine["number"]})
    assert (again.status_code, again.json()["code"]) == (409, "scan-attached")
    assert (await around.organizer.get(f"{path}?state=waiting")).json()["items"] == []


async def test_the_same_file_again_attaches_nothing_twice(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())
    photo = photographed(pages(await printed(around.organizer, draft))[0])
    blank = photographed(Image.new("L", (600, 800), 255))
    files = [("a.jpg", photo), ("b.jpg", photo), ("c.jpg", blank)]
    first = await taken(around.organizer, around, *files)
    assert [item["became"] for item in first["items"]] == ["attached", "known", "waiting"]
    second = await taken(around.organizer, around, *files)
    assert (second["known"], second["attached"], second["waiting"]) == (3, 0, 0)
    assert len(await documents(around.organizer, draft)) == 1
    assert len((await around.organizer.get(f"/events/{around.event['id']}/scans")).json()["items"]) == 2


async def test_what_was_attached_by_hand_is_not_attached_again(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())
    photo = photographed(pages(await printed(around.organizer, draft))[0])
    made = await around.organizer.post(f"/agreements/{draft['id']}/documents", files={"file": ("ký.jpg", photo)})
    said = await taken(around.organizer, around, ("a.jpg", photo))
    assert (said["attached"], said["items"][0]["scan"]["document"]) == (1, made.json()["id"])
    assert len(await documents(around.organizer, draft)) == 1


async def test_a_scan_at_the_wrong_paper_is_taken_back_and_goes_to_the_right_one(client: Client) -> None:
    around = await table(client)
    wrong, right = [await logged(around.organizer, around.paper()) for _ in range(2)]
    photo = photographed(pages(await printed(around.organizer, wrong))[0])
    scan = (await taken(around.organizer, around, ("a.jpg", photo)))["items"][0]["scan"]
    path = f"/events/{around.event['id']}/scans"
    taken_back = f"/agreements/{wrong['id']}/documents/{scan['document']}/withdraw"
    assert (await around.organizer.post(taken_back, {"reason": "Nhầm bản"})).status_code == 200
    listed = (await around.organizer.get(path)).json()["items"]
    assert [one["state"] for one in listed] == ["withdrawn"]
    answer = await around.organizer.post(f"{path}/{scan['id']}/assign", {"number": right["number"]})
    assert (answer.status_code, answer.json()["state"]) == (200, "attached")
    assert await documents(around.organizer, wrong) == []
    assert [one["sha256"] for one in await documents(around.organizer, right)] == [scan["sha256"]]


async def test_what_is_no_paper_is_set_aside_and_may_come_back(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())
    blank = photographed(Image.new("L", (600, 800), 255))
    scan = (await taken(around.organizer, around, ("trưa.jpg", blank)))["items"][0]["scan"]
    path = f"/events/{around.event['id']}/scans/{scan['id']}"
    assert (await around.organizer.post(f"{path}/set-aside")).json()["state"] == "set_aside"
    assert (await around.organizer.post(f"{path}/assign", {"number": draft["number"]})).json()["state"] == "attached"


async def test_broken_files_come_back_with_reasons_and_the_good_are_kept(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())
    page = pages(await printed(around.organizer, draft))[0]
    huge = b"%PDF-1.7 " + b"0" * client.app.state.settings.max_attachment_bytes
    torn = b"%PDF-1.4 torn"
    files = [("a.exe", b"MZ"), ("b.pdf", huge), ("c.pdf", torn), ("d.jpg", photographed(page)), ("e.pdf", b"")]
    said = await taken(around.organizer, around, *files)
    assert [item["became"] for item in said["items"]] == ["refused", "refused", "waiting", "attached", "refused"]
    codes = [error["code"] for item in said["items"] for error in item["errors"]]
    assert codes == ["type-unknown", "too-large", "empty"]
    assert said["items"][2]["scan"]["cause"] == "unread"


async def test_papers_of_other_events_and_of_other_parties_wait(client: Client) -> None:
    around = await table(client)
    elsewhere = await logged(around.organizer, around.paper(event=None))
    theirs = await signed(around.seller, around.paper())
    files = [
        ("a.jpg", photographed(pages(await printed(around.organizer, elsewhere))[0])),
        ("b.jpg", photographed(pages(await printed(around.officer, theirs))[0])),
    ]
    said = await taken(around.organizer, around, *files)
    assert [item["scan"]["cause"] for item in said["items"]] == ["unknown-number", "not-yours"]
    assert await documents(around.officer, theirs) == []
    scan = said["items"][1]["scan"]
    path = f"/events/{around.event['id']}/scans/{scan['id']}/assign"
    assert (await around.organizer.post(path, {"number": theirs["number"]})).status_code == 403
    assert (await around.officer.post(path, {"number": theirs["number"]})).status_code == 200
    assert len(await documents(around.officer, theirs)) == 1


async def test_a_file_with_several_papers_waits_and_names_them(client: Client) -> None:
    around = await table(client)
    papers = [await logged(around.organizer, around.paper()) for _ in range(2)]
    both = as_pdf(*[pages(await printed(around.organizer, paper))[0] for paper in papers])
    scan = (await taken(around.organizer, around, ("cả hai.pdf", both)))["items"][0]["scan"]
    assert (scan["state"], scan["cause"]) == ("waiting", "several-papers")
    assert {(one["number"], one["why"]) for one in scan["suggestions"]} == {
        (paper["number"], "number-read") for paper in papers
    }


async def test_a_device_of_the_desk_sends_scans_and_strangers_do_not(client: Client) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())
    made = await around.organizer.post(f"/events/{around.event['id']}/devices", {"name": "Máy quét"})
    desk = replace(around.organizer, token=made.json()["token"], organization={}, user={})
    photo = photographed(pages(await printed(around.organizer, draft))[0])
    assert (await sent(around.buyer, around, ("a.jpg", photo))).status_code == 403
    said = await taken(desk, around, ("a.jpg", photo))
    assert said["attached"] == 1
    assert (await around.buyer.get(f"/events/{around.event['id']}/scans")).status_code == 403


async def test_two_phones_that_send_the_same_at_once_attach_it_once(own_client: Client) -> None:
    around = await table(own_client)
    draft = await logged(around.organizer, around.paper())
    photo = photographed(pages(await printed(around.organizer, draft))[0])
    both = await asyncio.gather(*(taken(around.organizer, around, ("a.jpg", photo)) for _ in range(2)))
    assert sorted(said["items"][0]["became"] for said in both) == ["attached", "known"]
    assert len(await documents(around.organizer, draft)) == 1


def test_a_picture_with_too_many_pixels_is_not_decoded() -> None:
    buffer = io.BytesIO()
    Image.new("L", (6000, 4000), 255).save(buffer, "PNG")
    read = read_scan(ScanOrder(buffer.getvalue(), "PNG", 20_000_000))
    assert (read.codes, read.whole) == ([], False)


def test_what_stands_on_the_paper_goes_before_the_name_of_the_file() -> None:
    here = [PaperHere(uuid4(), f"2026-NT01-000{n}", None, ["HTX Hoa Lộc", "Siêu thị Mẫu"]) for n in (1, 2)]
    papers = Papers(here)
    said = Numbers([PaperCode("2026-NT01-0001", 3)], (), "2026-NT01-0002")
    assert (match(said, papers).paper, match(said, papers).version) == (here[0].id, 3)
    assert match(Numbers(name="2026-nt01-0002 (1)"), papers).paper == here[1].id
    assert match(Numbers(name="2026_NT01_0001 2026_NT01_0002"), papers).cause == "several-papers"
    assert [one.why for one in suggestions(Numbers(name="hoa loc"), papers)] == ["party-in-name"] * 2
    assert [one.paper.number for one in suggestions(Numbers(name="bản 2"), papers)] == ["2026-NT01-0002"]
    assert {one.why for one in suggestions(Numbers(name="IMG"), papers)} == {"no-scan-yet"}


@pytest.mark.parametrize("text", ["", "https://example.org", "MARKET:12:1", "MARKET:2026-NT01-0007", "2026-NT01-0007"])
def test_other_codes_on_a_page_name_no_paper(text: str) -> None:
    assert read_paper_code(text) is None
