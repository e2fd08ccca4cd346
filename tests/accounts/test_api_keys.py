from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import ApiKey, User
from market.core.changes import Change
from tests.people import SEEN, Client, added, joined


async def made(person: Client, **key: Any) -> dict[str, Any]:
    named = {"Market-Organization": person.organization["id"]} if person.organization else {}
    answer = await person.post("/api-keys", {"name": "Kho hàng", **key}, headers=named)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def script(person: Client, key: dict[str, Any]) -> Client:
    return replace(person, token=key["token"])


async def test_a_key_acts_for_its_organization_with_its_makers_role(client: Client) -> None:
    htx = await client.register()
    tool = script(htx, await made(htx))
    me = (await tool.get("/me")).json()
    assert me["acting_for"] == htx.organization["id"]
    answer = await tool.patch(f"/organizations/{htx.organization['id']}", {"description": "Từ phần mềm"})
    assert answer.status_code == 200


async def test_a_token_is_shown_once_and_kept_nowhere(client: Client, session: AsyncSession) -> None:
    htx = await client.register()
    answer = await htx.post("/api-keys", {"name": "Kho hàng"}, headers={"Idempotency-Key": "mot"})
    key = answer.json()
    assert key["token"].startswith("mk_")
    assert key["token"].endswith(key["hint"])
    assert answer.headers["cache-control"] == "no-store"
    listed = (await htx.get("/api-keys")).json()["items"]
    assert [item["id"] for item in listed] == [key["id"]]
    assert "token" not in listed[0]
    (row,) = (await session.scalars(select(ApiKey))).all()
    entry = await session.scalar(select(Change).where(Change.entity == "api_key"))
    assert entry is not None
    for kept in (row.hash, str(entry.diff).encode()):
        assert key["token"].encode() not in kept
        assert key["token"].removeprefix("mk_").encode() not in kept


async def test_a_revoked_key_opens_nothing(client: Client) -> None:
    htx = await client.register()
    key = await made(htx)
    assert (await htx.delete(f"/api-keys/{key['id']}")).status_code == 204
    assert (await script(htx, key).get("/me")).status_code == 401
    assert (await htx.get("/api-keys")).json()["items"] == []
    assert (await htx.delete(f"/api-keys/{key['id']}")).status_code == 404


async def test_a_key_dies_with_its_makers_membership(client: Client) -> None:
    htx = await client.register()
    manager = await added(htx, "manager")
    tool = script(manager, await made(manager))
    assert (await tool.get("/me")).status_code == 200
    assert (await htx.delete(f"/organizations/{htx.organization['id']}/members/{manager.member_id}")).status_code == 204
    assert (await tool.get("/me")).status_code == 401


async def test_a_key_sinks_with_its_makers_role(client: Client) -> None:
    htx = await client.register()
    manager = await added(htx, "manager")
    tool = script(manager, await made(manager))
    path = f"/organizations/{htx.organization['id']}"
    await htx.patch(f"{path}/members/{manager.member_id}", {"role": "staff"})
    assert (await tool.patch(path, {"description": "Không được nữa"})).status_code == 403


async def test_a_key_dies_with_its_maker_and_its_organization(client: Client, session: AsyncSession) -> None:
    htx, officer = await client.register(), await client.officer()
    tool = script(htx, await made(htx))
    path = f"/organizations/{htx.organization['id']}"
    await officer.post(f"{path}/suspend")
    assert (await tool.get("/me")).status_code == 401
    await officer.post(f"{path}/restore")
    assert (await tool.get("/me")).status_code == 200
    user = await session.get_one(User, htx.user["id"])
    user.deactivated_at = user.created_at
    await session.flush()
    assert (await tool.get("/me")).status_code == 401


async def test_a_key_knows_only_its_own_organization(client: Client) -> None:
    htx, other = await client.register(), await client.register()
    await joined(other, htx)
    tool = script(htx, await made(htx))
    assert len((await htx.get("/me")).json()["memberships"]) == 2
    assert [m["organization"]["id"] for m in (await tool.get("/me")).json()["memberships"]] == [htx.organization["id"]]
    elsewhere = await tool.get("/me", headers={"Market-Organization": other.organization["id"]})
    assert elsewhere.json()["acting_for"] == htx.organization["id"]


async def test_a_key_carries_no_platform_role(client: Client) -> None:
    officer = await client.officer()
    htx = await client.register()
    await joined(htx, officer, "manager")
    tool = script(officer, await made(officer))
    other = await client.register()
    path = f"/organizations/{other.organization['id']}/verify"
    assert (await tool.post(path)).status_code == 403
    assert (await officer.post(path, SEEN)).status_code == 200


async def test_keys_are_made_by_people_who_manage(client: Client) -> None:
    htx = await client.register()
    staff, tool = await added(htx, "staff"), script(htx, await made(htx))
    officer = await client.officer()
    for somebody in (staff, tool, officer):
        assert (await somebody.post("/api-keys", {"name": "Không được"})).status_code == 403
        assert (await somebody.get("/api-keys")).status_code == 403


async def test_strangers_can_neither_see_nor_revoke_a_key(client: Client) -> None:
    htx, stranger = await client.register(), await client.register()
    key = await made(htx)
    assert (await stranger.get("/api-keys")).json()["items"] == []
    assert (await stranger.delete(f"/api-keys/{key['id']}")).status_code == 404
    assert (await script(htx, key).get("/me")).status_code == 200


@pytest.mark.parametrize("token", ["mk_", "mk_x", "mk_" + "A" * 43, "mk_\x7f"])
async def test_a_guessed_key_opens_nothing(client: Client, token: str) -> None:
    assert (await replace(client, token=token).get("/organizations")).status_code == 401
