"""Photos in pieces, over lines that break."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.photos.models import PhotoUpload, PhotoUploadPart
from market.photos.uploads import MOST_OPEN, forget_expired
from tests.people import Client, added
from tests.photos.pictures import encoded, picture
from tests.photos.test_photos import kept, listed

BODY = encoded(picture())
PIECE = "application/offset+octet-stream"
pytestmark = pytest.mark.usefixtures("blobs")


async def begun(owner: Client, path: str, *, length: int = len(BODY), **more: Any) -> httpx.Response:
    body = {"subject": "listing", "subject_id": path.rpartition("/")[2], "length": length, **more}
    return await owner.post("/photo-uploads", body)


async def append(who: Client, upload: str, body: Any, offset: int | str, **headers: str) -> httpx.Response:
    sent = {"Content-Type": PIECE, "Upload-Offset": str(offset), **headers}
    return await who.request("PATCH", upload, content=body, headers=sent)


async def test_a_photo_cut_in_the_middle_goes_on_from_there(client: Client, session: AsyncSession) -> None:
    owner = await client.register()
    path = await listed(owner)
    answer = await begun(owner, path, alt="Vườn nhà")
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "0")
    upload = answer.headers["location"]

    first = await append(owner, upload, BODY[:1000], 0)
    assert (first.status_code, first.headers["upload-offset"], first.json()["photo_id"]) == (200, "1000", None)
    head = await owner.request("HEAD", upload)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("1000", str(len(BODY)))
    again = await append(owner, upload, BODY[:1000], 0)
    assert (again.status_code, again.headers["upload-offset"]) == (409, "1000")
    last = await append(owner, upload, BODY[1000:], 1000)

    assert last.status_code == 200, last.text
    (photo,) = (await client.get(f"{path}/photos")).json()["items"]
    assert (photo["id"], photo["alt"], photo["width"]) == (last.json()["photo_id"], "Vườn nhà", 1280)
    assert (await owner.get(upload)).json()["photo_id"] == photo["id"]
    assert await session.scalar(select(func.count()).select_from(PhotoUploadPart)) == 0
    assert (await append(owner, upload, b"x", len(BODY))).status_code == 409


async def test_what_came_before_the_line_broke_stays(client: Client) -> None:
    owner = await client.register()
    upload = (await begun(owner, await listed(owner))).headers["location"]
    messages = iter(
        [
            {"type": "http.request", "body": BODY[:700], "more_body": True},
            {"type": "http.request", "body": BODY[700:900], "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(messages, {"type": "http.disconnect"})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {"content-type": PIECE, "upload-offset": "0", "authorization": f"Bearer {owner.token}"}
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": upload,
        "raw_path": upload.encode(),
        "root_path": "",
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("market.test", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await client.app(scope, receive, send)  # type: ignore[arg-type]

    assert (await owner.get(upload)).json()["received"] == 900
    assert (await append(owner, upload, BODY[900:], 900)).json()["photo_id"]


async def test_a_piece_sent_twice_with_one_key_counts_once(client: Client) -> None:
    owner = await client.register()
    upload = (await begun(owner, await listed(owner))).headers["location"]

    for _ in range(2):
        answer = await append(owner, upload, BODY[:500], 0, **{"Idempotency-Key": "doan-1"})
        assert (answer.status_code, answer.json()["received"]) == (200, 500)


async def test_what_turns_out_to_be_no_photo_is_forgotten(client: Client, blobs: Path, session: AsyncSession) -> None:
    owner = await client.register()
    upload = (await begun(owner, await listed(owner), length=20)).headers["location"]
    await append(owner, upload, b"<svg><scri", 0)

    refused = await append(owner, upload, b"pt></svg>x", 10)

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "vector")
    assert (await owner.get(upload)).status_code == 404
    assert kept(blobs) == []
    for table in (PhotoUpload, PhotoUploadPart):
        assert await session.scalar(select(func.count()).select_from(table)) == 0


async def test_uploads_are_for_who_began_them(client: Client) -> None:
    owner, stranger = await client.register(), await client.register()
    path = await listed(owner)
    upload = (await begun(owner, path)).headers["location"]

    assert (await begun(stranger, path)).status_code == 403
    for other in (stranger, await added(owner)):
        assert (await other.get(upload)).status_code == 404
        assert (await append(other, upload, b"x", 0)).status_code == 404
        assert (await other.request("DELETE", upload)).status_code == 404
    assert (await client.get(upload)).status_code == 401


async def test_uploads_are_bounded(client: Client) -> None:
    owner = await client.register()
    path = await listed(owner)
    upload = (await begun(owner, path, length=10)).headers["location"]

    assert (await append(owner, upload, b"x" * 11, 0)).status_code == 413
    assert (await append(owner, upload, b"x", "")).json()["errors"][0]["code"] == "offset-missing"
    wrong = await owner.request("PATCH", upload, content=b"x", headers={"Upload-Offset": "0"})
    assert wrong.status_code == 415
    assert (await begun(owner, path, length=10**8)).status_code == 413
    for _ in range(MOST_OPEN - 1):
        assert (await begun(owner, path)).status_code == 201
    assert (await begun(owner, path)).json()["code"] == "too-many-uploads"
    assert (await owner.request("DELETE", upload)).status_code == 204
    assert (await begun(owner, path)).status_code == 201


async def test_unfinished_uploads_expire(client: Client, session: AsyncSession) -> None:
    owner = await client.register()
    upload = (await begun(owner, await listed(owner))).headers["location"]
    await append(owner, upload, BODY[:500], 0)

    with clock.shifted(timedelta(hours=25)):
        await forget_expired(session)
        assert await session.scalar(select(func.count()).select_from(PhotoUploadPart)) == 0


async def test_an_expired_upload_is_not_found(client: Client, session: AsyncSession) -> None:
    owner = await client.register()
    upload = (await begun(owner, await listed(owner))).headers["location"]
    row = (await session.scalars(select(PhotoUpload))).one()
    row.expires_at = clock.now() - timedelta(seconds=1)
    await session.commit()

    assert (await append(owner, upload, BODY, 0)).status_code == 404


async def chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 4000):
        yield body[start : start + 4000]


async def test_a_piece_may_hide_its_size(client: Client) -> None:
    owner = await client.register()
    upload = (await begun(owner, await listed(owner))).headers["location"]

    assert (await append(owner, upload, chunks(BODY), 0)).json()["photo_id"]
