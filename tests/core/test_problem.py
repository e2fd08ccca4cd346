from __future__ import annotations

import asyncio
import copy
import json
from typing import Any, cast

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core.changes import Change
from market.organizations.models import Organization
from tests.described import parameters_of
from tests.people import Client

JSON = {"Content-Type": "application/json"}
SIGN_IN = b'{"identifier": "khong@co.example", "password": "khong co"}'
REGISTRATION: dict[str, Any] = {
    "organization": {
        "name": "HTX Nông sản Mẫu",
        "kinds": ["producer"],
        "legal_form": "cooperative",
        "province": {"code": "82", "version": "2025"},
    },
    "user": {"full_name": "Nguyễn Thị Mẫu", "email": "mau@htx.example", "password": "mot-cau-dai"},
}


def is_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"] == f"/problems/{body['code']}"
    assert body["title"]
    assert body["detail"]
    return body


async def test_a_problem_is_told_in_vietnamese_unless_english_is_wanted(client: Client) -> None:
    vietnamese = await client.get("/me")
    english = await client.get("/me", headers={"Accept-Language": "en"})
    assert is_problem(vietnamese, 401)["title"] == "Chưa đăng nhập"
    assert is_problem(english, 401)["title"] == "Not signed in"
    assert (vietnamese.headers["content-language"], english.headers["content-language"]) == ("vi", "en")
    assert vietnamese.json()["instance"] == "/api/v1/me"
    assert vietnamese.json()["request_id"] == vietnamese.headers["x-request-id"]
    assert vietnamese.headers["www-authenticate"] == "Bearer"


async def test_the_callers_request_id_is_kept_when_it_has_a_sane_form(client: Client) -> None:
    sane = await client.get("/me", headers={"X-Request-Id": "dien-thoai-7.42"})
    wild = await client.get("/me", headers={"X-Request-Id": "a b\tc" * 40})
    assert sane.headers["x-request-id"] == "dien-thoai-7.42"
    assert len(wild.headers["x-request-id"]) == 32


