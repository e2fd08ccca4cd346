"""Answers that are kept are never stale, whatever changed and however, and are kept from who may not see."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from market.needs.schemas import NeedCreate
from tests.database import CountQueries
from tests.people import Client
from tests.test_access_matrix import example_of

NEED = example_of(NeedCreate) | {"publish": True, "deadline": None}


async def test_a_need_is_read_by_one_statement_and_anew_when_anything_of_it_changes(
    client: Client, session: AsyncSession, count_queries: CountQueries
) -> None:
    buyer = await client.register("buyer", name="Siêu thị Một")
    need = (await buyer.post("/needs", NEED)).json()
    path = f"/needs/{need['id']}"
    assert (await client.get(path)).json() == need
    with count_queries() as counted:
        assert (await client.get(path)).json() == need
    assert len(counted) == 1
    await buyer.patch(path, {"title": "Tên khác"})
    assert (await client.get(path)).json()["title"] == "Tên khác"
    await buyer.patch(f"/organizations/{buyer.organization['id']}", {"name": "Siêu thị Hai"})
    assert (await client.get(path)).json()["organization"]["name"] == "Siêu thị Hai"
    await session.execute(text("UPDATE need_line SET note = 'Sửa thẳng' WHERE need_id = :id"), {"id": need["id"]})
    await session.commit()
    assert (await client.get(path)).json()["lines"][0]["note"] == "Sửa thẳng"


async def test_what_is_hidden_is_gone_for_others_at_once_and_stays_for_its_own(client: Client) -> None:
    buyer, other = await client.register("buyer"), await client.register("producer")
    need = (await buyer.post("/needs", NEED)).json()
    path = f"/needs/{need['id']}"
    assert [(await who.get(path)).status_code for who in (client, buyer, other)] == [200] * 3
    assert (await buyer.post(f"{path}/pause")).status_code == 200
    assert [(await who.get(path)).status_code for who in (client, buyer, other)] == [404, 200, 404]
    officer = await client.officer()
    assert (await officer.get(path)).json()["status"] == "paused"


async def test_an_organization_is_shown_to_each_as_they_may_see_it(client: Client, count_queries: CountQueries) -> None:
    owner, other, officer = await client.register("producer"), await client.register("buyer"), await client.officer()
    path = f"/organizations/{owner.organization['id']}"
    contact = {"name": "Nguyễn Thị Thử", "phone": None, "email": "thu@htx.example"}
    assert (await owner.patch(path, {"contact": contact})).status_code == 200
    for _ in range(2):
        seen = [(await who.get(path)).json()["contact"] for who in (client, owner, other, officer)]
        assert [bool(one) for one in seen] == [False, True, False, True]
    with count_queries() as counted:
        await client.get(path)
    assert len(counted) == 1
    assert (await officer.post(f"{path}/suspend")).status_code == 200
    assert [(await who.get(path)).status_code for who in (client, other, officer)] == [404, 404, 200]


@pytest.mark.parametrize("path", ["/needs", "/organizations"])
async def test_what_there_is_not_is_not_found(client: Client, path: str) -> None:
    assert (await client.get(f"{path}/0192f8c5-7c2e-7a52-8f9b-3f0e5d0c8a01")).status_code == 404
