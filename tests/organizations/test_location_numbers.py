from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from stdnum import ean

from market.core.changes import Change
from market.imports.owners import find_owners
from market.organizations.location_numbers import gln_of
from tests.people import Client

GLN, OTHER = "8938505974002", "8938505974019"


def own(client: Client) -> str:
    return f"/organizations/{client.organization['id']}"


@given(st.text("0123456789", min_size=12, max_size=12).filter(lambda digits: digits.strip("0") != ""))
def test_thirteen_digits_with_a_right_check_digit_are_one(digits: str) -> None:
    gln = digits + ean.calc_check_digit(digits)
    assert gln_of(gln) == gln_of(f" {gln[:3]} {gln[3:7]}-{gln[7:]} ") == gln_of(f"(414) {gln}") == gln
    wrong = digits + str((int(gln[-1]) + 1) % 10)
    assert gln_of(wrong) is None


@pytest.mark.parametrize("text", ["", "0" * 13, "89385059740", "89385059740021", "٨٩٣٨٥٠٥٩٧٤٠٠٢", "8938505974o02"])
def test_nothing_else_is_one(text: str) -> None:
    assert gln_of(text) is None


async def test_an_organization_says_it_and_takes_it_back(client: Client, session: AsyncSession) -> None:
    owner = await client.register(gln="893 8505 97400-2")
    assert (await client.get(own(owner))).json()["gln"] == GLN
    edited = await owner.patch(own(owner), {"gln": OTHER})
    assert (edited.status_code, edited.json()["gln"]) == (200, OTHER)
    assert (await owner.patch(own(owner), {"gln": None})).json()["gln"] is None
    changes = select(Change).where(Change.entity_id == owner.organization["id"]).order_by(Change.id)
    said: list[Mapping[str, Any]] = [change.diff for change in await session.scalars(changes) if change.verb == "edit"]
    assert [diff["gln"] for diff in said] == [[GLN, OTHER], [OTHER, None]]


async def test_a_wrong_check_digit_is_told_with_the_right_one(client: Client) -> None:
    owner = await client.register()
    refused = await owner.patch(own(owner), {"gln": "8938505974003"}, headers={"Accept-Language": "en"})
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], error["code"]) == (400, "/gln", "gln-check-digit")
    assert "has to be 2" in error["message"]


async def test_only_one_verified_organization_has_it(client: Client) -> None:
    officer = await client.officer()
    squatter, rightful = await client.register(gln=GLN), await client.register(gln=GLN)
    assert (await officer.post(f"{own(rightful)}/verify")).status_code == 200
    refused = await officer.post(f"{own(squatter)}/verify")
    assert (refused.status_code, refused.json()["code"]) == (409, "gln-taken")
    elsewhere = await client.register()
    edited = await elsewhere.patch(own(elsewhere), {"gln": GLN})
    assert (edited.status_code, edited.json()["code"]) == (409, "gln-taken")
    assert (await officer.post(f"{own(rightful)}/verify", {"decision": "rejected"})).status_code == 200
    assert (await elsewhere.patch(own(elsewhere), {"gln": GLN})).status_code == 200


async def test_a_number_added_later_suspends_nothing(client: Client) -> None:
    officer, owner = await client.officer(), await client.register()
    await officer.post(f"{own(owner)}/verify")
    assert (await owner.patch(own(owner), {"gln": GLN})).json()["verification"] == "verified"


async def test_files_name_a_verified_organization_by_it(client: Client, session: AsyncSession) -> None:
    officer, rightful, squatter = await client.officer(), await client.register(gln=GLN), await client.register(gln=GLN)
    assert squatter.organization["gln"] == GLN
    unknown = (await find_owners(session, [GLN]))[GLN]
    await officer.post(f"{own(rightful)}/verify")
    owners = await find_owners(session, [GLN, f"(414){GLN}"])
    assert {str(owner) for owner in owners.values()} == {rightful.organization["id"]}
    assert getattr(unknown, "code", None) == "unknown-organization"


async def test_the_list_of_organizations_has_it_as_a_file(client: Client) -> None:
    await client.register(gln=GLN)
    file = (await client.get("/organizations?format=csv")).text
    assert "gln" in file.splitlines()[0]
    assert GLN in file