@pytest.mark.parametrize(
    "path", ["/khong-co", "/api/v2/x", "/organizations/khong-phai-ma", "/organizations/%FF%00", "/%ED%A0%80"]
)
async def test_unknown_paths_are_not_found(client: Client, path: str) -> None:
    assert is_problem(await client.get(path), 404)["code"] == "not-found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/auth/token", {"POST", "OPTIONS"}),
        ("PUT", "/organizations", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("POST", "/health/live", {"GET", "HEAD", "OPTIONS"}),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(client: Client, method: str, path: str, allowed: set[str]) -> None:
    answer = await client.request(method, path)
    assert is_problem(answer, 405)["code"] == "method-not-allowed"
    assert {name.strip() for name in answer.headers["allow"].split(",")} == allowed


UNREADABLE = {
    "nothing": b"",
    "not JSON": b"{",
    "two documents": SIGN_IN + SIGN_IN,
    "invalid UTF-8": b'{"identifier": "\xff\xfe", "password": "x"}',
    "half a surrogate pair": b'{"identifier": "a\\ud800@b.vn", "password": "x"}',
    "brackets without end": b"[" * 100_000,
    "braces without end": b'{"a":' * 100_000,
    "deep nesting in a field": b'{"identifier":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "nesting a parser takes": b'{"identifier":' + b"[" * 400 + b"]" * 400 + b"}",
    "NaN": b'{"identifier": NaN, "password": "x"}',
    "infinity": b'{"identifier": -Infinity, "password": "x"}',
    "a number of 100,000 digits": b'{"identifier": 1' + b"0" * 100_000 + b', "password": "x"}',
    "an exponent of a million": b'{"identifier": 1e999999, "password": "x"}',
    "a list": b"[]",
    "null": b"null",
    "a string": b'"x"',
    "a number": b"1",
    "500 kB of text": json.dumps({"identifier": "a" * 500_000, "password": "b" * 500_000}).encode(),
    "NUL": b'{"identifier": "a\\u0000@b.vn", "password": "x"}',
    "the same field twice": b'{"identifier": "a@b.vn", "password": "x", "identifier": "a"}',
    "unknown fields": b'{"identifier": "a@b.vn", "password": "x", "colour": 1, "__proto__": {}}',
}


@pytest.mark.parametrize("key", [None, "mot"])
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_body_that_cannot_be_meant_is_refused(client: Client, body: bytes, key: str | None) -> None:
    headers = JSON | ({"Idempotency-Key": key} if key else {})
    problem = is_problem(await client.post("/auth/token", content=body, headers=headers), 400)
    assert problem["code"] in {"malformed-request", "validation-failed"}


@pytest.mark.parametrize("headers", [{}, JSON, {"Content-Length": "0"}])
async def test_no_body_is_told_as_no_body(client: Client, headers: dict[str, str]) -> None:
    answer = await client.post("/auth/token", headers=headers | {"Accept-Language": "en"})
    (error,) = is_problem(answer, 400)["errors"]
    assert (error["pointer"], error["code"]) == ("", "missing-body")
    assert "nothing was sent" in error["message"]


async def chunks(size: int) -> Any:
    for _ in range(size // 65536 + 1):
        yield b" " * 65536


@pytest.mark.parametrize("key", [None, "mot"])
async def test_a_body_beyond_the_limit_is_refused(client: Client, key: str | None) -> None:
    headers = JSON | ({"Idempotency-Key": key} if key else {})
    whole = await client.post("/auth/token", content=b" " * 3_000_000, headers=headers)
    streamed = await client.post("/auth/token", content=chunks(3_000_000), headers=headers)
    assert is_problem(whole, 413)["code"] == is_problem(streamed, 413)["code"] == "too-large"


WRONG_VALUES: list[tuple[str, str, Any]] = [
    ("organization", "name", ""),
    ("organization", "name", "   "),
    ("organization", "name", "a\x07b"),
    ("organization", "name", 1e300),
    ("organization", "name", "x" * 500_000),
    ("organization", "address", "\x00"),
    ("organization", "website", "http://a\x00b"),
    ("organization", "website", "javascript:alert(1)"),
    ("organization", "tax_code", "\x00" * 5),
    ("organization", "tax_code", "{0}{vi}%s"),
    ("organization", "kinds", ["producer"] * 3000),
    ("organization", "kinds", ["{x}"]),
    ("organization", "province", {"code": "8\x003", "version": "2008"}),
    ("organization", "province", {"code": "{code}", "version": "2025"}),
    ("organization", "province", {"code": "82", "version": 2025}),
    ("organization", "contact", {"phone": "{0}", "email": "{1}"}),
    ("user", "full_name", {"a": 1}),
    ("user", "email", "a\x00b@x.vn"),
    ("user", "email", "a@" + "b." * 4000 + "vn"),
    ("user", "phone", "1" * 250),
    ("user", "password", "abcdefgh\x00"),
    ("user", "password", "a" * 129),
]


@pytest.mark.parametrize(("part", "name", "value"), WRONG_VALUES)
async def test_a_wrong_value_is_named_and_nothing_is_written(
    client: Client, session: AsyncSession, part: str, name: str, value: Any
) -> None:
    body = copy.deepcopy(REGISTRATION)
    body[part][name] = value
    problem = is_problem(await client.post("/auth/register", body), 400)
    assert all(error["pointer"].startswith(f"/{part}") for error in problem["errors"])
    assert problem["errors"]
    for kind in (User, Organization, Change):
        assert (await session.scalars(select(kind))).all() == []


async def test_every_error_comes_at_once_in_both_languages(client: Client) -> None:
    body = {
        "organization": {"name": "", "kinds": ["farmer"], "legal_form": "x", "colour": 1},
        "user": {"full_name": 5, "email": "no-address", "phone": "12", "password": "short"},
    }
    spoken = {}
    for language in ("vi", "en"):
        answer = await client.post("/auth/register", body, headers={"Accept-Language": language})
        spoken[language] = {error["pointer"]: error["message"] for error in is_problem(answer, 400)["errors"]}
    assert set(spoken["vi"]) == {
        "/organization/name",
        "/organization/kinds/0",
        "/organization/legal_form",
        "/organization/colour",
        "/organization/province",
        "/user/full_name",
        "/user/email",
        "/user/phone",
        "/user/password",
    }
    assert all(spoken["vi"][pointer] != spoken["en"][pointer] for pointer in spoken["vi"])
    assert spoken["vi"]["/organization/province"] == "Thiếu trường bắt buộc này."


QUERIES = [
    ("q=%00", "/q"),
    ("limit=0", "/limit"),
    ("limit=101", "/limit"),
    ("limit=NaN", "/limit"),
    ("limit=" + "9" * 4000, "/limit"),
    ("limit=10&limit=0", "/limit"),
    ("nope=1", "/nope"),
    ("%FF=1", "/\N{REPLACEMENT CHARACTER}"),
    ("q=" + "a" * 5000, "/q"),
    ("verification=%7Bx%7D", "/verification"),
    ("kind=producer%00", "/kind"),
    ("a~/b=1", "/a~0~1b"),
]


@pytest.mark.parametrize(("query", "pointer"), QUERIES)
async def test_a_wrong_parameter_is_named(client: Client, query: str, pointer: str) -> None:
    problem = is_problem(await client.get(f"/organizations?{query}"), 400)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.parametrize(
    "query", ["q=%FF", "q=%ED%A0%80", "q=%", "q=%25", "q=_", "q=%5C", "q=%27%3B--", "limit=1&limit=2"]
)
async def test_odd_parameters_are_only_text_to_look_for(client: Client, query: str) -> None:
    answer = await client.get(f"/organizations?{query}")
    assert answer.status_code == 200
    assert answer.json()["items"] == []


@pytest.mark.parametrize("raw", [b"q=\xff", b"\xff\xfe=1", b"q=\xc3\x28&limit=\xf0"])
async def test_raw_bytes_in_the_query_are_no_fault_of_ours(client: Client, raw: bytes) -> None:
    started: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    path = "/api/v1/organizations"
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
    }
    scope |= {
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": raw,
        "root_path": "",
        "headers": [],
    }
    scope |= {"client": ("127.0.0.1", 1), "server": ("market.test", 80)}
    await cast("Any", client.app)(scope, receive, started.put)
    assert started.get_nowait()["status"] in {200, 400}


BAD_HEADERS: list[tuple[str, str | bytes, int]] = [
    ("Authorization", "Bearer x", 401),
    ("Authorization", "Bearer", 401),
    ("Authorization", "Basic eDp5", 401),
    ("Authorization", b"Bearer \xff\xfe", 401),
    ("Authorization", "Bearer a.b.c", 401),
    ("Authorization", "Bearer mk_x", 401),
    ("Authorization", "Bearer mk_" + "x" * 10_000, 401),
    ("Accept-Language", b"\xff;q=\x00", 200),
    ("If-None-Match", b"\xff", 200),
    ("Market-Organization", "x", 200),
]


@pytest.mark.parametrize(("name", "value", "status"), BAD_HEADERS)
async def test_a_bad_header_is_refused_or_passed_over(
    client: Client, name: str, value: str | bytes, status: int
) -> None:
    answer = await client.get("/organizations", headers=cast("Any", {name: value}))
    assert answer.status_code == status
    assert answer.headers["x-request-id"]


async def test_the_description_of_the_api_is_open_and_names_every_query_parameter(client: Client) -> None:
    answer = await client.get("/schema/openapi.json")
    assert answer.status_code == 200
    parameters = parameters_of(answer.json(), answer.json()["paths"]["/api/v1/organizations"]["get"])
    described = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
    assert set(described) == {"limit", "cursor", "kind", "q", "verification", "fields", "format"}
    assert described["limit"]["schema"] | {"minimum": 1, "maximum": 100, "default": 20} == described["limit"]["schema"]
    assert described["kind"]["schema"]["enum"] == ["producer", "buyer", "organizer", "authority"]
    assert described["kind"]["description"]
    assert not any(parameter["required"] for parameter in described.values())


@pytest.mark.parametrize(("method", "path"), [("GET", "/khong-co"), ("PUT", "/listings"), ("POST", "/reference/units")])
async def test_what_no_route_answers_has_a_request_id_too(client: Client, method: str, path: str) -> None:
    answer = await client.request(method, path)
    assert answer.status_code in (404, 405)
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/listings", "GET, HEAD, OPTIONS, POST"),
        ("/listings/01a2155f-1615-7c3b-b90a-8f4a7bcf9678", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/auth/token", "OPTIONS, POST"),
    ],
)
async def test_options_tells_every_method_of_a_path(client: Client, path: str, allowed: str) -> None:
    answer = await client.request("OPTIONS", path)
    assert (answer.status_code, answer.headers["allow"]) == (204, allowed)


@pytest.mark.parametrize("path", ["/reference/units", "/organizations", "/health/live", "/khong-co"])
async def test_head_answers_as_get_without_the_body(client: Client, path: str) -> None:
    # Compressed there is nothing to compress in an answer without a body, so its length is that of the plain one.
    plain = {"Accept-Encoding": "identity"}
    get, head = [await client.request(method, path, headers=plain) for method in ("GET", "HEAD")]
    assert (head.status_code, head.content) == (get.status_code, b"")
    told = ("content-type", "etag") if path == "/khong-co" else ("content-type", "content-length", "etag")
    assert [head.headers.get(name) for name in told] == [get.headers.get(name) for name in told]


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "a/b;;;=", "é"]
)
async def test_a_body_that_says_it_is_no_json_is_refused(client: Client, media_type: str) -> None:
    answer = await client.request("POST", "/auth/token", content=SIGN_IN, headers={"Content-Type": media_type.encode()})
    assert is_problem(answer, 415)["code"] == "unsupported-media-type"


@pytest.mark.parametrize(
    "media_type", ["", "application/json; charset=utf-8", "Application/JSON", "application/a+json"]
)
async def test_a_body_that_says_it_is_json_is_read(client: Client, media_type: str) -> None:
    answer = await client.request("POST", "/auth/token", content=SIGN_IN, headers={"Content-Type": media_type})
    assert is_problem(answer, 401)["code"] == "wrong-identifier-or-password"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics", "/schema/openapi.json"])
async def test_what_asks_nobody_for_a_credential_looks_at_none(client: Client, path: str) -> None:
    assert (await client.get(path, headers={"Authorization": "Bearer het-han"})).status_code == 200
