"""What is entered twice is asked about once, and nothing is dropped."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.duplicates import numbered
from market.listings.models import Listing
from market.needs.models import Need
from tests.database import CountQueries
from tests.listings.test_listings import LISTING
from tests.needs.test_needs import NEED
from tests.people import Client

KINDS = [("listings", "producer", LISTING, Listing), ("needs", "buyer", NEED, Need)]


@pytest.mark.parametrize(("one", "other"), [("01/HĐ-2026", " 1/hd  2026 "), ("Số 7", "SO 007"), ("12/3", "12-3")])
def test_a_number_is_the_same_however_it_is_spelled(one: str, other: str) -> None:
    assert numbered(one) == numbered(other)
    assert numbered("1/23") != numbered("12/3")
    assert numbered(None) == numbered(" ") == ""


@pytest.mark.parametrize(("path", "kind", "body", "model"), KINDS)
async def test_an_equal_one_is_refused_with_the_name_of_the_other_unless_one_insists(
    client: Client, session: AsyncSession, path: str, kind: str, body: dict[str, Any], model: Any
) -> None:
    who, neighbour = await client.register(kind), await client.register(kind)
    first = (await who.post(f"/{path}", body)).json()

    again = await who.post(f"/{path}", body | {"title": f" {body['title'].upper()}!! "})
    elsewhere = await neighbour.post(f"/{path}", body)
    insisting = await who.post(f"/{path}", body | {"another": True})

    assert (again.status_code, again.json()["code"]) == (409, "probable-duplicate")
    assert again.json()["duplicate"]["id"] == first["id"]
    assert "title" in again.json()["duplicate"]["same"]
    assert (elsewhere.status_code, insisting.status_code) == (201, 201)
    assert await session.scalar(select(func.count()).select_from(model)) == 3


@pytest.mark.parametrize(("path", "kind", "body", "model"), KINDS)
async def test_a_batch_says_of_each_item_what_it_doubles_and_keeps_the_others(
    client: Client, count_queries: CountQueries, path: str, kind: str, body: dict[str, Any], model: Any
) -> None:
    who = await client.register(kind)
    first = (await who.post(f"/{path}", body)).json()["id"]
    new = body | {"title": "Hàng khác hẳn"}

    answer = await who.post(f"/{path}/batch", {"items": [body, new, new, body | {"another": True}]})
    with count_queries() as few:
        await who.post(f"/{path}/batch", {"items": [new]})
    with count_queries() as many:
        await who.post(f"/{path}/batch", {"items": [new | {"title": f"Hàng {number}"} for number in range(30)]})

    results = answer.json()["results"]
    assert [result["status"] for result in results] == [409, 201, 409, 201]
    assert results[0]["duplicate"]["id"] == first
    assert results[2]["duplicate"]["id"] == results[1]["id"]
    assert [error["code"] for error in results[0]["errors"]] == ["probable-duplicate"]
    assert len(many) <= len(few) + 4


@pytest.mark.parametrize(("path", "kind", "body", "model"), KINDS)
async def test_what_differs_or_was_archived_is_no_duplicate(
    client: Client, path: str, kind: str, body: dict[str, Any], model: Any
) -> None:
    who = await client.register(kind)
    first = (await who.post(f"/{path}", body)).json()["id"]
    changed: dict[str, Any] = (
        {"price_vnd": 1} if path == "listings" else {"lines": [body["lines"][0] | {"quantity": 1}]}
    )

    other = await who.post(f"/{path}", body | changed)
    archived = await who.http.delete(f"/api/v1/{path}/{first}", headers={"Authorization": f"Bearer {who.token}"})
    again = await who.post(f"/{path}", body)

    assert (other.status_code, archived.status_code, again.status_code) == (201, 204, 201)


@pytest.mark.parametrize(("path", "kind", "body", "model"), KINDS)
async def test_two_taps_at_once_make_one_and_a_replay_stays_a_replay(
    own_client: Client, path: str, kind: str, body: dict[str, Any], model: Any
) -> None:
    who = await own_client.register(kind)

    taps = await asyncio.gather(*(who.post(f"/{path}", body) for _ in range(5)))
    replays = [
        await who.post(f"/{path}", body | {"title": "Gửi lại"}, headers={"Idempotency-Key": "once"}) for _ in range(2)
    ]

    assert sorted(answer.status_code for answer in taps) == [201, 409, 409, 409, 409]
    assert [answer.status_code for answer in replays] == [201, 201]
    assert replays[0].json()["id"] == replays[1].json()["id"]
