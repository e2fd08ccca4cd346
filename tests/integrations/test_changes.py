from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.listings.schemas import ListingCreate
from market.needs.schemas import NeedCreate
from tests.people import Client


def example(model: Any, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = model.model_json_schema()["examples"][0]
    return body | changes


@dataclass
class Phone:
    """Keeps a copy of what its owner may see, by the feed alone."""

    owner: Client
    cursor: str | None = None
    copy: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    async def page(self, **params: Any) -> dict[str, Any]:
        if self.cursor is not None:
            params["since"] = self.cursor
        answer = await self.owner.get("/changes", params=params)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        self.cursor = body["next_cursor"]
        return body

    async def sync(self, **params: Any) -> list[tuple[str, str, str]]:
        """Fetch until there is no more; what was told, as (change, entity, id)."""
        told: list[tuple[str, str, str]] = []
        more = True
        while more:
            body = await self.page(**params)
            more = body["more"]
            for item in body["items"]:
                told.append((item["change"], item["entity"], item["id"]))
                if item["change"] == "gone":
                    assert item["data"] is None
                    self.copy.pop((item["entity"], item["id"]), None)
                else:
                    self.copy[item["entity"], item["id"]] = item["data"]
        return told

    def of(self, entity: str) -> list[str]:
        return [id_ for kind, id_ in self.copy if kind == entity]


async def listed(who: Client, **changes: Any) -> str:
    answer = await who.post("/listings", example(ListingCreate, another=True, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
async def htx(own_client: Client) -> Client:
    return await own_client.register("producer", name="HTX Đồng Bộ")


async def test_a_phone_is_told_what_is_new_changed_and_gone(own_client: Client, htx: Client) -> None:
    phone = Phone(own_client)
    await phone.sync()
    listing = await listed(htx)
    assert await phone.sync() == [("created", "listing", listing)]
    assert phone.copy["listing", listing] == (await own_client.get(f"/listings/{listing}")).json()

    await htx.patch(f"/listings/{listing}", {"price_vnd": 31000})
    assert await phone.sync() == [("updated", "listing", listing)]
    assert phone.copy["listing", listing]["price_vnd"] == 31000

    await htx.delete(f"/listings/{listing}")
    assert await phone.sync() == [("gone", "listing", listing)]
    assert await phone.sync() == []


async def test_many_changes_of_a_thing_are_told_once_as_it_is_now(own_client: Client, htx: Client) -> None:
    listing = await listed(htx)
    for price in (1000, 2000, 3000):
        await htx.patch(f"/listings/{listing}", {"price_vnd": price})
    phone = Phone(own_client)
    assert [told for told in await phone.sync() if told[1] == "listing"] == [("created", "listing", listing)]
    assert phone.copy["listing", listing]["price_vnd"] == 3000


async def test_nobody_hears_of_the_drafts_of_others(own_client: Client, htx: Client) -> None:
    stranger = await own_client.register("buyer")
    strangers, own = Phone(stranger), Phone(htx)
    draft = await listed(htx, publish=False)
    dropped = await listed(htx, publish=False)
    await htx.delete(f"/listings/{dropped}")
    for phone in (strangers, Phone(own_client)):
        assert [told for told in await phone.sync() if told[1] == "listing"] == []
    await own.sync()
    assert set(own.of("listing")) == {draft, dropped}


async def test_what_is_paused_is_gone_for_strangers_and_paused_for_its_owner(own_client: Client, htx: Client) -> None:
    listing = await listed(htx)
    strangers, own = Phone(own_client), Phone(htx)
    await strangers.sync()
    await own.sync()
    await htx.post(f"/listings/{listing}/pause")
    assert await strangers.sync() == [("gone", "listing", listing)]
    assert await own.sync() == [("updated", "listing", listing)]
    assert own.copy["listing", listing]["status"] == "paused"


async def test_contacts_are_only_told_to_those_who_may_see_them(own_client: Client) -> None:
    htx = await own_client.register(contact={"phone": "0912345678"})
    strangers, own = Phone(own_client), Phone(htx)
    await strangers.sync()
    await own.sync()
    key = ("organization", htx.organization["id"])
    assert strangers.copy[key]["contact"] is None
    assert own.copy[key]["contact"]["phone"] == "+84912345678"
    told = str(strangers.copy)
    assert "912345678" not in told
    assert htx.user["email"] not in told


async def test_a_suspended_organization_takes_its_things_along_and_brings_them_back(
    own_client: Client, htx: Client
) -> None:
    officer, phone = await own_client.officer(), Phone(own_client)
    listing, draft = await listed(htx), await listed(htx, publish=False)
    await phone.sync()
    organization = htx.organization["id"]
    await officer.post(f"/organizations/{organization}/suspend")
    assert set(await phone.sync()) == {("gone", "organization", organization), ("gone", "listing", listing)}
    await officer.post(f"/organizations/{organization}/restore")
    assert set(await phone.sync()) == {("updated", "organization", organization), ("updated", "listing", listing)}
    assert ("listing", draft) not in phone.copy


async def test_pages_of_any_size_give_the_same_copy(own_client: Client, htx: Client) -> None:
    buyer = await own_client.register("buyer")
    listings = [await listed(htx) for _ in range(4)]
    await htx.post(f"/listings/{listings[0]}/pause")
    need = await buyer.post("/needs", example(NeedCreate, publish=True))
    assert need.status_code == 201, need.text
    copies = []
    for limit in (1, 2, 7, 1000):
        phone = Phone(own_client)
        await phone.sync(limit=limit)
        copies.append(phone.copy)
    assert sorted(copies[0]) == sorted(
        [("organization", htx.organization["id"]), ("organization", buyer.organization["id"])]
        + [("listing", listing) for listing in listings[1:]]
        + [("need", need.json()["id"])]
    )
    assert all(copy == copies[0] for copy in copies)


async def test_a_write_that_commits_late_is_told_to_who_asked_before(
    own_client: Client, htx: Client, own_engine: AsyncEngine
) -> None:
    phone = Phone(own_client)
    await phone.sync()
    async with AsyncSession(own_engine) as slow, slow.begin():
        await slow.execute(text("SELECT pg_current_xact_id()"))
        waiting = await listed(htx)
        assert await phone.sync() == [], "an older transaction may still write"
    assert await phone.sync() == [("created", "listing", waiting)]


async def test_readers_beside_writers_miss_nothing(own_client: Client, htx: Client) -> None:
    phone = Phone(own_client)
    done = asyncio.Event()

    async def read() -> None:
        while not done.is_set():
            await phone.sync(limit=3)

    reading = asyncio.create_task(read())
    written = await asyncio.gather(*(listed(htx) for _ in range(12)))
    done.set()
    await reading
    await phone.sync()
    assert sorted(phone.of("listing")) == sorted(written)


@pytest.mark.parametrize("since", ["", "AAAA", "0.0", "MC4w=", "OS45OTk5OTk5OTk5OTk5OTk5OTk5", "%00", "é"])
async def test_a_cursor_of_nobody_is_refused(client: Client, since: str) -> None:
    answer = await client.get("/changes", params={"since": since})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/since"


@pytest.mark.parametrize("limit", ["0", "1001", "x"])
async def test_a_page_has_bounds(client: Client, limit: str) -> None:
    assert (await client.get("/changes", params={"limit": limit})).status_code == 400
