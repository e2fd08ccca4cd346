"""Paper that begins or stops to count with its party's verification: who follows the log hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.agreements.history.audit import verify
from market.agreements.history.chain import chain_follower
from market.agreements.recounting import RECOUNT, counting_follower, recount
from market.core import clock
from market.core.db import create_sessions
from market.core.followers import follow_once
from market.organizations.claims.states import GRANTED_KINDS
from tests.agreements.stories import Table, done, logged, table, verified
from tests.agreements.test_counted import shells
from tests.integrations.test_changes import Phone
from tests.people import Client

TAKEN = text("DELETE FROM pgqueuer WHERE entrypoint = :job RETURNING payload")
LOOKED_AT = text("SELECT market_is_looked_at(:verification, CAST(:kinds AS text[]))")


async def told(engine: AsyncEngine) -> None:
    """What the worker does of it: follow the log, and do the jobs until there are none."""
    sessions = create_sessions(engine)
    while await follow_once(sessions, counting_follower()):
        pass
    while payloads := await _taken(sessions):
        for payload in payloads:
            async with sessions.begin() as session:
                await recount(session, msgspec.json.decode(payload))


async def _taken(sessions: async_sessionmaker[AsyncSession]) -> list[bytes]:
    async with sessions.begin() as session:
        return list(await session.scalars(TAKEN, {"job": RECOUNT}))


def of_paper(items: list[tuple[str, str, str]], paper: dict[str, Any]) -> list[str]:
    return [change for change, entity, id_ in items if (entity, id_) == ("agreement", paper["id"])]


async def test_followers_hear_of_paper_that_begins_and_stops_to_count(
    own_client: Client, own_engine: AsyncEngine
) -> None:
    seller, buyer, paper = await shells(own_client)
    officer, stranger = await own_client.officer(), Phone(await own_client.register())
    assert of_paper(await stranger.sync(), paper) == []

    await verified(officer, seller)
    await told(own_engine)
    assert of_paper(await stranger.sync(), paper) == ["updated"]
    (release,) = (await own_client.get("/ocds/releases")).json()["releases"]
    assert release["contracts"] or release["awards"]
    entry = (await buyer.get(f"/agreements/{paper['id']}/history")).json()["items"][-1]
    assert (entry["verb"], entry["version"]) == ("count", paper["version"] + 1)

    # A second one who is known turns nothing.
    await verified(officer, buyer)
    await told(own_engine)
    assert of_paper(await stranger.sync(), paper) == []

    for one in (seller, buyer):
        refused = {"decision": "rejected", "note": "Giấy tờ giả"}
        await officer.post(f"/organizations/{one.organization['id']}/verify", refused)
    await told(own_engine)
    assert of_paper(await stranger.sync(), paper) == ["gone"]
    async with create_sessions(own_engine)() as session:
        while await follow_once(create_sessions(own_engine), chain_follower()):
            pass
        whole = await verify(session)
        assert (whole.finding, whole.pending) == (None, 0)


async def test_a_strangers_feed_names_no_paper_that_never_counted(own_client: Client, own_engine: AsyncEngine) -> None:
    stranger = Phone(await own_client.register())
    _, _, paper = await shells(own_client)
    assert of_paper(await stranger.sync(), paper) == []


async def test_reports_of_a_past_day_know_who_was_known_on_it(client: Client) -> None:
    _, buyer, paper = await shells(client)
    officer, today = await client.officer(), clock.today()

    async def signed(officer: Client, day: Any) -> int:
        report = (await officer.get("/reports/values", params={"as_of": str(day)})).json()
        return sum(row["signed"] for row in report["instruments"])

    with clock.shifted(timedelta(days=2)):
        officer = await officer.now()
        await verified(officer, buyer)
        assert [await signed(officer, today + timedelta(days=day)) for day in (0, 1, 2)] == [0, 0, 1]
    with clock.shifted(timedelta(days=5)):
        officer = await officer.now()
        path = f"/organizations/{buyer.organization['id']}/verify"
        await officer.post(path, {"decision": "rejected", "note": "Không đúng"})
        days = [await signed(officer, today + timedelta(days=day)) for day in (1, 2, 4, 5)]
        assert days == [0, 1, 1, 0]
        assert (await officer.get(f"/agreements/{paper['id']}")).json()["uncounted"] == "nobody_verified"


async def test_what_a_body_vouched_for_goes_on_counting_when_both_have_confirmed(client: Client) -> None:
    around = await table(client)
    seller, buyer = await client.register("producer"), await client.register("buyer")
    here = Table(client, around.organizer, around.event, seller, buyer, around.officer)
    draft = await logged(around.organizer, here.paper())
    assert (await done(around.organizer, draft, "sign"))["uncounted"] is None
    for party in (seller, buyer):
        paper = await done(party, draft, "confirm")
    assert (paper["consent"], paper["uncounted"]) == ("confirmed", None)
    assert (await client.get(f"/agreements/{draft['id']}")).status_code == 200


async def test_the_database_and_the_rooms_agree_on_who_is_looked_at(session: AsyncSession) -> None:
    for kind in ("producer", "buyer", "organizer", "authority"):
        asked = {"verification": "unverified", "kinds": [kind]}
        assert await session.scalar(LOOKED_AT, asked) is (kind in GRANTED_KINDS)
    assert await session.scalar(LOOKED_AT, {"verification": "verified", "kinds": ["buyer"]})
