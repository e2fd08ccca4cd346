"""What else stood on the list of attacks: an adviser with eleven cooperatives, pools denied to all, short passwords."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from market.attachments import service as attachments
from market.config import Settings
from tests.attacks.test_limits import process
from tests.attacks.tried import TRIED
from tests.people import Client, connected, joined

LISTING: dict[str, Any] = {
    "title": "Cam sành",
    "province": {"code": "82", "version": "2025"},
    "unit": "KGM",
    "price_vnd": 20000,
}


async def test_an_adviser_with_eleven_cooperatives_lists_for_none_by_mistake(client: Client) -> None:
    adviser = await client.register()
    cooperatives = [adviser.organization["id"]]
    for _ in range(10):
        other = await client.register()
        await joined(other, adviser)
        cooperatives.append(other.organization["id"])
    refused = await adviser.post("/listings", LISTING)
    assert (refused.status_code, refused.json()["code"]) == (400, "organization-not-named")
    assert set(refused.json()["organizations"]) == set(cooperatives)
    named = await adviser.post("/listings", LISTING, headers={"Market-Organization": cooperatives[7]})
    assert (named.status_code, named.json()["organization"]["id"]) == (201, cooperatives[7])
    assert (await adviser.get("/listings")).status_code == 200, "reading needs no choice"


async def test_pools_asked_for_by_nobody_known_are_not_denied_to_others(
    own_client: Client, own_settings: Settings, own_engine: AsyncEngine
) -> None:
    path = "/needs/00000000-0000-7000-8000-000000000000/pool"
    async with process(own_settings, own_engine, anonymous_requests_per_minute=600) as app:
        async with connected(app, address="203.0.113.9") as attacker:
            answers = await asyncio.gather(*(attacker.get(path) for _ in range(48)))
            told = sorted({answer.status_code for answer in answers})
            assert told == [404, 429]
            assert sum(answer.status_code == 404 for answer in answers) <= 6
            assert all(int(a.headers["retry-after"]) >= 1 for a in answers if a.status_code == 429)
        async with connected(app, address="203.0.113.10") as other:
            assert (await other.get(path)).status_code == 404


async def test_eight_digits_are_no_password_for_anybody_new(client: Client) -> None:
    person = {"full_name": "Người Mới", "email": "moi@thu.example", "password": "12345678"}
    body = {
        "organization": {
            "name": "HTX Mới",
            "kinds": ["producer"],
            "legal_form": "cooperative",
            "province": {"code": "82", "version": "2025"},
        },
        "user": person,
    }
    answer = await client.post("/auth/register", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/user/password")


async def test_files_of_one_organization_take_so_much_and_no_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_BYTES", 40)
    sender, buyer = await client.register(), await client.register("buyer")
    thread = (await sender.post("/threads", {"organization": buyer.organization["id"], "text": "Chào"})).json()
    path = f"/threads/{thread['id']}/files"
    first = await sender.post(path, files={"file": ("a.pdf", b"%PDF-1.7 " + b"a" * 20)})
    assert first.status_code == 201, first.text
    refused = await sender.post(path, files={"file": ("b.pdf", b"%PDF-1.7 " + b"b" * 20)})
    assert (refused.status_code, refused.json()["code"]) == (409, "attachment-storage-full")
    assert (await buyer.post(path, files={"file": ("b.pdf", b"%PDF-1.7 " + b"b" * 20)})).status_code == 201


def test_everything_that_was_tried_is_tried_again() -> None:
    tests = Path(__file__).parent.parent
    lost = [
        name
        for files in TRIED.values()
        for file, names in files.items()
        for name in names
        if f"def test_{name}(" not in (tests / file).read_text(encoding="utf-8")
    ]
    assert lost == []
