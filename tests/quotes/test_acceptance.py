from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.access import SYSTEM
from market.core.changes import Change
from market.listings.models import CapacityReservation
from market.matching.queries import offer_of
from market.quotes.outcome import accepted_quote
from market.quotes.policy import NothingAccepted
from market.quotes.queries import get_quote
from market.quotes.service import release_reservations
from tests.people import Client
from tests.quotes.stories import (
    MONDAY,
    SUNDAY,
    WEEKS,
    Trade,
    act,
    day,
    done,
    made,
    need_body,
    reserved,
    trade,
)

TONNE_CAPACITY = [{"from": day(MONDAY), "to": day(SUNDAY), "quantity": "1", "per": "week"}]


async def test_accepting_reserves_the_goods_week_by_week_and_matching_offers_the_rest(
    client: Client, session: AsyncSession
) -> None:
    around = await trade(client)
    quote = await around.quoted()

    accepted = await done(around.buyer, quote, "accept")

    assert (accepted["status"], accepted["accepted_vnd"]) == ("accepted", accepted["current"]["total_vnd"])
    assert accepted["current"]["lines"][0]["accepted_quantity"] == "100"
    assert await reserved(session, around.listing) == ["700"] * 4
    offer = await offer_of(session, UUID(around.listing["id"]))
    assert offer is not None
    assert list(offer.weekly.values()) == [Decimal(300)] * 4
    entry = (await session.scalars(select(Change).where(Change.verb == "accept"))).one()
    assert entry.diff["accepted"] == {accepted["current"]["lines"][0]["id"]: "100.000"}


async def test_a_need_that_nothing_is_left_for_is_a_near_miss_that_says_so(client: Client) -> None:
    around = await trade(client)
    await done(around.buyer, await around.quoted(per="week", quantity="1000"), "accept")

    found = (await client.get(f"/needs/{around.need['id']}/matches", headers={"Accept-Language": "en"})).json()

    assert found["total"] == 0
    assert found["items"][0]["near_miss_of"] == ["season"]
    assert "All of it is promised then" in str(found["items"][0]["gates"])


async def test_what_is_missing_is_named_by_week_in_the_listings_unit(client: Client, session: AsyncSession) -> None:
    around = await trade(client, unit="TNE", price_vnd=28000000, capacity=TONNE_CAPACITY)
    await done(around.buyer, await around.quoted(), "accept")
    other = await made(around.buyer, "/needs", need_body(another=True))
    rival = Trade(client, around.buyer, other, around.supplier, around.listing)
    second = await rival.quoted(quantity="60")

    refused = await act(around.buyer, second, "accept")

    assert (refused.status_code, refused.json()["code"]) == (409, "capacity-short")
    missing = {"listing": around.listing["id"], "unit": "TNE", "asked": "0.42", "free": "0.3", "missing": "0.12"}
    assert refused.json()["missing"] == [missing | {"week": week} for week in WEEKS]
    assert f"{WEEKS[0]}: 0.12 TNE" in refused.json()["detail"]
    assert await reserved(session, around.listing) == ["0.7"] * 4
    assert (await around.buyer.get(f"/quotes/{second['id']}")).json()["status"] == "submitted"


