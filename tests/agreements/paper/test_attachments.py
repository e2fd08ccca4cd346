from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from market.attachments.models import Attachment
from market.config import Settings
from market.core.changes import Change
from market.core.file_types import PDF, PNG, checked_type
from market.core.uploads import clean_file_name
from tests.agreements.stories import Table, logged, signed, table
from tests.people import SEEN, Client

SCAN = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PHOTO = b"\xff\xd8\xff\xe0" + b"\0" * 40
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(autouse=True)
def blobs(client: Client, tmp_path: Path) -> Iterator[Path]:
    """A data directory of this test alone; the blobs lie in it."""
    settings: Settings = client.app.state.settings
    before, settings.data_dir = settings.data_dir, tmp_path
    yield tmp_path / "blobs"
    settings.data_dir = before


def kept(blobs: Path) -> list[Path]:
    return [path for path in blobs.rglob("*") if path.is_file()]


def office(*parts: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, body in parts:
            archive.writestr(name, body)
    return buffer.getvalue()


DOCUMENT = office(("word/document.xml", b"<w/>"))
BOOK = office(("xl/workbook.xml", b"<w/>"))


async def send(
    who: Client, path: str, body: bytes, *, name: str = "bản ký.pdf", declared: str | None = None, **fields: str
) -> httpx.Response:
    file = (name, body, declared) if declared else (name, body)
    return await who.post(path, files={"file": file}, data=fields)


async def around_paper(client: Client) -> tuple[Table, dict[str, Any], str]:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    return around, agreement, f"/agreements/{agreement['id']}/documents"


async def test_a_scan_is_kept_by_its_content_and_comes_back_as_it_was(client: Client, blobs: Path) -> None:
    around, _, path = await around_paper(client)
    answer = await send(around.seller, path, SCAN, name="Bản ký 01.PDF", kind="scan")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    sha256 = hashlib.sha256(SCAN).hexdigest()
    assert {name: made[name] for name in ("kind", "file_name", "content_type", "size", "sha256")} == {
        "kind": "scan",
        "file_name": "Bản ký 01.pdf",
        "content_type": "application/pdf",
        "size": len(SCAN),
        "sha256": sha256,
    }
    assert [file.name for file in kept(blobs)] == [sha256]

    assert answer.headers["location"] == f"/api/v1{path}/{made['id']}"
    for insider in (around.buyer, around.organizer, around.officer):
        download = await insider.get(f"{path}/{made['id']}")
        assert (download.status_code, download.content) == (200, SCAN)
    assert download.headers["etag"] == f'"{sha256}"'
    assert download.headers["content-type"] == "application/pdf"
    assert download.headers["x-content-type-options"] == "nosniff"
    assert "filename*=UTF-8''B%E1%BA%A3n%20k%C3%BD%2001.pdf" in download.headers["content-disposition"]
    again = await around.buyer.get(f"{path}/{made['id']}", headers={"If-None-Match": download.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert [item["id"] for item in (await around.buyer.get(path)).json()["items"]] == [made["id"]]

    async with client.app.state.sessions() as session:
        assert (await session.get(Attachment, made["id"])).uploaded_by is not None


@pytest.mark.parametrize(
    ("body", "name", "declared", "kept_as"),
    [
        (PICTURE, "a.png", "image/png", "image/png"),
        (PHOTO, "a.JPEG", "image/jpg", "image/jpeg"),
        (DOCUMENT, "a.docx", WORD, WORD),
        (
            BOOK,
            "a.xlsx",
            "application/octet-stream",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (SCAN, "khong-duoi", "application/octet-stream", "application/pdf"),
    ],
)
async def test_the_type_is_told_by_the_content(
    client: Client, body: bytes, name: str, declared: str, kept_as: str
) -> None:
    around, _, path = await around_paper(client)
    answer = await send(around.seller, path, body, name=name, declared=declared, kind="annex")
    assert answer.status_code == 201, answer.text
    assert answer.json()["content_type"] == kept_as


def bomb() -> bytes:
    return office(("word/document.xml", b"\0" * 30_000_000))


def overlapping() -> bytes:
    """Two entries of the directory that name the same bytes."""
    archive = office(("word/document.xml", b"x" * 100))
    end = archive.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", archive[end + 16 : end + 20])[0]
    second = archive.index(b"PK\x01\x02", start + 4)
    entry = archive[second:end].replace(b"word/document.xml", b"word/documenu.xml")
    tail = bytearray(archive[end:])
    struct.pack_into("<HHII", tail, 8, 3, 3, end - start + len(entry), start)
    return archive[:end] + entry + bytes(tail)


@pytest.mark.parametrize(
    ("body", "name", "declared", "code"),
    [
        (SCAN, "anh.png", "application/pdf", "type-mismatch"),
        (SCAN, "anh.pdf", "image/png", "type-mismatch"),
        (DOCUMENT, "bang.xlsx", "application/octet-stream", "type-mismatch"),
        (b"MZ\x90\0" + b"\0" * 60, "ban-ky.pdf", "application/pdf", "type-unknown"),
        (b"<html><script>alert(1)</script>", "ban-ky.pdf", "application/pdf", "type-unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml", "type-unknown"),
        (b"PK\x03\x04 but no archive", "a.docx", WORD, "type-unknown"),
        (office(("something.txt", b"else")), "a.docx", WORD, "type-unknown"),
        (b"", "a.pdf", "application/pdf", "empty"),
        (bomb(), "a.docx", WORD, "archive-bomb"),
        (overlapping(), "a.docx", WORD, "archive-bomb"),
        (office(("word/document.xml", b"<w/>"), ("word/vbaProject.bin", b"x")), "a.docx", WORD, "macros"),
    ],
)
async def test_what_is_not_what_it_says_is_refused_with_a_reason_and_leaves_nothing(
    client: Client, blobs: Path, body: bytes, name: str, declared: str, code: str
) -> None:
    around, _, path = await around_paper(client)
    answer = await send(around.seller, path, body, name=name, declared=declared)
    assert answer.status_code == 400, answer.text
    error = answer.json()["errors"][0]
    assert (error["pointer"], error["code"]) == ("/file", code)
    assert error["message"]
    assert kept(blobs) == []
    assert (await around.seller.get(path)).json()["items"] == []


async def test_a_file_of_200_mb_is_refused_before_it_is_read(client: Client, blobs: Path) -> None:
    around, _, path = await around_paper(client)
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(200):
            read += 1
            yield b"\0" * 1024 * 1024

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(200 * 1024 * 1024)}
    answer = await around.seller.request("POST", path, content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert kept(blobs) == []


async def test_a_file_that_hides_its_size_is_cut_off(client: Client, blobs: Path) -> None:
    around, _, path = await around_paper(client)
    sent = 0

    async def form() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'
        for _ in range(200):
            sent += 1
            yield b"\0" * 1024 * 1024

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await around.seller.request("POST", path, content=form(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert sent < 40
    assert kept(blobs) == []


async def test_the_bound_is_of_the_file_itself(client: Client) -> None:
    around, _, path = await around_paper(client)
    most = client.app.state.settings.max_attachment_bytes
    whole = SCAN + b"\0" * (most - len(SCAN))
    assert (await send(around.seller, path, whole)).status_code == 201
    assert (await send(around.seller, path, whole + b"\0")).status_code == 413


async def test_the_same_content_is_attached_once_and_kept_once(client: Client, blobs: Path) -> None:
    around, _, path = await around_paper(client)
    other = await signed(around.organizer, around.paper())
    assert (await send(around.seller, path, SCAN)).status_code == 201
    again = await send(around.buyer, path, SCAN, name="ten-khac.pdf")
    assert (again.status_code, again.json()["code"]) == (409, "already-attached")
    assert (await send(around.seller, f"/agreements/{other['id']}/documents", SCAN)).status_code == 201
    assert len(kept(blobs)) == 1


async def test_files_are_for_insiders_only(client: Client, blobs: Path) -> None:
    around, _, path = await around_paper(client)
    made = (await send(around.seller, path, SCAN)).json()
    stranger = await client.register("buyer")
    for address in (path, f"{path}/{made['id']}"):
        assert (await stranger.get(address)).status_code == 403
        assert (await client.get(address)).status_code == 401
    assert (await send(stranger, path, PICTURE, name="a.png")).status_code == 403
    assert len(kept(blobs)) == 1


async def test_a_file_is_found_under_its_own_agreement_alone(client: Client) -> None:
    around, _, path = await around_paper(client)
    made = (await send(around.seller, path, SCAN)).json()
    other = await signed(around.organizer, around.paper())
    assert (await around.seller.get(f"/agreements/{other['id']}/documents/{made['id']}")).status_code == 404


async def test_a_form_has_one_file_and_known_fields(client: Client) -> None:
    around, _, path = await around_paper(client)
    nothing = await around.seller.post(path, data={"kind": "scan"})
    two = await around.seller.post(path, files=[("file", ("a.pdf", SCAN)), ("file", ("b.pdf", SCAN))])
    elsewhere = await around.seller.post(path, files={"tep": ("a.pdf", SCAN)})
    assert {answer.json()["errors"][0]["code"] for answer in (nothing, two, elsewhere)} == {"file-missing"}
    assert (await send(around.seller, path, SCAN, kind="gì đó")).json()["errors"][0]["pointer"] == "/kind"
    assert (await send(around.seller, path, SCAN, la="1")).json()["errors"][0]["pointer"] == "/la"


async def test_sending_a_file_again_with_its_key_makes_no_second(client: Client) -> None:
    around, _, path = await around_paper(client)
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + SCAN + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": "tep-1"}
    first = await around.seller.request("POST", path, content=form, headers=headers)
    again = await around.seller.request("POST", path, content=form, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nnothing"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data", b"--x--"),
        ("application/json", b"{}"),
    ],
)
async def test_what_is_no_form_is_refused(client: Client, content_type: str, body: bytes) -> None:
    around, _, path = await around_paper(client)
    answer = await around.seller.request("POST", path, content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 400, answer.text


async def test_a_file_that_was_altered_where_it_lies_is_not_given_out(client: Client, blobs: Path) -> None:
    around, _, path = await around_paper(client)
    made = (await send(around.seller, path, SCAN)).json()
    kept(blobs)[0].write_bytes(SCAN + b"them")
    answer = await around.seller.get(f"{path}/{made['id']}")
    assert (answer.status_code, answer.json()["code"]) == (500, "blob-damaged")
    kept(blobs)[0].unlink()
    assert (await around.seller.get(f"{path}/{made['id']}")).json()["code"] == "blob-damaged"


async def test_the_evidence_of_a_certificate_is_for_its_organization_and_officers(client: Client) -> None:
    owner, stranger, officer = await client.register(), await client.register(), await client.officer()
    body = {"scheme": "vietgap", "issuer": "Trung tâm Mẫu", "number": "VG-1", "issued_on": "2026-01-05"}
    recorded = await owner.post("/certificates", body)
    assert recorded.status_code == 201, recorded.text
    certificate = recorded.json()
    path = f"/certificates/{certificate['id']}/evidence"
    made = await send(owner, path, PHOTO, name="giay.jpg")
    assert made.status_code == 201, made.text
    assert made.json()["kind"] == "evidence"
    assert (await officer.get(f"{path}/{made.json()['id']}")).content == PHOTO
    assert (await stranger.get(path)).status_code == 404
    assert (await officer.post(f"/certificates/{certificate['id']}/verify", SEEN)).status_code == 200
    assert (await stranger.get(path)).status_code == 403
    assert (await stranger.get(f"{path}/{made.json()['id']}")).status_code == 403


@pytest.mark.parametrize(
    ("sent", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Giấy tờ\\ký.pdf", "ký.pdf"),
        ("a\u202efdp.exe", "afdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        (".pdf", "tai-lieu.pdf"),
        ("x" * 500 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_a_file_name_is_only_a_name(sent: str, clean: str) -> None:
    assert clean_file_name(sent, PDF) == clean


def test_a_picture_may_be_called_as_programs_call_it() -> None:
    assert checked_type(PICTURE, file_name="a.PNG", declared="image/png; charset=binary") is PNG


async def test_a_wrong_upload_is_withdrawn_by_who_sent_it_and_stays_in_the_history(client: Client) -> None:
    around, _, path = await around_paper(client)
    made = (await send(around.seller, path, SCAN, name="nhầm.pdf")).json()
    withdraw = f"{path}/{made['id']}/withdraw"

    by_other_side = await around.buyer.post(withdraw)
    by_stranger = await (await client.register("buyer")).post(withdraw)
    done = await around.seller.post(withdraw, {"reason": "Nhầm tệp của hợp đồng khác"})
    again = await around.seller.post(withdraw)

    assert (by_other_side.status_code, by_stranger.status_code) == (403, 403)
    assert (done.status_code, done.json()["withdrawn_at"] is not None) == (200, True)
    assert (again.status_code, again.json()["code"]) == (409, "already-withdrawn")
    assert (await around.buyer.get(path)).json()["items"] == []
    history = (await around.buyer.get(path, params={"withdrawn": "true"})).json()["items"]
    assert [(item["id"], item["sha256"]) for item in history] == [(made["id"], hashlib.sha256(SCAN).hexdigest())]
    assert (await around.buyer.get(f"{path}/{made['id']}")).status_code == 404
    assert (await around.officer.get(f"{path}/{made['id']}")).content == SCAN
    async with client.app.state.sessions() as session:
        rows = select(Change).where(Change.entity == "attachment", Change.entity_id == UUID(made["id"]))
        verbs = {change.verb: change.diff for change in await session.scalars(rows)}
    assert verbs.keys() == {"create", "withdraw"}
    assert verbs["withdraw"]["withdrawal_reason"] == ["***", "***"]
    assert (await send(around.seller, path, SCAN, name="đúng.pdf")).status_code == 201


async def test_evidence_that_somebody_verified_by_is_withdrawn_by_officers_only(client: Client) -> None:
    cooperative, officer = await client.register(), await client.officer()
    body = {"scheme": "vietgap", "issuer": "Tổ chức Thử", "issued_on": "2026-01-15", "number": "VG-1"}
    certificate = (await cooperative.post("/certificates", body)).json()
    path = f"/certificates/{certificate['id']}/evidence"
    wrong = (await send(cooperative, path, SCAN)).json()
    right = (await send(cooperative, path, PICTURE, name="giấy.png")).json()

    early = await cooperative.post(f"{path}/{wrong['id']}/withdraw")
    assert (await officer.post(f"/certificates/{certificate['id']}/verify", SEEN)).status_code == 200
    late = await cooperative.post(f"{path}/{right['id']}/withdraw")
    by_officer = await officer.post(f"{path}/{right['id']}/withdraw")

    assert [answer.status_code for answer in (early, late, by_officer)] == [200, 403, 200]
    assert (await cooperative.get(path)).json()["items"] == []


async def test_a_wrong_file_in_a_thread_is_withdrawn_and_its_message_says_so(client: Client) -> None:
    seller, buyer = await client.register(), await client.register("buyer")
    thread = (await seller.post("/threads", {"organization": buyer.organization["id"], "text": "Xem giúp"})).json()
    path = f"/threads/{thread['id']}"
    sent = (await send(seller, f"{path}/files", SCAN)).json()["attachment"]

    by_receiver = await buyer.post(f"{path}/files/{sent['id']}/withdraw")
    done = await seller.post(f"{path}/files/{sent['id']}/withdraw")

    assert (by_receiver.status_code, done.status_code) == (403, 200)
    assert (await buyer.get(f"{path}/files/{sent['id']}")).status_code == 404
    newest = (await buyer.get(f"{path}/messages")).json()["items"][0]
    assert newest["attachment"]["withdrawn_at"] is not None


@pytest.mark.parametrize("format_", ["pdf", "docx"])
async def test_our_own_file_that_nobody_has_signed_is_no_scan(client: Client, format_: str) -> None:
    around = await table(client)
    draft = await logged(around.organizer, around.paper())
    path = f"/agreements/{draft['id']}"
    printed = (await around.organizer.get(f"{path}/document", params={"format": format_})).content
    for kind, status in (("scan", 400), (None, 400), ("annex", 201)):
        form = {"data": {"kind": kind} if kind else {}, "files": {"file": (f"hop-dong.{format_}", printed)}}
        answer = await around.organizer.post(f"{path}/documents", **form)
        assert answer.status_code == status, answer.text
        if status == 400:
            (error,) = answer.json()["errors"]
            assert (error["pointer"], error["code"]) == ("/file", "unsigned-draft")
            assert "ký" in error["message"]
