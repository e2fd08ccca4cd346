from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.changes import Change
from tests.agreements.stories import LINE, act, done, effective, logged, signed, table, verified
from tests.people import Client

VAGUE = {"description": "Nông sản các loại"}


def pointers(problem: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in problem["errors"]]


async def test_the_gate_lists_everything_missing_at_its_place(client: Client) -> None:
    around = await table(client)
    parties = [
        {"role": "seller", "name": "HTX A"},
        {"role": "buyer", "name": "Chợ B"},
        {"role": "witness", "name": "Sở C"},
    ]
    agreement = await signed(around.officer, around.paper(parties=parties, lines=[LINE, VAGUE]))

    answer = await act(around.officer, agreement, "make-effective")

    assert (answer.status_code, answer.json()["code"]) == (409, "requirements-missing")
    assert pointers(answer.json()) == [
        "/lines/1/concept",
        "/lines/1/quantity",
        "/lines/1/unit",
        "/lines/1/period_from",
        "/lines/1/period_until",
        "/lines/1/delivery_plan",
        "/parties/0/responsible",
        "/parties/1/responsible",
        "/parties/0/confirmed_at",
        "/parties/1/confirmed_at",
    ]
    assert (await client.get(f"/agreements/{agreement['id']}")).json()["quantified"] is False


async def test_an_mou_without_lines_is_signed_but_not_quantified(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper(instrument="mou", lines=[]))

    answer = await act(around.organizer, agreement, "make-effective")

    assert agreement["quantified"] is False
    assert "/lines" in pointers(answer.json())


async def test_quantified_and_confirmed_by_both_sides_it_becomes_effective(
    client: Client, session: AsyncSession
) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    await done(around.seller, agreement, "confirm")
    half = await act(around.organizer, agreement, "make-effective")
    await done(around.buyer, agreement, "confirm")

    after = await done(around.buyer, agreement, "make-effective")

    assert (half.status_code, pointers(half.json())) == (409, ["/parties/1/confirmed_at"])
    assert (after["status"], after["effective_on"]) == ("effective", clock.today().isoformat())
    verbs = await session.scalars(select(Change.verb).where(Change.entity == "agreement").order_by(Change.id))
    assert list(verbs) == ["create", "sign", "confirm", "confirm", "make_effective"]


async def test_what_is_signed_and_confirmed_changes_only_by_a_proposal(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    await done(around.seller, agreement, "confirm")
    await done(around.buyer, agreement, "confirm")
    path = f"/agreements/{agreement['id']}"

    same = await around.organizer.patch(path, {"title": "Tiêu đề kín"}, headers={"If-Match": "*"})
    price = {"lines": [LINE | {"price_vnd": 1}]}
    others = [await who.patch(path, price, headers={"If-Match": "*"}) for who in (around.seller, around.organizer)]

    assert [party["confirmed_at"] is None for party in same.json()["parties"]] == [False, False]
    assert [answer.json()["code"] for answer in others] == ["not-for-this-role", "content-agreed"]
    assert "HTX Bán Thử, Siêu thị Mua Thử" in others[1].json()["detail"]


async def test_nobody_confirms_for_the_other_side_except_an_officer_on_its_behalf(
    client: Client, session: AsyncSession
) -> None:
    around = await table(client)
    agreement = await signed(around.organizer, around.paper())
    seller, buyer = (party["id"] for party in agreement["parties"])

    by_seller = await act(around.seller, agreement, "confirm", {"party": buyer})
    by_organizer = await act(around.organizer, agreement, "confirm", {"party": buyer})
    unnamed = await act(around.organizer, agreement, "confirm")
    unknown = await act(around.officer, agreement, "confirm", {"party": agreement["id"]})
    after = await done(around.officer, agreement, "confirm", {"party": seller})

    assert [answer.status_code for answer in (by_seller, by_organizer, unnamed, unknown)] == [403, 403, 400, 400]
    assert [party["confirmed_at"] is not None for party in after["parties"]] == [True, False]
    change = await session.scalar(select(Change).where(Change.verb == "confirm"))
    assert change is not None
    assert str(change.on_behalf_of) == around.seller.organization["id"]


async def test_who_logged_it_confirms_for_those_known_by_name_only(client: Client) -> None:
    around = await table(client)
    body = around.paper()
    body["parties"][0] = {"role": "seller", "name": "HTX Chưa Đăng Ký", "responsible": {"name": "Người Bán"}}
    agreement = await signed(around.organizer, body)
    named = agreement["parties"][0]["id"]

    refused = await act(around.buyer, agreement, "confirm", {"party": named})
    await done(around.organizer, agreement, "confirm", {"party": named})
    await done(around.buyer, agreement, "confirm")

    assert refused.status_code == 403
    assert (await done(around.organizer, agreement, "make-effective"))["status"] == "effective"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"parties": [{"role": "seller", "name": "A"}, {"role": "seller", "name": "B"}]}, "/parties"),
        ({"parties": [{"role": "buyer", "name": "A"}]}, "/parties"),
        (
            {"domain": "other", "parties": [{"role": "authority", "name": "A"}, {"role": "witness", "name": "B"}]},
            "/parties",
        ),
        ({"signed_on": "2099-01-01"}, "/signed_on"),
    ],
)
async def test_paper_without_two_sides_or_from_the_future_is_not_signed(
    client: Client, changes: dict[str, Any], pointer: str
) -> None:
    around = await table(client)
    agreement = await logged(around.officer, around.paper(**changes))

    answer = await act(around.officer, agreement, "sign")

    assert (answer.status_code, pointers(answer.json())) == (409, [pointer])
    assert (await around.officer.get(f"/agreements/{agreement['id']}")).json()["status"] == "draft"


async def test_signed_paper_keeps_its_sides(client: Client) -> None:
    around = await table(client)
    agreement = await signed(around.officer, around.paper())

    answer = await around.officer.patch(f"/agreements/{agreement['id']}", {"parties": []}, headers={"If-Match": "*"})

    assert (answer.status_code, pointers(answer.json())) == (409, ["/parties"])


async def test_what_is_known_only_at_the_table_goes_with_signing(client: Client) -> None:
    around = await table(client)
    agreement = await logged(around.organizer, around.paper(signed_on=None, signing_place=None, province=None))

    after = await done(around.organizer, agreement, "sign", {"signing_place": "Nha Trang", "province": {"code": "56"}})

    assert after["signed_on"] == clock.today().isoformat()
    assert (after["signing_place"], after["province"]["name"]) == ("Nha Trang", "Khánh Hòa")


async def test_departments_sign_without_seller_or_buyer_and_each_confirms(client: Client) -> None:
    around = await table(client)
    department = await client.register("authority", name="Sở Thử Một")
    await verified(around.officer, department)
    parties = [
        {"role": "authority", "organization": department.organization["id"], "responsible": {"name": "Chuyên Viên"}},
        {"role": "authority", "name": "Sở Thử Hai"},
    ]
    agreement = await signed(department, around.paper(domain="other", instrument="mou", event=None, parties=parties))
    await done(department, agreement, "confirm")

    answer = await act(department, agreement, "make-effective")

    assert pointers(answer.json()) == ["/parties/1/responsible", "/parties/1/confirmed_at"]


async def test_what_is_effective_is_not_edited(client: Client) -> None:
    around = await table(client)
    agreement = await effective(around)

    answer = await around.organizer.patch(
        f"/agreements/{agreement['id']}", {"title": "Khác"}, headers={"If-Match": "*"}
    )

    assert answer.status_code == 409
    assert "amend" in answer.json()["allowed"]
