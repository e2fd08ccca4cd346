"""Whoever is blocked reaches the other by no other door: quotes, wishes to meet, papers, matches and their mail."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.news import agreement_news
from market.core.changes import Change
from market.core.db import create_sessions
from market.organizations.blocks.news import without_blocked
from market.organizations.people import addressed
from market.worker import followers_of
from tests.agreements.stories import LINE, act, done, effective, logged, table
from tests.attacks.test_papers import paper
from tests.events.meetings.stories import hall, meetings, scheduled, wished
from tests.matching.alerts.stories import LINE as LINE_OF_NEED
from tests.matching.alerts.stories import LISTING, NEED, Watched
from tests.people import Client
from tests.quotes.stories import TODAY, day, made, trade
from tests.quotes.stories import act as on_quote

ANY = {"If-Match": "*"}


async def blocks(one: Client, other: Client, verb: str = "block") -> None:
    answer = await one.post(f"/organizations/{other.organization['id']}/{verb}")
    assert (answer.status_code, answer.json()["blocked"]) == (200, verb == "block"), answer.text


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_an_organization_blocks_whom_it_likes_and_only_it_knows(client: Client) -> None:
    one, other = await client.register("producer"), await client.register("buyer")
    await blocks(one, other)
    (found,) = (await one.get("/blocks")).json()["items"]
    assert found["organization"] == other.organization["id"]
    assert (await other.get("/blocks")).json()["items"] == []
    itself = await one.post(f"/organizations/{one.organization['id']}/block")
    assert refusal(itself) == (400, "validation-failed")
    nobody = await one.post("/organizations/00000000-0000-7000-8000-000000000000/block")
    assert nobody.status_code == 404
    await blocks(one, other, "unblock")
    assert (await one.get("/blocks")).json()["items"] == []


async def test_who_is_blocked_neither_quotes_nor_haggles_on(client: Client) -> None:
    about = await trade(client)
    open_quote = await about.quoted()
    other, listing = await about.another_supplier()
    draft = await about.quoted(other, listing=listing, submit=False)
    await blocks(about.buyer, about.supplier)
    await blocks(about.buyer, other)

    tried = [
        await about.supplier.post(f"/needs/{about.need['id']}/quotes", about.offer()),
        await on_quote(about.supplier, open_quote, "revise", {"note": "Giá mới", "valid_until": day(TODAY)}),
        await on_quote(other, draft, "submit"),
    ]
    own = [
        await on_quote(about.buyer, open_quote, "counter", {"note": "Bớt chút"}),
        await on_quote(about.buyer, open_quote, "accept"),
    ]

    assert [refusal(answer) for answer in tried] == [(403, "blocked")] * 3
    assert [refusal(answer) for answer in own] == [(403, "blocked-by-us")] * 2
    assert (await on_quote(other, draft, "edit", {"note": "Sửa"})).status_code == 200, "a draft reaches nobody"
    assert (await on_quote(about.supplier, open_quote, "withdraw")).status_code == 200, "what is there may end"
    await blocks(about.buyer, about.supplier, "unblock")
    assert (await about.quoted())["status"] == "submitted"


async def test_what_both_agreed_on_becomes_paper_whoever_blocks_whom_since(client: Client) -> None:
    about = await trade(client)
    quote = await about.quoted()
    assert (await on_quote(about.buyer, quote, "accept")).status_code == 200
    await blocks(about.buyer, about.supplier)

    drawn_up = await about.supplier.post("/agreements", {"instrument": "sale", "quote": quote["id"]})

    assert drawn_up.status_code == 201, drawn_up.text


async def test_who_is_blocked_names_the_other_on_no_paper(client: Client) -> None:
    mine, other, friend = [await client.register(kind) for kind in ("producer", "buyer", "buyer")]
    draft = await logged(mine, paper(mine, friend))
    await blocks(other, mine)

    at_once = await mine.post("/agreements", paper(mine, other))
    later = await mine.patch(f"/agreements/{draft['id']}", {"parties": paper(mine, other)["parties"]}, headers=ANY)
    through_a_friend = await friend.post(
        "/agreements",
        paper(mine, other)
        | {
            "parties": [
                *paper(mine, other)["parties"],
                {"role": "witness", "organization": friend.organization["id"]},
            ]
        },
    )
    own = await other.post("/agreements", paper(mine, other))

    for answer, code in (
        (at_once, "blocked"),
        (later, "blocked"),
        (through_a_friend, "blocked"),
        (own, "blocked-by-us"),
    ):
        assert answer.status_code == 400, answer.text
        assert code in {error["code"] for error in answer.json()["errors"]}
    found = (await other.get("/agreements")).json()["items"]
    assert found == []


async def test_official_papers_go_on_and_their_organizer_records_what_was_signed(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)
    await blocks(around.buyer, around.seller)

    line = {"line": contract["lines"][0]["id"], "delivered_on": "2026-11-20", "quantity": "100"}
    delivered = await around.seller.post(f"/agreements/{contract['id']}/deliveries", line)
    changes = {"cause": "price", "changes": {"lines": [LINE | {"id": contract["lines"][0]["id"], "price_vnd": 30000}]}}
    amended = await act(around.seller, contract, "amend", changes)
    vouched = await around.organizer.post("/agreements", around.paper())

    assert (delivered.status_code, amended.status_code, vouched.status_code) == (201, 201, 201), delivered.text


async def test_an_amendment_brings_nobody_in_who_blocks_a_party(client: Client) -> None:
    around = await table(client)
    contract = await effective(around)
    third = await client.register("buyer")
    await blocks(third, around.seller)
    parties = [*around.paper()["parties"], {"role": "buyer", "organization": third.organization["id"]}]

    refused = await act(around.seller, contract, "amend", {"cause": "price", "changes": {"parties": parties}})

    assert refused.status_code == 400
    errors = {(error["pointer"], error["code"]) for error in refused.json()["errors"]}
    assert ("/parties/2/organization", "blocked") in errors


async def test_of_a_draft_that_names_the_other_nothing_more_is_told_but_of_paper_in_force(
    client: Client, session: AsyncSession
) -> None:
    around = await table(client)
    contract = await effective(around)
    note = await logged(around.seller, paper(around.seller, around.buyer))
    await blocks(around.buyer, around.seller)
    seen = (await session.scalars(select(Change.id).order_by(Change.id.desc()).limit(1))).one()
    await done(around.seller, note, "sign")
    asked = await act(around.seller, contract, "terminate", {"cause": "price"})
    assert asked.status_code == 200, asked.text

    entries = (await session.scalars(select(Change).where(Change.id > seen).order_by(Change.id))).all()
    told = await without_blocked(session, await addressed(session, await agreement_news(session, entries)))
    buyer = [item for person, item in told if str(person.organization_id) == around.buyer.organization["id"]]

    assert [item.entity_id.hex for item in buyer] == [contract["id"].replace("-", "")]


async def test_who_is_blocked_is_neither_wished_for_nor_suggested_nor_seated(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=2, buyers=1)
    (mine, neighbour), (other,) = there.sellers, there.buyers
    for seller in there.sellers:
        await made(seller, "/listings", LISTING)
    await made(other, "/needs", NEED)
    await wished(there, neighbour, other)
    await wished(there, other, mine)
    await scheduled(there, session)
    assert len(await meetings(there)) == 2

    await blocks(other, mine)
    refused = await mine.post(f"{there.path}/wishes", {"partner": other.organization["id"]})
    suggested = (await mine.get(f"{there.path}/suggestions")).json()
    result = await scheduled(there, session)

    assert refusal(refused) == (403, "blocked")
    assert other.organization["id"] not in str(suggested)
    still = [meeting for meeting in await meetings(there) if meeting["status"] == "planned"]
    assert [meeting["seller"]["id"] for meeting in still] == [neighbour.organization["id"]]
    assert mine.organization["id"] not in str(result["result"]["unmet"] if "result" in result else result)


async def test_matches_and_pools_leave_the_two_out_for_each_other_alone(client: Client) -> None:
    mine, neighbour, other = [await client.register(kind) for kind in ("producer", "producer", "buyer")]
    listings = {who.organization["id"]: (await made(who, "/listings", LISTING))["id"] for who in (mine, neighbour)}
    need = await made(other, "/needs", NEED)
    for_both = await made(other, "/needs", NEED | {"lines": [LINE_OF_NEED | {"quantity": "1400"}]})

    async def found() -> tuple[set[str], bool, set[str]]:
        offers = (await other.get(f"/needs/{need['id']}/matches")).json()["items"]
        needs = (await mine.get(f"/listings/{listings[mine.organization['id']]}/matches")).json()["items"]
        pool = (await other.get(f"/needs/{for_both['id']}/pool")).json()
        pooled = {id_ for id_ in listings.values() if id_ in str(pool)}
        return {item["listing"]["id"] for item in offers}, bool(needs), pooled

    assert await found() == (set(listings.values()), True, set(listings.values()))
    await blocks(mine, other)
    theirs = {listings[neighbour.organization["id"]]}
    assert await found() == (theirs, False, theirs)


@pytest.fixture
def watched(own_client: Client, own_app: Litestar) -> Watched:
    """A market that commits, and the follower as the worker runs it."""
    alerts = next(follower for follower in followers_of(None) if follower.name == "alerts")
    return Watched(own_client, create_sessions(own_app.state.engine), alerts)


async def test_no_match_and_no_saved_search_mails_what_the_blocked_publish(watched: Watched) -> None:
    client = watched.client
    mine = await client.register("producer", name="HTX Bị Chặn")
    neighbour, other = await client.register("producer", name="HTX Bên Cạnh"), await client.register("buyer")
    await made(other, "/needs", NEED)
    saved = await other.post(
        "/saved-searches", {"name": "Thanh long", "kind": "listings", "query": {"q": "thanh long"}}
    )
    assert saved.status_code == 201, saved.text
    await blocks(other, mine)
    for who in (mine, neighbour):
        await made(who, "/listings", LISTING)

    told = await watched.told(other)

    assert told
    assert all("HTX Bên Cạnh" in item["text"] for item in told)
