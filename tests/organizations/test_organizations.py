from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from tests.database import CountQueries
from tests.people import PASSWORD, SEEN, Client, added, joined


def own(person: Client) -> str:
    return f"/organizations/{person.organization['id']}"


async def log_of(session: AsyncSession, entity_id: str) -> list[Change]:
    rows = select(Change).where(Change.entity_id == UUID(entity_id)).order_by(Change.id)
    return list((await session.scalars(rows)).all())


async def test_what_is_left_out_of_an_edit_stays(client: Client, session: AsyncSession) -> None:
    htx = await client.register(name="HTX Cũ", address="Ấp 1", contact={"phone": "0912345678"})
    answer = await htx.patch(own(htx), {"name": "HTX Mới"})
    body = answer.json()
    assert (body["name"], body["address"], body["version"]) == ("HTX Mới", "Ấp 1", 2)
    assert body["contact"]["phone"] == "+84912345678"
    edited = (await log_of(session, htx.organization["id"]))[-1]
    assert (edited.verb, edited.diff) == ("edit", {"name": ["HTX Cũ", "HTX Mới"]})
    assert str(edited.user_id) == htx.user["id"]


@pytest.mark.parametrize("name", ["name", "kinds", "legal_form", "province"])
async def test_what_must_be_known_cannot_be_emptied(client: Client, name: str) -> None:
    htx = await client.register()
    answer = await htx.patch(own(htx), {name: None})
    assert answer.status_code == 400
    assert name in answer.json()["errors"][0]["message"]


async def test_staff_read_and_managers_write(client: Client) -> None:
    htx = await client.register()
    staff, manager = await added(htx, "staff"), await added(htx, "manager")
    assert (await staff.get(f"{own(htx)}/members")).status_code == 200
    assert (await staff.patch(own(htx), {"name": "HTX Khác"})).status_code == 403
    assert (await manager.patch(own(htx), {"name": "HTX Khác"})).status_code == 200


@pytest.mark.parametrize(
    ("giver", "role", "status"),
    [
        ("staff", "staff", 403),
        ("manager", "staff", 201),
        ("manager", "manager", 201),
        ("manager", "owner", 403),
        ("owner", "owner", 201),
    ],
)
async def test_nobody_gives_more_than_they_may(client: Client, giver: str, role: str, status: int) -> None:
    htx = await client.register()
    somebody = htx if giver == "owner" else await added(htx, giver)
    person = {"full_name": "Người Mới", "email": "moi@thu.example", "password": PASSWORD}
    answer = await somebody.post(f"{own(htx)}/members", {"user": person, "role": role})
    assert answer.status_code == status, answer.text


async def test_roles_change_by_those_who_may(client: Client) -> None:
    htx = await client.register()
    staff, manager = await added(htx, "staff"), await added(htx, "manager")
    member = f"{own(htx)}/members/{staff.member_id}"
    assert (await staff.patch(member, {"role": "manager"})).status_code == 403
    assert (await manager.patch(member, {"role": "owner"})).status_code == 403
    assert (await manager.patch(member, {"role": "manager"})).status_code == 200
    assert (await htx.patch(member, {"role": "owner"})).json()["role"] == "owner"
    assert (await manager.patch(member, {"role": "staff"})).status_code == 403
    assert (await manager.delete(member)).status_code == 403


async def test_the_last_owner_stays(client: Client) -> None:
    htx = await client.register()
    members = (await htx.get(f"{own(htx)}/members")).json()["items"]
    owner = f"{own(htx)}/members/{members[0]['id']}"
    for answer in (await htx.patch(owner, {"role": "staff"}), await htx.delete(owner)):
        assert (answer.status_code, answer.json()["code"]) == (409, "last-owner")
    second = await added(htx, "owner")
    assert (await htx.delete(owner)).status_code == 204
    assert (await htx.patch(own(htx), {"name": "HTX Khác"})).status_code == 403
    assert (await second.patch(own(htx), {"name": "HTX Khác"})).status_code == 200


