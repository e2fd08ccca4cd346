"""Names of organizations: nobody looks like somebody else by letters that cannot be told or seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.people import SEEN, Client

NAME = "HTX Nông sản Mẫu Chợ Gạo"


def _asking(name: str, number: int) -> dict[str, Any]:
    return {
        "organization": {
            "name": name,
            "kinds": ["producer"],
            "legal_form": "cooperative",
            "province": {"code": "82", "version": "2025"},
        },
        "user": {
            "full_name": "Nguyễn Thị Mẫu",
            "email": f"ten{number}@htx.example",
            "password": "mot cau du dai de nho",
        },
    }


@pytest.mark.parametrize(
    "name", [NAME.replace("o", "\u043e", 1), NAME.replace("X", "\u03a7"), "\u041d\u0422\u0425 Mẫu"]
)
async def test_letters_that_look_like_latin_ones_stand_in_no_name(client: Client, name: str) -> None:
    refused = await client.post("/auth/register", _asking(name, 1))
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/organization/name", "mixed-scripts")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("HTX\u200b Nông\u202e sản Mẫu", "HTX Nông sản Mẫu"),
        ("\uff28\uff34\uff38 Mẫu", "HTX Mẫu"),
        ("Công ty 한국식품", "Công ty 한국식품"),
    ],
)
async def test_what_cannot_be_seen_is_no_part_of_a_name(client: Client, sent: str, kept: str) -> None:
    made = await client.post("/auth/register", _asking(sent, 2))
    assert made.status_code == 201, made.text
    assert made.json()["organization"]["name"] == kept


async def test_of_a_name_the_verified_come_first_on_every_page(client: Client) -> None:
    officer = await client.officer()
    verified = [await client.register("producer", name=f"{NAME} {number}") for number in range(2)]
    for one in verified:
        await officer.post(f"/organizations/{one.organization['id']}/verify", SEEN)
    others = [await client.register("producer", name=f"{NAME} {number}") for number in range(3)]
    expected = [one.organization["id"] for one in (*reversed(verified), *reversed(others))]
    found: list[str] = []
    cursor: str | None = None
    while len(found) < len(expected):
        params = {"q": NAME.upper(), "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/organizations", params=params)).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == expected
