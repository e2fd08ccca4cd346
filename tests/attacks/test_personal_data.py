"""What is a person's own stays theirs, and leaves when they do."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core.changes import Change
from tests.people import PASSWORD, Client, added

NUMBER, HOME = "079123456789", "Số 7 ngõ 3 ấp Nhà Tôi"


async def household(client: Client) -> Client:
    return await client.register(legal_form="household_business", tax_code=NUMBER, address=HOME)


async def test_a_persons_number_and_home_are_not_public_and_not_in_the_log(
    client: Client, session: AsyncSession
) -> None:
    home, stranger = await household(client), await client.register()
    path = f"/organizations/{home.organization['id']}"
    own = (await home.get(path)).json()
    assert (own["tax_code"], own["address"]) == (NUMBER, HOME)
    answers = [
        await stranger.get(path),
        await replace(client, token=None).get(path),
        await client.get("/organizations"),
        await client.get(f"{path}/json-ld"),
        await home.get("/changes"),
    ]
    assert [word for answer in answers for word in (NUMBER, HOME) if word in answer.text] == []
    await home.patch(path, {"address": "Nhà mới của tôi", "legal_form": "company", "tax_code": None})
    logged = json.dumps([entry.diff for entry in await session.scalars(select(Change))], ensure_ascii=False)
    assert [word for word in (NUMBER, HOME, "Nhà mới") if word in logged] == []


async def test_officers_who_read_contacts_are_seen_by_those_they_read(client: Client) -> None:
    htx = await client.register(contact={"phone": "0912345678"})
    officer = await client.officer()
    assert (await htx.get("/me/contact-readings")).json()["items"] == []
    await officer.get(f"/organizations/{htx.organization['id']}")
    (seen,) = (await htx.get("/me/contact-readings")).json()["items"]
    assert (seen["reader_id"], seen["organization_id"]) == (officer.user["id"], htx.organization["id"])
    assert (await (await client.register()).get("/me/contact-readings")).json()["items"] == []


async def test_a_person_takes_everything_along_without_secrets(client: Client) -> None:
    htx = await client.register()
    await htx.post("/me/consents", {"notice": (await client.get("/privacy-notice")).json()["version"]})
    answer = await htx.get("/me/export")
    assert answer.headers["content-type"] == "application/zip"
    files = zipfile.ZipFile(io.BytesIO(answer.content))
    told: dict[str, Any] = {name: json.loads(files.read(name)) for name in files.namelist()}
    assert told["user_account.json"][0]["email"] == htx.user["email"]
    assert {"sign_in.json", "organization_member.json", "privacy_consent.json", "change.json"} <= told.keys()
    assert "argon2" not in answer.content.decode("latin-1")
    assert "password_hash" not in told["user_account.json"][0]


async def test_who_leaves_is_erased_and_their_organization_stays_with_others(
    client: Client, session: AsyncSession
) -> None:
    htx = await client.register()
    other = await added(htx, "manager")
    assert (await htx.request("DELETE", "/me", json={"password": "không đúng"})).status_code == 403
    refused = await htx.request("DELETE", "/me", json={"password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (409, "last-owner")
    path = f"/organizations/{htx.organization['id']}"
    handed = await htx.patch(f"{path}/members/{other.member_id}", {"role": "owner"})
    assert handed.status_code == 200
    assert (await htx.request("DELETE", "/me", json={"password": PASSWORD})).status_code == 204
    assert (await htx.get("/me")).status_code == 401
    assert (await other.get(path)).status_code == 200
    left = (await session.execute(select(User.full_name, User.email).where(User.erased_at.is_not(None)))).all()
    assert [tuple(row) for row in left] == [("(đã xóa)", None)]
    again = await client.post("/auth/token", {"identifier": htx.user["email"], "password": PASSWORD})
    assert again.status_code == 401


async def test_the_last_person_of_an_organization_closes_it(client: Client) -> None:
    htx = await client.register()
    assert (await htx.request("DELETE", "/me", json={"password": PASSWORD})).status_code == 204
    assert (await client.get(f"/organizations/{htx.organization['id']}")).status_code == 404


@pytest.mark.parametrize("table", ["limit_spent", "one_time_token"])
async def test_what_is_kept_for_limits_and_links_names_nobody(
    client: Client, session: AsyncSession, table: str
) -> None:
    person = await client.register()
    rows = (await session.execute(text(f"SELECT * FROM {table}"))).all()
    assert person.user["email"] not in str(rows)
