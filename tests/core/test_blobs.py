from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from market.core.blobs import BlobDamaged, get_blob, open_blobs, put_blob
from market.core.errors import Unavailable

BODY = "nội dung".encode()
SHA256 = hashlib.sha256(BODY).hexdigest()
KEY = f"{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"


def files_in(directory: Path) -> list[str]:
    return [path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()]


async def test_content_lies_under_its_hash(tmp_path: Path) -> None:
    store = open_blobs(None, tmp_path / "blobs")
    assert await put_blob(store, BODY) == SHA256
    assert await put_blob(store, BODY) == SHA256
    assert files_in(tmp_path / "blobs") == [KEY]
    assert (tmp_path / "blobs" / KEY).read_bytes() == BODY
    assert await get_blob(store, SHA256) == BODY


async def test_what_is_not_there_is_not_made_up(tmp_path: Path) -> None:
    with pytest.raises(BlobDamaged):
        await get_blob(open_blobs(None, tmp_path), SHA256)


@pytest.fixture
async def endpoint() -> AsyncIterator[tuple[str, dict[str, bytes]]]:
    """A server that speaks the two requests of S3 that are asked of it, and what it holds."""
    held: dict[str, bytes] = {}

    async def answer(request: web.Request) -> web.Response:
        if not request.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 Credential=khoa/"):
            return web.Response(status=403)
        if request.method == "PUT":
            held[request.path] = await request.read()
            return web.Response(headers={"ETag": '"1"'})
        if request.path not in held:
            return web.Response(status=404)
        headers = {"ETag": '"1"', "Last-Modified": "Fri, 20 Nov 2026 03:00:00 GMT"}
        return web.Response(body=held[request.path], headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", held
    await runner.cleanup()


async def test_a_store_that_speaks_s3_is_named_by_its_url(
    endpoint: tuple[str, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, held = endpoint
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "khoa")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "bi-mat")
    store = open_blobs(f"s3://cho/tep?endpoint={address}&region=sgn", tmp_path)
    assert await put_blob(store, BODY) == SHA256
    assert held == {f"/cho/tep/{KEY}": BODY}
    assert await get_blob(store, SHA256) == BODY
    held[f"/cho/tep/{KEY}"] = b"khac"
    with pytest.raises(BlobDamaged):
        await get_blob(store, SHA256)
    held.clear()
    with pytest.raises(BlobDamaged):
        await get_blob(store, SHA256)


async def test_a_store_that_refuses_is_said_to_be_away(
    endpoint: tuple[str, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "khoa-khac")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "bi-mat")
    with pytest.raises(Unavailable):
        await put_blob(open_blobs(f"s3://cho?endpoint={endpoint[0]}", tmp_path), BODY)


@pytest.mark.parametrize("url", ["http://host/bucket", "s3://", "cho"])
def test_a_url_of_another_form_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="MARKET_BLOB_URL"):
        open_blobs(url, tmp_path)


ENDING = """
import asyncio, pathlib, sys
from market.core.blobs import blobs_in, get_blob, open_blobs, put_blob

async def work():
    store = open_blobs(None, pathlib.Path(sys.argv[1]))
    for number in range(20):
        await get_blob(store, await put_blob(store, b"%d" % number))
    async for page in blobs_in(store):
        assert len(page) == 20

asyncio.run(work())
"""


def test_a_process_may_end_the_moment_after_its_store_answered(tmp_path: Path) -> None:
    """By the store's own asynchronous calls every second of these processes was aborted (SIGABRT) at its end."""
    started = [subprocess.Popen([sys.executable, "-c", ENDING, str(tmp_path / str(turn))]) for turn in range(12)]
    assert [process.wait(120) for process in started] == [0] * 12
