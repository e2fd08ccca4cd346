"""A seller's word alone does not count: the receiver confirms, disputes, or lets pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.audit import verify
from market.agreements.history.chain import chain_follower
from market.agreements.ledger.fulfilling import fulfil_what_was_let_pass
from market.agreements.models import Agreement
from market.core import clock
from market.core.changes import Change
from market.core.followers import follow_once
from tests.agreements.ledger.test_ledger import ledger, record_of
from tests.agreements.stories import LINE, Table, act, done, effective, signed, table, verified
from tests.database import CountQueries
from tests.people import Client

HUNDRED = LINE | {"quantity": "100", "tolerance_pct": 0}
SHORT = {"cause": "volume", "words": "Chỉ nhận 48 kg"}
WEEK = timedelta(days=7)


async def arrives(who: Client, agreement: dict[str, Any], quantity: str, **more: Any) -> httpx.Response:
    body = {"line": agreement["lines"][0]["id"], "delivered_on": "2026-11-21", "quantity": quantity, **more}
    return await who.post(f"/agreements/{agreement['id']}/deliveries", body)


async def said(who: Client, agreement: dict[str, Any], delivery: Any, verb: str, body: Any = None) -> httpx.Response:
    return await who.post(f"/agreements/{agreement['id']}/deliveries/{delivery['id']}/{verb}", body)


async def hundred(client: Client) -> tuple[Table, dict[str, Any]]:
    around = await table(client)
    return around, await effective(around, lines=[HUNDRED])


async def status_of(session: AsyncSession, agreement: dict[str, Any]) -> str | None:
    return await session.scalar(select(Agreement.status).where(Agreement.id == agreement["id"]))


async def test_a_seller_alone_fulfils_nothing(client: Client, session: AsyncSession) -> None:
    around, agreement = await hundred(client)
    await verified(around.officer, around.buyer)

    answer = (await arrives(around.seller, agreement, "100")).json()

    assert (answer["status"], answer["standing"]["outcome"]) == ("effective", "not_met")
    assert (answer["standing"]["delivered"], answer["standing"]["waiting"]) == ("0", "100")
    assert (answer["delivery"]["stage"], answer["delivery"]["confirmed_at"]) == ("waiting", None)
    assert answer["delivery"]["counts_on"] == (clock.today() + WEEK).isoformat()
    assert await record_of(session, around) is None
    lapsed = await act(around.officer, agreement, "lapse", {"cause": "price"})
    assert lapsed.json()["errors"][0]["code"] == "delivered"


async def test_the_receivers_confirmation_fulfils(client: Client, session: AsyncSession) -> None:
    around, agreement = await hundred(client)
    await verified(around.officer, around.buyer)
    delivery = (await arrives(around.seller, agreement, "100")).json()["delivery"]

    confirmed = await said(around.buyer, agreement, delivery, "confirm")

    assert (confirmed.json()["stage"], confirmed.json()["counts_on"]) == ("counted", clock.today().isoformat())
    assert (await ledger(around.seller, agreement))["status"] == "fulfilled"
    assert await record_of(session, around) == (1, 1)


async def test_what_the_receiver_recorded_counts_at_once(client: Client) -> None:
    around, agreement = await hundred(client)

    answer = (await arrives(around.buyer, agreement, "100")).json()

    assert (answer["status"], answer["delivery"]["stage"]) == ("fulfilled", "counted")


async def test_silence_lets_a_delivery_pass_on_its_day(client: Client, session: AsyncSession) -> None:
    around, agreement = await hundred(client)
    await arrives(around.seller, agreement, "100")

    with clock.shifted(WEEK - timedelta(days=1)):
        await fulfil_what_was_let_pass(session)
        before = await status_of(session, agreement)
    with clock.shifted(WEEK):
        await fulfil_what_was_let_pass(session)
        await fulfil_what_was_let_pass(session)

    assert (before, await status_of(session, agreement)) == ("effective", "fulfilled")
    entries = await session.scalars(select(Change.actor_kind).where(Change.verb == "fulfil"))
    assert list(entries) == ["system"]


async def test_a_dispute_stops_silence_and_shows_the_receivers_words(client: Client, session: AsyncSession) -> None:
    around, agreement = await hundred(client)
    delivery = (await arrives(around.seller, agreement, "100")).json()["delivery"]

    strangers = [await said(who, agreement, delivery, "dispute", SHORT) for who in (around.seller, around.organizer)]
    bare = await said(around.buyer, agreement, delivery, "dispute", {"cause": "volume"})
    answers = [await said(around.buyer, agreement, delivery, "dispute", SHORT) for _ in range(2)]
    with clock.shifted(WEEK * 3):
        await fulfil_what_was_let_pass(session)
    found = await ledger(around.seller, agreement)

    assert [answer.status_code for answer in strangers] == [403, 403]
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (400, "/words")
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (found["status"], found["standings"][0]["disputed"], found["standings"][0]["waiting"]) == (
        "effective",
        "100",
        "0",
    )
    (entry,) = found["items"]
    assert (entry["stage"], entry["counts_on"], entry["dispute"]["words"]) == ("disputed", None, SHORT["words"])
    logged = (await session.scalars(select(Change).where(Change.entity == "delivery_dispute"))).all()
    assert len(logged) == 1
    assert SHORT["words"] not in str(logged[0].diff)
    history = (await around.seller.get(f"/agreements/{agreement['id']}/history")).json()["items"]
    assert history[-1]["entity"] == "delivery_dispute"
    after_all = await said(around.buyer, agreement, delivery, "confirm")
    assert after_all.json()["stage"] == "counted"
    assert (await ledger(around.seller, agreement))["status"] == "fulfilled"


async def test_what_counts_is_no_longer_disputed_and_what_was_taken_back_neither(client: Client) -> None:
    around, agreement = await hundred(client)
    first = (await arrives(around.seller, agreement, "10")).json()["delivery"]
    second = (await arrives(around.seller, agreement, "20")).json()["delivery"]
    await said(around.buyer, agreement, first, "confirm")
    await around.seller.post(f"/agreements/{agreement['id']}/deliveries", {"reverses": second["id"]})

    refused = [await said(around.buyer, agreement, one, "dispute", SHORT) for one in (first, second, agreement)]
    foreign = await around.seller.post(
        f"/agreements/{agreement['id']}/deliveries",
        {"reverses": (await arrives(around.buyer, agreement, "5")).json()["delivery"]["id"]},
    )

    assert [answer.status_code for answer in refused] == [409, 409, 404]
    assert [answer.json()["code"] for answer in refused[:2]] == ["delivery-counted", "delivery-reversed"]
    assert foreign.status_code == 403


async def test_a_witness_records_nothing_and_a_seller_confirms_nothing_for_a_buyer_known_by_name(
    client: Client, session: AsyncSession
) -> None:
    around = await table(client)
    witness = await client.register("authority")
    paper = around.paper(lines=[HUNDRED])
    buyer = {"role": "buyer", "name": "Chợ Chưa Đăng Ký", "responsible": {"name": "Phụ Trách"}}
    seeing = {"role": "witness", "organization": witness.organization["id"]}
    answer = await around.seller.post("/agreements", paper | {"parties": [paper["parties"][0], buyer, seeing]})
    agreement = await done(around.officer, answer.json(), "sign")
    for party in agreement["parties"]:
        await done(around.officer, agreement, "confirm", {"party": party["id"]})
    agreement = await done(around.officer, agreement, "make-effective")

    recorded = (await arrives(around.seller, agreement, "100")).json()["delivery"]
    by_witness = await arrives(witness, agreement, "1")
    by_seller = await said(around.seller, agreement, recorded, "confirm")
    with clock.shifted(WEEK * 10):
        await fulfil_what_was_let_pass(session)

    assert recorded["counts_on"] is None
    assert (by_witness.status_code, by_seller.status_code) == (403, 403)
    assert await status_of(session, agreement) == "effective"
    assert (await said(around.officer, agreement, recorded, "confirm")).json()["stage"] == "counted"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"evidence": "Phiếu 15/GH"}, {"evidence": "phieu 015 - gh"}),
        ({"evidence": "Phiếu 15"}, {}),
        ({}, {}),
        ({"evidence": "P-7"}, {"evidence": "p 7", "delivered_on": "2026-11-22"}),
    ],
)
async def test_both_sides_record_the_same_slip_and_it_is_one_delivery(
    client: Client, first: dict[str, Any], second: dict[str, Any]
) -> None:
    around, agreement = await hundred(client)
    there = (await arrives(around.seller, agreement, "50", **first)).json()["delivery"]

    again = await arrives(around.buyer, agreement, "50", **second)
    insisting = await arrives(around.buyer, agreement, "50", **second, another=True)

    assert (again.status_code, again.json()["code"]) == (409, "probable-duplicate")
    assert again.json()["duplicate"]["id"] == there["id"]
    assert "quantity" in again.json()["duplicate"]["same"]
    assert insisting.status_code == 201
    assert insisting.json()["standing"]["delivered"] == "50"


async def test_what_is_tapped_twice_is_asked_about_and_what_differs_is_not(client: Client) -> None:
    around, agreement = await hundred(client)
    await arrives(around.seller, agreement, "10", evidence="Phiếu 1")

    twice = await arrives(around.seller, agreement, "10", evidence="Phiếu 1")
    other_slip = await arrives(around.seller, agreement, "10", evidence="Phiếu 2")
    other_load = await arrives(around.seller, agreement, "11")
    with clock.shifted(timedelta(minutes=11)):
        much_later = await arrives(around.seller, agreement, "11")

    assert [answer.status_code for answer in (twice, other_slip, other_load, much_later)] == [409, 201, 201, 201]
    key = {"Idempotency-Key": "slip-3"}
    body = {"line": agreement["lines"][0]["id"], "delivered_on": "2026-11-21", "quantity": "3"}
    path = f"/agreements/{agreement['id']}/deliveries"
    replays = [await around.seller.post(path, body, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in replays] == [201, 201]
    assert replays[0].json()["delivery"]["id"] == replays[1].json()["delivery"]["id"]


async def test_a_record_is_made_with_several_verified_counterparties(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    one_kg = HUNDRED | {"quantity": "1"}
    newcomer = await client.register("buyer")
    unverified = await effective(replace(around, buyer=newcomer), lines=[one_kg])
    await arrives(newcomer, unverified, "1")
    before = await record_of(session, around)
    for number in range(7):
        again = await effective(around, lines=[one_kg], paper_number=f"{number}")
        await arrives(around.buyer, again, "1")

    assert before == (0, 0)
    assert await record_of(session, around) == (5, 5)


async def test_waiting_goods_are_not_late_and_disputed_ones_are(client: Client) -> None:
    around = await table(client)
    line = HUNDRED | {"period_from": "2026-11-20", "period_until": "2026-11-21"}
    agreement = await effective(around, lines=[line])

    async def late() -> list[tuple[str, str]]:
        items = (await around.buyer.get("/agreements/overdue")).json()["items"]
        return [(item["short"], item["waiting"]) for item in items]

    none = await late()
    delivery = (await arrives(around.seller, agreement, "60")).json()["delivery"]
    waiting = await late()
    await said(around.buyer, agreement, delivery, "dispute", SHORT)

    assert (none, waiting, await late()) == ([("100", "0")], [("40", "60")], [("100", "0")])


async def test_the_chain_covers_disputes_and_the_ledger_refuses_to_rewrite_them(
    own_client: Client,
) -> None:
    around, agreement = await hundred(own_client)
    delivery = (await arrives(around.seller, agreement, "100")).json()["delivery"]
    await said(around.buyer, agreement, delivery, "dispute", SHORT)
    state = own_client.app.state
    while await follow_once(state.sessions, chain_follower()):
        pass
    async with state.sessions() as session:
        assert (await verify(session)).finding is None
    async with state.sessions() as session:
        with pytest.raises(DBAPIError, match="append-only"):
            await session.execute(text("UPDATE delivery_dispute SET words = 'khác'"))
    async with state.sessions() as session:
        await session.execute(text("SET session_replication_role = replica"))
        await session.execute(text("UPDATE delivery_dispute SET words = 'khác'"))
        found = await verify(session)
        assert found.finding is not None
        assert found.finding.table == "delivery_dispute"


async def test_a_verb_on_a_delivery_takes_the_same_statements_for_any_number(
    client: Client, count_queries: CountQueries
) -> None:
    around = await table(client)
    small = await effective(around, lines=[HUNDRED])
    large = await effective(around, lines=[HUNDRED] * 12, paper_number="nhiều")
    costs = []
    for agreement, before in ((small, 0), (large, 9)):
        for number in range(before):
            await arrives(around.seller, agreement, f"{number + 1}", evidence=f"{number}")
        with count_queries() as recording:
            delivery = (await arrives(around.seller, agreement, "50", evidence="cuối")).json()["delivery"]
        with count_queries() as disputing:
            await said(around.buyer, agreement, delivery, "dispute", SHORT)
        with count_queries() as confirming:
            await said(around.buyer, agreement, delivery, "confirm")
        costs.append([len(recording), len(disputing), len(confirming)])

    assert costs[0] == costs[1]
    assert await signed(around.organizer, around.paper(paper_number="khác"))