async def test_a_part_is_accepted_by_line_or_by_share(client: Client, session: AsyncSession) -> None:
    line = need_body()["lines"][0]
    around = await trade(client, need=need_body(lines=[line, line]))
    body = around.offer()
    body["lines"] = [
        {"need_line": need_line["id"], "listing": around.listing["id"], "price_vnd": 10000, "quantity": "60"}
        for need_line in around.need["lines"]
    ]
    path = f"/needs/{around.need['id']}/quotes"
    quote = await made(around.supplier, path, body)
    first, second = (each["id"] for each in quote["current"]["lines"])

    too_much = await act(around.buyer, quote, "accept", {"lines": [{"line": first, "quantity": "61"}]})
    twice = await act(around.buyer, quote, "accept", {"lines": [{"line": first}, {"line": first}]})
    accepted = await done(around.buyer, quote, "accept", {"lines": [{"line": second, "share": "0.5"}]})

    assert [error["code"] for error in too_much.json()["errors"]] == ["more-than-quoted"]
    assert [error["code"] for error in twice.json()["errors"]] == ["unknown-line"]
    assert accepted["status"] == "partly_accepted"
    assert [each["accepted_quantity"] for each in accepted["current"]["lines"]] == ["0", "30"]
    assert accepted["accepted_vnd"] == 30 * 28 * 10000 * 975 // 1000
    assert await reserved(session, around.listing) == ["210"] * 4


async def test_a_part_below_the_least_order_is_refused(client: Client) -> None:
    around = await trade(client, moq="50")
    quote = await around.quoted()

    small = await act(around.buyer, quote, "accept", {"share": "0.4"})
    enough = await done(around.buyer, quote, "accept", {"share": "0.5"})

    assert [error["code"] for error in small.json()["errors"]] == ["below-least-order"]
    assert enough["status"] == "partly_accepted"


async def test_a_supplier_accepts_a_counter_offer_as_a_whole_only(client: Client, session: AsyncSession) -> None:
    around = await trade(client)
    quote = await around.quoted()
    line = {"need_line": around.line, "listing": around.listing["id"], "price_vnd": 27000, "quantity": "50"}
    await done(around.buyer, quote, "counter", {"lines": [line]})

    part = await act(around.supplier, quote, "accept", {"share": "0.5"})
    accepted = await done(around.supplier, quote, "accept")

    assert [error["code"] for error in part.json()["errors"]] == ["in-part"]
    assert accepted["status"] == "accepted"
    assert await reserved(session, around.listing) == ["350"] * 4


