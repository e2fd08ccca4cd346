"""What is a person's own stays theirs, and leaves when they do."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.accounts.models import User
from market.agreements.history.audit import Audit, verify
from market.agreements.history.chain import chain_follower
from market.core.changes import Change
from market.core.db import Base, create_sessions
from market.core.followers import follow_once
from market.organizations.personal import naming
from tests.agreements.stories import effective, table
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


async def test_officers_who_read_threads_and_members_are_seen_by_both_sides(client: Client) -> None:
    htx, buyer = await client.register(), await client.register("buyer")
    thread = (await htx.post("/threads", {"organization": buyer.organization["id"], "text": "Chào chị"})).json()
    officer = await client.officer()
    path = f"/threads/{thread['id']}"
    for read in (path, f"{path}/messages", "/threads"):
        assert (await officer.get(read)).status_code == 200
    assert (await officer.get(f"/organizations/{htx.organization['id']}/members")).status_code == 200
    seen = [{one["what"] for one in (await side.get("/me/contact-readings")).json()["items"]} for side in (htx, buyer)]
    assert seen == [{"thread", "messages", "threads", "members"}, {"thread", "messages", "threads"}]
    await htx.get(path)
    assert len((await htx.get("/me/contact-readings")).json()["items"]) == 4, "one's own reading is nobody's affair"


async def test_an_export_names_what_a_person_did_and_shows_nothing_of_others(client: Client) -> None:
    officer, htx = await client.officer(), await client.register(contact={"phone": "0912345678"})
    path = f"/organizations/{htx.organization['id']}"
    assert (await officer.post(f"{path}/verify", {"note": "Đã xem"})).status_code == 200
    files = zipfile.ZipFile(io.BytesIO((await officer.get("/me/export")).content))
    told = {name: files.read(name).decode() for name in files.namelist()}
    assert htx.organization["id"] in told["organization.json"]
    assert "912345678" not in "".join(told.values())


def test_every_column_that_names_a_person_is_looked_at_for_an_export() -> None:
    """A name that ends so says whose it is; a table that names nobody is no part of an export."""
    looked_at = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in naming(table)}
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if re.search(r"user_id$|_by$|author_id$|reader_id$", column.name)
    }
    # The organization that caused a notification, the body that grants a certificate, and what told the paper of a
    # scan: none is a person.
    assert named - looked_at == {"notification.caused_by", "scheme_rule.granted_by", "event_scan.matched_by"}


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


async def test_the_history_holds_when_who_signed_has_taken_everything_along_and_is_erased(
    own_client: Client, own_engine: AsyncEngine
) -> None:
    around = await table(own_client)
    agreement = await effective(around)
    heir, seller = await added(around.seller, "owner"), around.seller
    files = zipfile.ZipFile(io.BytesIO((await seller.get("/me/export")).content))
    assert agreement["id"] in files.read("change.json").decode(), "what the person did is told to them"
    before = await audited(own_engine)

    assert (await seller.request("DELETE", "/me", json={"password": PASSWORD})).status_code == 204

    assert (await seller.get("/me")).status_code == 401
    after = await audited(own_engine)
    assert (after.finding, after.pending) == (None, 0)
    assert after.links >= before.links
    told = (await heir.get(f"/agreements/{agreement['id']}")).json()
    assert (told["status"], seller.user["email"] in str(told)) == ("effective", False)
    async with own_engine.connect() as connection:
        logged = (await connection.execute(text("SELECT string_agg(diff::text, '') FROM change"))).scalar_one()
    assert not {seller.user["email"], "Người Thử"} & set(logged.split('"'))


async def audited(engine: AsyncEngine) -> Audit:
    """What `market audit verify` finds, once the worker has linked everything."""
    sessions = create_sessions(engine)
    while await follow_once(sessions, chain_follower()):
        pass
    async with sessions() as session:
        return await verify(session)


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
