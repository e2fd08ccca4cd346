"""Who is told of what, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.changes import Change
from market.core.followers import Follower, follow_once
from market.matching.alerts.memory import MOST_A_DAY, forget_old_matches
from tests.database import counted_queries
from tests.matching.alerts.stories import LINE, LISTING, NEED, Watched, made, saved
from tests.people import Client, added, past_deadline

COUNT = text("SELECT count(*) FROM notification")


async def seller_and_buyer(watched: Watched) -> tuple[Client, Client]:
    return await watched.client.register("producer"), await watched.client.register("buyer")


def about(told: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(item["kind"], item["entity_id"], item["watch_id"]) for item in told]


async def test_a_new_listing_reaches_the_buyer_whose_need_it_fits_once(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    need = await made(market, "/needs", NEED)
    await watched.settle()
    listing = await made(cooperative, "/listings", LISTING)

    told = await watched.told(market)
    assert about(told) == [("listing_match", listing["id"], need["id"])]
    assert told[0]["text"] == (
        f"Nguồn hàng “{LISTING['title']}” của {cooperative.organization['name']} phù hợp với nhu cầu “{NEED['title']}”"
        " của bạn."
    )
    assert await watched.told(cooperative) == []


async def test_a_new_need_reaches_the_seller_whose_listing_fits_it_once(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    listing = await made(cooperative, "/listings", LISTING)
    await watched.settle()
    need = await made(market, "/needs", NEED)

    assert about(await watched.told(cooperative)) == [("need_match", need["id"], listing["id"])]
    assert await watched.told(market) == []


async def test_a_pair_published_at_once_reaches_both_sides(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    need, listing = await made(market, "/needs", NEED), await made(cooperative, "/listings", LISTING)

    assert about(await watched.told(market)) == [("listing_match", listing["id"], need["id"])]
    assert about(await watched.told(cooperative)) == [("need_match", need["id"], listing["id"])]


async def test_a_listing_that_fits_several_needs_and_lines_is_told_of_once(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    for _ in range(2):
        await made(market, "/needs", {**NEED, "lines": [LINE, {**LINE, "quantity": "900"}]})
    await made(cooperative, "/listings", LISTING)

    (told,) = await watched.told(market)
    assert told["text"].endswith("(và 1 tin khác của bạn)")


async def test_everybody_of_the_organization_is_told(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    colleague = await added(market)
    await made(market, "/needs", NEED)
    await made(cooperative, "/listings", LISTING)

    assert len(await watched.told(market)) == len(await watched.told(colleague)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Bưởi da xanh Bến Tre"},
        {"price_vnd": 60000},
        {"moq": "100000"},
        {"publish": False},
        {"capacity": [{"from": "2027-06-01", "to": "2027-06-30", "quantity": "5000", "per": "week"}]},
    ],
)
async def test_what_does_not_fit_is_not_told(watched: Watched, changes: dict[str, Any]) -> None:
    cooperative, market = await seller_and_buyer(watched)
    await made(market, "/needs", NEED)
    await made(cooperative, "/listings", {**LISTING, **changes})

    assert await watched.told(market) == []


async def test_nobody_is_told_of_their_own(watched: Watched) -> None:
    both = await watched.client.register("producer", "buyer")
    await made(both, "/needs", NEED)
    await saved(both, "thanh long")
    await made(both, "/listings", LISTING)

    assert await watched.told(both) == []


async def test_a_listing_that_comes_to_fit_is_told_of_and_edits_that_leave_it_fitting_are_not(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    await made(market, "/needs", NEED)
    listing = await made(cooperative, "/listings", {**LISTING, "price_vnd": 60000})
    assert await watched.told(market) == []

    path = f"/listings/{listing['id']}"
    await cooperative.patch(path, {"price_vnd": 30000})
    assert len(await watched.told(market)) == 1
    for price in (29000, 60000, 28000):
        await cooperative.patch(path, {"price_vnd": price})
        assert len(await watched.told(market)) == 1


async def test_a_listing_published_again_is_told_of_again(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    await made(market, "/needs", NEED)
    await saved(market, "thanh long")
    listing = await made(cooperative, "/listings", LISTING)
    assert len(await watched.told(market)) == 2

    await cooperative.post(f"/listings/{listing['id']}/pause")
    assert len(await watched.told(market)) == 2
    with clock.shifted(timedelta(seconds=2)):
        await cooperative.post(f"/listings/{listing['id']}/publish")
    assert len(await watched.told(market)) == 4


async def test_a_need_of_yesterday_is_not_watched_any_more(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    await past_deadline(market, await made(market, "/needs", NEED))
    paused = await made(market, "/needs", NEED)
    await market.post(f"/needs/{paused['id']}/pause")
    await made(cooperative, "/listings", LISTING)

    assert await watched.told(market) == []


async def test_a_crash_repeats_nothing_and_loses_nothing(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    await made(market, "/needs", NEED)
    await saved(market, "thanh long", channel="email")
    await made(cooperative, "/listings", LISTING)

    async def crash(session: AsyncSession, changes: Sequence[Change]) -> None:
        await watched.follower.handle(session, changes)
        raise RuntimeError("lights out")

    broken: Follower = replace(watched.follower, handle=crash)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="lights out"):
            await follow_once(watched.sessions, broken)
    assert await watched.queued() == 0

    assert sorted(item["kind"] for item in await watched.told(market)) == ["listing_match", "saved_search"]
    assert len(await watched.told(cooperative)) == 1
    assert await watched.queued() == 2


async def test_the_same_entries_handled_twice_tell_nothing_new(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    await made(market, "/needs", NEED)
    await saved(market, "thanh long", channel="email")
    await made(cooperative, "/listings", LISTING)

    again = replace(watched.follower, name="alerts again")
    assert len(await watched.told(market)) == 2
    while await follow_once(watched.sessions, again):
        pass
    assert len(await watched.told(market)) == 2
    assert await watched.queued() == 2


async def test_many_listings_at_once_cost_as_many_statements_as_a_few(watched: Watched, own_app: Litestar) -> None:
    cooperative, market = await seller_and_buyer(watched)
    await made(market, "/needs", NEED)
    await saved(market, "thanh long")

    async def following(count: int) -> int:
        items = [LISTING | {"title": f"Thanh long ruột đỏ lứa {number}"} for number in range(count)]
        answer = await cooperative.post("/listings/batch", {"items": items})
        assert {result["status"] for result in answer.json()["results"]} == {201}
        await asyncio.sleep(0.05)  # what committed last can be read once nothing older runs
        with counted_queries(own_app.state.engine) as counted:
            assert await follow_once(watched.sessions, watched.follower) == count
        return len(counted)

    await watched.settle()
    few, many = await following(3), await following(150)
    assert many == few
    async with watched.sessions() as session:
        assert await session.scalar(COUNT) == (3 + 150) + MOST_A_DAY + 1


async def test_who_left_is_told_nothing_and_sees_nothing(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    colleague = await added(market)
    await saved(colleague, "thanh long")
    await made(cooperative, "/listings", LISTING)
    assert len(await watched.told(colleague)) == 1

    left = await market.delete(f"/organizations/{market.organization['id']}/members/{colleague.member_id}")
    assert left.status_code == 204
    await made(cooperative, "/listings", LISTING)
    assert await watched.told(colleague) == []
    async with watched.sessions() as session:
        assert await session.scalar(COUNT) == 1


async def test_a_suspended_organization_is_neither_told_nor_told_of(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    await made(market, "/needs", NEED)
    await made(cooperative, "/listings", LISTING)
    async with watched.sessions.begin() as session:
        await session.execute(text("UPDATE organization SET status = 'suspended'"))

    await watched.settle()
    async with watched.sessions() as session:
        assert await session.scalar(COUNT) == 0


async def test_what_is_remembered_grows_with_what_was_told_and_the_rest_is_counted(watched: Watched) -> None:
    cooperative, market = await seller_and_buyer(watched)
    await made(market, "/needs", NEED)
    await watched.settle()
    for day in range(2):
        items = [LISTING | {"title": f"Thanh long ruột đỏ lứa {day} {number}"} for number in range(MOST_A_DAY + 10)]
        answer = await cooperative.post("/listings/batch", {"items": items})
        assert {result["status"] for result in answer.json()["results"]} == {201}
        await watched.settle()
    async with watched.sessions() as session:
        assert (
            await session.scalar(text("SELECT count(*) FROM reported_match WHERE watch_id IN (SELECT id FROM need)"))
            == MOST_A_DAY
        )
        kept = text("SELECT told, untold FROM match_tally WHERE kind = 'listing_match'")
        tally = (await session.execute(kept)).one()
    assert tuple(tally) == (MOST_A_DAY, MOST_A_DAY + 20)
    told = (await market.get("/notifications", params={"limit": 100})).json()["items"]
    assert len(told) == MOST_A_DAY + 1
    async with watched.sessions.begin() as session:
        await session.execute(text("UPDATE reported_match SET told_at = now() - interval '100 days'"))
        await forget_old_matches(session)
        assert await session.scalar(text("SELECT count(*) FROM reported_match")) == 0