async def test_nothing_is_accepted_from_a_suspended_organization(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()
    admin = await client.officer("admin")
    suspended = await admin.post(f"/organizations/{around.supplier.organization['id']}/suspend")
    assert suspended.status_code == 200, suspended.text

    refused = await act(around.buyer, quote, "accept")

    assert (refused.status_code, refused.json()["code"]) == (409, "party-suspended")


async def pooled(around: Trade, quotes: list[dict[str, Any]], **of_each: Any) -> httpx.Response:
    parts = [{"quote": quote["id"], "version": quote["version"], **of_each} for quote in quotes]
    return await around.buyer.post(f"/needs/{around.need['id']}/quotes/accept", {"quotes": parts})


async def test_a_pool_of_suppliers_is_accepted_together_or_not_at_all(client: Client, session: AsyncSession) -> None:
    small = [{"from": day(MONDAY), "to": day(SUNDAY), "quantity": "300", "per": "week"}]
    around = await trade(client)
    rival, listing = await around.another_supplier(capacity=small)
    quotes = [await around.quoted(), await around.quoted(rival, listing=listing)]

    short = await pooled(around, quotes)
    states = [(await around.buyer.get(f"/quotes/{quote['id']}")).json()["status"] for quote in quotes]
    held = await reserved(session, around.listing)
    together = await pooled(around, quotes, share="0.4")

    assert (short.status_code, short.json()["code"]) == (409, "capacity-short")
    assert {missing["listing"] for missing in short.json()["missing"]} == {listing["id"]}
    assert (states, held) == (["submitted", "submitted"], [])
    assert together.status_code == 200, together.text
    assert [item["status"] for item in together.json()["items"]] == ["partly_accepted"] * 2
    assert await reserved(session, around.listing) == await reserved(session, listing) == ["280"] * 4


async def test_a_pool_names_quotes_of_the_need_once_and_as_they_were_read(client: Client) -> None:
    around = await trade(client)
    quote = await around.quoted()
    other = await made(around.buyer, "/needs", need_body(another=True))
    foreign = await Trade(client, around.buyer, other, around.supplier, around.listing).quoted()

    stale = await pooled(around, [quote | {"version": 7}])
    twice = await pooled(around, [quote, quote])
    elsewhere = await pooled(around, [quote, foreign])
    by_supplier = await around.supplier.post(
        f"/needs/{around.need['id']}/quotes/accept",
        {"quotes": [{"quote": quote["id"], "version": quote["version"]}]},
    )

    assert stale.status_code == 412
    assert [error["code"] for error in twice.json()["errors"]] == ["quote-twice"]
    assert [error["pointer"] for error in elsewhere.json()["errors"]] == ["/quotes/1/quote"]
    assert (by_supplier.status_code, by_supplier.json()["code"]) == (403, "other-side")


async def test_the_unit_of_promised_goods_cannot_change(client: Client) -> None:
    around = await trade(client)
    path = f"/listings/{around.listing['id']}"
    offered = (await around.supplier.get(path)).json()
    numbers = {name: offered[name] for name in ("price_vnd", "moq", "price_tiers", "capacity") if offered[name]}
    before = await around.supplier.patch(path, numbers | {"unit": "TNE"})
    await around.supplier.patch(path, numbers | {"unit": "KGM"})
    await done(around.buyer, await around.quoted(), "accept")

    after = await around.supplier.patch(path, numbers | {"unit": "TNE"})
    same = await around.supplier.patch(path, {"unit": "KGM"})

    assert (before.status_code, after.status_code, after.json()["code"]) == (200, 409, "unit-reserved")
    assert same.status_code == 200


async def test_what_is_released_can_be_promised_again(client: Client, session: AsyncSession) -> None:
    around = await trade(client)
    quote = await around.quoted(per="week", quantity="1000")
    await done(around.buyer, quote, "accept")

    row = await get_quote(session, SYSTEM, UUID(quote["id"]), lock=True)
    released = await release_reservations(session, SYSTEM, row, because="terminated")
    again = await release_reservations(session, SYSTEM, row, because="terminated")
    await session.commit()

    assert ([each.quantity for each in released], again) == ([Decimal(1000)] * 4, [])
    assert await reserved(session, around.listing) == []
    entry = (await session.scalars(select(Change).where(Change.verb == "release"))).one()
    assert (entry.diff["because"], entry.diff["weeks"]) == ("terminated", WEEKS)
    second = await done(around.buyer, await around.quoted(), "accept")
    assert second["status"] == "accepted"


async def test_an_accepted_quote_hands_everything_on_to_an_agreement(client: Client, session: AsyncSession) -> None:
    around = await trade(client)
    quote = await around.quoted()
    with pytest.raises(NothingAccepted):
        await accepted_quote(session, SYSTEM, UUID(quote["id"]))
    await done(around.buyer, quote, "accept", {"share": "0.5"})
    session.expire_all()

    carried = await accepted_quote(session, SYSTEM, UUID(quote["id"]))

    assert (carried.seller.name, carried.buyer.name) == ("HTX Bán Thử", "Siêu thị Mua Thử")
    assert (carried.title, carried.deliver_to) == (around.need["title"], ("79", "2025"))
    (line,) = carried.lines
    assert (line.concept_id, line.quantity, line.per, line.total_quantity) == (
        "dragon-fruit-red",
        Decimal(50),
        "day",
        Decimal(1400),
    )
    assert (line.price_vnd, line.net_price_vnd) == (29123, 28395)
    assert carried.value_vnd == 1400 * 28395
    assert (carried.terms.credit_days, carried.terms.delivery_place) == (30, "Bãi xe số 7")


async def promised(sessions: async_sessionmaker[AsyncSession]) -> dict[tuple[UUID, int], Decimal]:
    totals: dict[tuple[UUID, int], Decimal] = defaultdict(Decimal)
    async with sessions() as session:
        for row in await session.scalars(select(CapacityReservation)):
            totals[row.listing_id, row.week] += row.quantity
    return totals


async def test_fifty_accepts_at_once_promise_no_kilogram_twice(own_client: Client) -> None:
    around = await trade(own_client)
    needs = [around.need, *[await made(around.buyer, "/needs", need_body(another=True)) for _ in range(49)]]
    quotes = [
        await Trade(own_client, around.buyer, need, around.supplier, around.listing).quoted(
            per="week", quantity=str(90 + number)
        )
        for number, need in enumerate(needs)
    ]

    answers = await asyncio.gather(
        *(around.buyer.post(f"/quotes/{quote['id']}/accept", headers={"If-Match": "*"}) for quote in quotes)
    )

    assert Counter(answer.status_code for answer in answers).keys() == {200, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"capacity-short"}
    won = [Decimal(90 + number) for number, answer in enumerate(answers) if answer.status_code == 200]
    lost = [Decimal(90 + number) for number, answer in enumerate(answers) if answer.status_code == 409]
    totals = await promised(own_client.app.state.sessions)
    assert set(totals.values()) == {sum(won)}
    assert len(totals) == 4
    assert sum(won) <= 1000
    assert 1000 - sum(won) < min(lost), "nothing was refused that still had goods"


async def test_fifty_clicks_on_one_quote_accept_it_once(own_client: Client) -> None:
    around = await trade(own_client)
    quote = await around.quoted(per="week", quantity="10")
    path = f"/quotes/{quote['id']}/accept"
    tag = (await around.buyer.get(f"/quotes/{quote['id']}")).headers["etag"]

    answers = await asyncio.gather(*(around.buyer.post(path, headers={"If-Match": tag}) for _ in range(50)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 49}
    assert set((await promised(own_client.app.state.sessions)).values()) == {Decimal(10)}


async def test_fifty_clicks_make_one_quote(own_client: Client) -> None:
    around = await trade(own_client)
    path = f"/needs/{around.need['id']}/quotes"

    answers = await asyncio.gather(*(around.supplier.post(path, around.offer()) for _ in range(50)))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"quote-open"}
    assert len((await around.buyer.get(path)).json()["items"]) == 1


async def test_pools_that_name_the_same_suppliers_in_any_order_never_block_each_other(own_client: Client) -> None:
    around = await trade(own_client)
    rival, listing = await around.another_supplier()
    trades = [around]
    for _ in range(15):
        need = await made(around.buyer, "/needs", need_body(another=True))
        trades.append(Trade(own_client, around.buyer, need, around.supplier, around.listing))
    pools = []
    for number, each in enumerate(trades):
        one = await each.quoted(per="week", quantity="150")
        other = await each.quoted(rival, listing=listing, per="week", quantity="150")
        pools.append([one, other] if number % 2 else [other, one])

    answers = await asyncio.gather(*(pooled(each, pool) for each, pool in zip(trades, pools, strict=True)))

    assert Counter(answer.status_code for answer in answers) == {200: 6, 409: 10}
    totals = await promised(own_client.app.state.sessions)
    assert set(totals.values()) == {Decimal(900)}
    assert len(totals) == 8
    async with own_client.app.state.sessions() as session:
        whole = await session.scalar(text("SELECT count(*) FROM quote WHERE status = 'accepted'"))
    assert whole == 12


async def test_weeks_that_are_over_are_not_promised(client: Client, session: AsyncSession) -> None:
    past = day(MONDAY - timedelta(days=28))
    window = [{"from": past, "to": day(SUNDAY), "quantity": "1000", "per": "week"}]
    line = need_body()["lines"][0] | {"from": past}
    around = await trade(client, need=need_body(lines=[line]), capacity=window)

    await done(around.buyer, await around.quoted(), "accept")

    rows = list(await session.scalars(select(CapacityReservation)))
    assert len(rows) == len({row.week for row in rows}) == 6
