"""Thin wires: what leaves is compressed as the caller ranks it, is not sent twice, and reaches browsers that may."""

from __future__ import annotations

import json
import zlib

import brotli
import httpx
import pytest
import zstandard
from litestar import Litestar

from market.core.compression import LEAST_BYTES, chosen_encoding
from market.core.cross_origin import CrossOrigin, origins_of
from tests.people import Client
from tests.searched import Searched

OPENERS = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "br": brotli.decompress,
    "gzip": lambda body: zlib.decompress(body, 31),
}


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("*", "zstd"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("zstd;q=0, *;q=0.1", "br"),
        ("identity", None),
        ("identity;q=1, gzip;q=0.5", None),
        ("gzip;q=nonsense", None),
        ("", None),
        (",;,=", None),
    ],
)
def test_the_encoding_that_the_caller_ranks_highest_is_chosen(accept: str, chosen: str | None) -> None:
    assert chosen_encoding(accept) == chosen


async def _raw(client: Client, path: str, accept: str, **headers: str) -> tuple[httpx.Response, bytes]:
    request = client.http.build_request("GET", path, headers={"Accept-Encoding": accept, **headers})
    answer = await client.http.send(request, stream=True)
    return answer, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize("encoding", OPENERS)
async def test_long_answers_leave_compressed(client: Client, encoding: str) -> None:
    whole, body = await _raw(client, "/api/v1/reference/provinces", "identity")
    answer, packed = await _raw(client, "/api/v1/reference/provinces", encoding)
    assert (answer.headers["content-encoding"], int(answer.headers["content-length"])) == (encoding, len(packed))
    assert json.loads(OPENERS[encoding](packed)) == json.loads(body)
    assert len(packed) < len(body) / 3
    for seen in (whole, answer):
        assert "Accept-Encoding" in seen.headers["vary"]
    assert "content-encoding" not in whole.headers
    assert answer.headers["etag"].removeprefix("W/") == whole.headers["etag"]
    again, nothing = await _raw(
        client, "/api/v1/reference/provinces", encoding, **{"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, nothing) == (304, b"")


async def test_short_answers_and_pictures_leave_as_they_are(client: Client) -> None:
    short, body = await _raw(client, "/health/live", "gzip, br, zstd")
    assert "content-encoding" not in short.headers
    assert len(body) < LEAST_BYTES


async def test_the_description_is_a_tenth_on_the_wire_and_sent_once(client: Client) -> None:
    whole, body = await _raw(client, "/schema/openapi.json", "identity")
    packed, small = await _raw(client, "/schema/openapi.json", "br")
    assert len(small) < len(body) / 7
    assert packed.headers["cache-control"].startswith("public")
    again, nothing = await _raw(client, "/schema/openapi.json", "br", **{"If-None-Match": packed.headers["etag"]})
    assert (again.status_code, nothing) == (304, b"")
    assert whole.headers["etag"]


async def test_a_search_that_finds_the_same_is_not_sent_again(searched: Searched) -> None:
    producer = await searched.client.register("producer")
    body = {"title": "Xoài cát Hòa Lộc", "province": {"code": "82", "version": "2008"}, "unit": "KGM", "publish": True}
    assert (await producer.post("/listings", body)).status_code == 201
    await searched.settle()
    first = await searched.client.get("/listings", params={"q": "xoài"})
    tag = {"If-None-Match": first.headers["etag"]}
    again = await searched.client.get("/listings", params={"q": "xoài"}, headers=tag)
    assert (first.json()["total"], again.status_code, again.content) == (1, 304, b"")
    trimmed = await searched.client.get("/listings", params={"q": "xoài", "fields": "id"}, headers=tag)
    assert trimmed.status_code == 200
    assert (await producer.post("/listings", body | {"title": "Xoài keo"})).status_code == 201
    await searched.settle()
    moved = await searched.client.get("/listings", params={"q": "xoài"}, headers=tag)
    assert (moved.status_code, moved.json()["total"]) == (200, 2)


@pytest.fixture
def pages_elsewhere(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = CrossOrigin(origins_of("https://app.example.vn, http://localhost:5173/"))
    monkeypatch.setattr(app, "_cross_origin", allowed)


async def test_no_page_elsewhere_may_call_unless_a_setting_says_so(client: Client) -> None:
    answer = await client.get("/reference/units", headers={"Origin": "https://app.example.vn"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.usefixtures("pages_elsewhere")
async def test_pages_of_a_setting_may_call_and_others_not(client: Client) -> None:
    asked = {"Origin": "https://app.example.vn", "Access-Control-Request-Method": "PATCH"}
    before = await client.http.options("/api/v1/listings", headers=asked)
    assert before.status_code == 204
    assert before.headers["access-control-allow-origin"] == "https://app.example.vn"
    assert "If-Match" in before.headers["access-control-allow-headers"]
    refused = await client.get("/me", headers={"Origin": "https://app.example.vn"})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "https://app.example.vn")
    assert "ETag" in refused.headers["access-control-expose-headers"]
    for stranger in ("https://evil.example", "https://app.example.vn.evil.example", "null"):
        answer = await client.get("/reference/units", headers={"Origin": stranger})
        assert "access-control-allow-origin" not in answer.headers
        asked = {"Origin": stranger, "Access-Control-Request-Method": "GET"}
        assert "access-control-allow-origin" not in (await client.http.options("/api/v1/me", headers=asked)).headers


@pytest.mark.parametrize(
    "name", ["provinces", "regions", "units", "certification-schemes", "categories", "forms", "parts"]
)
async def test_every_list_of_the_reference_takes_a_limit(client: Client, name: str) -> None:
    answer = await client.get(f"/reference/{name}", params={"limit": 2})
    assert len(answer.json()["items"]) == 2
    assert (await client.get(f"/reference/{name}", params={"limit": 0})).status_code == 400