async def test_two_owners_cannot_leave_at_the_same_moment(own_client: Client) -> None:
    htx = await own_client.register()
    second = await added(htx, "owner")
    members = (await htx.get(f"{own(htx)}/members")).json()["items"]
    first_id = next(member["id"] for member in members if member["id"] != second.member_id)
    left = await asyncio.gather(
        htx.delete(f"{own(htx)}/members/{first_id}"), second.delete(f"{own(htx)}/members/{second.member_id}")
    )
    assert sorted(answer.status_code for answer in left) == [204, 409]


async def test_who_left_is_out_and_may_come_back(client: Client) -> None:
    htx = await client.register()
    staff = await added(htx)
    assert (await staff.delete(f"{own(htx)}/members/{staff.member_id}")).status_code == 204
    assert (await staff.get(f"{own(htx)}/members")).status_code == 404
    assert (await staff.get("/me")).json()["memberships"] == []
    person = {"full_name": "Thành Viên Thử", "email": staff.user["email"], "password": PASSWORD}
    asked = await htx.post(f"{own(htx)}/members", {"user": person, "role": "manager"})
    twice = await htx.post(f"{own(htx)}/members", {"user": person, "role": "manager"})
    await staff.post(f"/invitations/{asked.json()['id']}/accept")
    back = (await htx.get(f"{own(htx)}/members")).json()["items"]
    assert (staff.member_id, "manager") in [(member["id"], member["role"]) for member in back]
    again = await htx.post(f"{own(htx)}/members", {"user": person})
    assert (twice.status_code, again.status_code, again.json()["code"]) == (409, 409, "already-member")


async def test_a_known_person_shows_nothing_until_they_accept(client: Client) -> None:
    htx, somebody, stranger = await client.register(), await client.register(), await client.register()
    person = {"full_name": "Tên Gõ Bừa", "email": somebody.user["email"], "password": PASSWORD}

    asked = (await htx.post(f"{own(htx)}/members", {"user": person})).json()
    invitations = (await somebody.get("/me/invitations")).json()["items"]
    foreign = await stranger.post(f"/invitations/{asked['id']}/accept")
    declined = await somebody.post(f"/invitations/{asked['id']}/decline")
    late = await somebody.post(f"/invitations/{asked['id']}/accept")

    assert (asked["status"], asked["user"]) == ("invited", None)
    assert [invitation["organization"]["id"] for invitation in invitations] == [htx.organization["id"]]
    assert (foreign.status_code, declined.json()["status"], late.status_code) == (404, "declined", 409)
    assert (await somebody.get("/me")).json()["acting_for"] == somebody.organization["id"]
    assert len((await htx.get(f"{own(htx)}/members")).json()["items"]) == 1


async def test_contacts_are_for_members_and_officers(client: Client) -> None:
    contact = {"name": "Người Liên Hệ Thử", "phone": "0912345678", "email": "lien.he@thu.example"}
    htx, stranger = await client.register(contact=contact), await client.register()
    staff, officer = await added(htx), await client.officer()
    for who, sees in ((client, False), (stranger, False), (staff, True), (officer, True)):
        one = (await who.get(own(htx))).json()
        page = (await who.get("/organizations")).json()["items"]
        listed = next(item for item in page if item["id"] == htx.organization["id"])
        assert one == listed
        assert (one["contact"] is not None) is sees
        assert ("Liên Hệ" in str(page)) is sees


async def test_a_contact_can_be_taken_away(client: Client) -> None:
    htx = await client.register(contact={"phone": "0912345678"})
    body = (await htx.patch(own(htx), {"contact": None})).json()
    assert body["contact"] == {"name": None, "phone": None, "email": None}


async def test_an_officer_of_elsewhere_vouches(client: Client, session: AsyncSession) -> None:
    htx, officer = await client.register(), await client.officer()
    answer = await officer.post(f"{own(htx)}/verify", {"note": "Đã xem giấy đăng ký"})
    assert (answer.status_code, answer.json()["verification"]) == (200, "verified")
    assert answer.json()["verified_at"] is not None
    entry = (await log_of(session, htx.organization["id"]))[-1]
    assert (entry.verb, str(entry.user_id)) == ("verify", officer.user["id"])
    assert entry.diff["verification"] == ["unverified", "verified"]


