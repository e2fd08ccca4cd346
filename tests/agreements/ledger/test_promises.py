"""What an agreement from a quote holds of a listing: nothing twice, and nothing for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.endings import lapse_expired
from market.core import clock
from market.core.changes import Change
from tests.agreements.bargains import SALE, accepted, amended, both_end, both_sign, drawn_up, in_force
from tests.agreements.stories import answered, done
from tests.people import Client
from tests.quotes.stories import TODAY, Trade, day, made, need_body, reserved, trade


async def test_coming_into_force_reserves_nothing_twice(client: Client, session: AsyncSession) -> None:
    around = await trade(client)
    quote = await accepted(around, per="week", quantity="1000")

    effective = await in_force(around, await drawn_up(around.buyer, quote))

    assert effective["status"] == "effective"
    assert await reserved(session, around.listing) == ["1000"] * 4


@pytest.mark.parametrize(
    ("verb", "body"),
    [("terminate", {"cause": "price"}), ("lapse", {"cause": "logistics"})],
)
async def test_an_agreement_that_ends_frees_what_it_held(
    client: Client, session: AsyncSession, verb: str, body: dict[str, str]
) -> None:
    around = await trade(client)
    effective = await in_force(around, await drawn_up(around.buyer, await accepted(around)))

    await both_end(around, effective, verb, body)

    assert await reserved(session, around.listing) == []
    entry = (await session.scalars(select(Change).where(Change.verb == "release"))).one()
    assert entry.diff["because"] == body["cause"]
    again = await around.buyer.post("/agreements", SALE | {"quote": effective["quote"]})
    assert again.json()["code"] == "already-drawn-up"


async def test_an_organizer_or_the_clock_that_ends_it_frees_it_too(client: Client, session: AsyncSession) -> None:
    around = await trade(client)
    agreement = await drawn_up(around.buyer, await accepted(around))
    await both_sign(around, agreement)

    with clock.shifted(timedelta(days=60)):
        await lapse_expired(session)
        await session.commit()

    assert await reserved(session, around.listing) == []


async def test_what_is_delivered_in_full_frees_the_rest_and_a_reversal_takes_what_is_left(
    client: Client, session: AsyncSession
) -> None:
    around = await trade(client)
    quote = await accepted(around, per="week", quantity="1000")
    effective = await in_force(around, await drawn_up(around.buyer, quote))
    line = effective["lines"][0]["id"]
    path = f"/agreements/{effective['id']}"
    arrival = {"line": line, "delivered_on": day(TODAY), "quantity": "4000"}

    delivered = await around.buyer.post(f"{path}/deliveries", arrival)
    assert delivered.status_code == 201, delivered.text
    freed = await reserved(session, around.listing)
    need = await made(around.buyer, "/needs", need_body(another=True))
    rival = Trade(client, around.buyer, need, around.supplier, around.listing)
    await accepted(rival, per="week", quantity="600")
    reversed_ = await around.buyer.post(f"{path}/deliveries", {"reverses": delivered.json()["delivery"]["id"]})
    assert reversed_.status_code == 201, reversed_.text

    assert freed == []
    assert (await around.buyer.get(path)).json()["status"] == "effective"
    assert sorted(await reserved(session, around.listing)) == ["400"] * 4 + ["600"] * 4


async def test_an_mou_that_ends_holds_nothing_while_its_contract_goes_on(client: Client, session: AsyncSession) -> None:
    around = await trade(client)
    mou = await drawn_up(around.buyer, await accepted(around), instrument="mou")
    await both_sign(around, mou)
    contract = await done(around.buyer, mou, "convert", {"instrument": "sale"})
    assert (contract["quote"], contract["lines"][0]["quote_line"]) == (mou["quote"], mou["lines"][0]["quote_line"])

    await both_end(around, mou, "terminate", {"cause": "other", "note": "Đã có hợp đồng"})
    kept = await reserved(session, around.listing)
    await in_force(around, contract)
    await both_end(around, contract, "terminate", {"cause": "price"})

    assert kept == ["700"] * 4
    assert await reserved(session, around.listing) == []


async def test_an_mou_that_was_amended_beside_its_contract_holds_nothing_either(
    client: Client, session: AsyncSession
) -> None:
    around = await trade(client)
    mou = await drawn_up(around.buyer, await accepted(around), instrument="mou")
    await both_sign(around, mou)
    contract = await done(around.buyer, mou, "convert", {"instrument": "sale"})
    newer = await done(around.buyer, mou, "amend", {"cause": "price", "changes": {"title": "Sửa đổi"}})
    await both_sign(around, newer)
    await in_force(around, contract)

    await both_end(around, contract, "terminate", {"cause": "price"})

    assert await reserved(session, around.listing) == []


async def test_a_discarded_contract_of_an_mou_that_ended_frees_the_goods(client: Client, session: AsyncSession) -> None:
    around = await trade(client)
    mou = await drawn_up(around.buyer, await accepted(around), instrument="mou")
    await both_sign(around, mou)
    contract = await done(around.buyer, mou, "convert", {"instrument": "sale"})
    await both_end(around, mou, "lapse", {"cause": "documents"})
    kept = await reserved(session, around.listing)

    await around.buyer.delete(f"/agreements/{contract['id']}", headers={"If-Match": "*"})

    assert (kept, await reserved(session, around.listing)) == (["700"] * 4, [])


async def test_an_amendment_in_force_reserves_what_it_promises_or_is_refused(
    client: Client, session: AsyncSession
) -> None:
    around = await trade(client)
    effective = await in_force(around, await drawn_up(around.buyer, await accepted(around)))
    more = await done(around.buyer, effective, "amend", amended(effective, quantity="900", per="week"))
    before = await reserved(session, around.listing)
    need = await made(around.buyer, "/needs", need_body(another=True))
    rival = Trade(client, around.buyer, need, around.supplier, around.listing)
    other = await accepted(rival, per="week", quantity="200")
    (proposal,) = (await around.supplier.get(f"/agreements/{effective['id']}")).json()["proposals"]

    refused = await answered(around.supplier, proposal)
    ended = await drawn_up(around.buyer, other)
    await both_sign(around, ended)
    await both_end(around, ended, "terminate", {"cause": "price"})
    await answered(around.supplier, proposal)
    grown = (await around.buyer.get(f"/agreements/{more['id']}")).json()

    assert before == ["700"] * 4
    assert (refused.status_code, refused.json()["code"]) == (409, "capacity-short")
    assert {missing["missing"] for missing in refused.json()["missing"]} == {"100"}
    assert grown["status"] == "effective"
    assert await reserved(session, around.listing) == ["900"] * 4
    less = await done(around.buyer, grown, "amend", amended(grown, quantity="300", per="week"))
    await done(around.supplier, less, "confirm")
    assert await reserved(session, around.listing) == ["300"] * 4