@pytest.mark.parametrize("verb", ["verify", "suspend", "restore"])
async def test_nobody_judges_their_own_organization(client: Client, verb: str) -> None:
    htx, officer = await client.register(), await client.officer()
    await joined(htx, officer)
    answer = await officer.post(f"{own(htx)}/{verb}")
    assert (answer.status_code, answer.json()["code"]) == (403, "self-verification")
    assert (await htx.post(f"{own(htx)}/{verb}")).status_code == 403


@pytest.mark.parametrize(
    ("change", "kept"),
    [({"name": "HTX Tên Khác"}, False), ({"legal_form": "company"}, False), ({"address": "Ấp 2"}, True)],
)
async def test_another_identity_must_be_verified_anew(client: Client, change: dict[str, Any], kept: bool) -> None:
    htx, officer = await client.register(), await client.officer()
    await officer.post(f"{own(htx)}/verify", SEEN)
    body = (await htx.patch(own(htx), change)).json()
    assert (body["verification"] == "verified") is kept
    assert (body["verified_at"] is not None) is kept


async def test_a_rejection_says_so_and_is_no_verification(client: Client) -> None:
    htx, officer = await client.register(), await client.officer()
    body = (await officer.post(f"{own(htx)}/verify", {"decision": "rejected", "note": "Thiếu giấy tờ"})).json()
    assert (body["verification"], body["verified_at"]) == ("rejected", None)


async def test_a_suspended_organization_is_out_of_sight_and_cannot_act(client: Client) -> None:
    htx, stranger, officer = await client.register(), await client.register(), await client.officer()
    assert (await officer.post(f"{own(htx)}/suspend")).json()["status"] == "suspended"
    assert (await stranger.get(own(htx))).status_code == 404
    assert htx.organization["id"] not in (await client.get("/organizations")).text
    assert (await officer.get(own(htx))).status_code == 200

    assert (await htx.get(own(htx))).json()["status"] == "suspended"
    assert (await htx.patch(own(htx), {"name": "HTX Khác"})).status_code == 403
    assert (await htx.get("/me")).json()["acting_for"] is None
    named = await htx.get("/me", headers={"Market-Organization": htx.organization["id"]})
    assert named.json()["code"] == "not-a-member"

    await officer.post(f"{own(htx)}/restore")
    assert (await stranger.get(own(htx))).status_code == 200
    assert (await htx.patch(own(htx), {"name": "HTX Khác"})).status_code == 200


async def test_a_person_of_two_organizations_says_for_which_they_act(client: Client) -> None:
    first, second = await client.register(), await client.register()
    await joined(second, first)
    assert (await first.get("/me")).json()["acting_for"] == first.organization["id"]
    for organization in (first.organization["id"], second.organization["id"].upper()):
        me = (await first.get("/me", headers={"Market-Organization": organization})).json()
        assert me["acting_for"] == organization.lower()
        assert len(me["memberships"]) == 2


@pytest.mark.parametrize("named", ["", "x", "00000000-0000-0000-0000-000000000000", "{stranger}"])
async def test_nobody_acts_for_others(client: Client, named: str) -> None:
    htx, stranger = await client.register(), await client.register()
    header = named.format(stranger=stranger.organization["id"])
    answer = await htx.get("/me", headers={"Market-Organization": header})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-a-member")


async def test_organizations_are_found_by_part_of_their_name_marks_aside(client: Client) -> None:
    for name in ("HTX Bưởi Da Xanh Thử", "HTX Đồng Tháp Thử", "100% Thử_Nghiệm"):
        await client.register(name=name)
    for looked_for, found in (
        ("buoi da", 1),
        ("BƯỞI DA XANH", 1),
        ("đồng", 1),
        ("dong thap", 1),
        ("100%", 1),
        ("%", 1),
        ("_", 1),
        ("thử", 3),
        ("\\", 0),
    ):
        page = (await client.get("/organizations", params={"q": looked_for})).json()
        assert len(page["items"]) == found, looked_for


async def test_a_list_costs_one_statement_however_long(client: Client, count_queries: CountQueries) -> None:
    for _ in range(3):
        await client.register()
    with count_queries() as short:
        await client.get("/organizations?limit=1")
    with count_queries() as long:
        await client.get("/organizations?limit=3")
    assert len(short) == len(long) == 1
