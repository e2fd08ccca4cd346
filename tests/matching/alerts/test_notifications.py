"""Who reads what they were told, and what reading costs."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.core.ids import new_id
from market.matching.alerts.follower import alerts_follower
from market.matching.alerts.models import SavedSearch, SavedSearchReading
from market.matching.alerts.queries import watchers_statement
from tests.database import CountQueries
from tests.matching.alerts.stories import LISTING, NEED, Watched, made, notifications, saved
from tests.people import Client, added

MANY = 10_000
FEW = 10


async def told_twice(watched: Watched) -> tuple[Client, Client]:
    """A seller, and a buyer who is told of two listings."""
    cooperative, buyer = await watched.client.register("producer"), await watched.client.register("buyer")
    await made(buyer, "/needs", NEED)
    await watched.settle()
    for _ in range(2):
        await made(cooperative, "/listings", LISTING)
    await watched.settle()
    return cooperative, buyer


async def test_what_was_read_is_not_unread_any_more(watched: Watched) -> None:
    _, buyer = await told_twice(watched)
    newest, oldest = await notifications(buyer)
    assert newest["id"] > oldest["id"]
    assert (await buyer.get("/notifications")).json()["unread"] == 2

    read = await buyer.post(f"/notifications/{oldest['id']}/read")
    again = await buyer.post(f"/notifications/{oldest['id']}/read")
    assert read.json()["read_at"] == again.json()["read_at"] is not None
    assert [item["id"] for item in await notifications(buyer, unread="true")] == [newest["id"]]

    assert (await buyer.post("/notifications/read-all")).json() == {"read": 1}
    assert (await buyer.post("/notifications/read-all")).json() == {"read": 0}
    assert await notifications(buyer, unread="true") == []
    assert len(await notifications(buyer)) == 2


async def test_nobody_else_sees_or_reads_them(watched: Watched) -> None:
    cooperative, buyer = await told_twice(watched)
    (_, oldest) = await notifications(buyer)
    others = (cooperative, await added(buyer, "owner"), await watched.client.officer("officer", "admin"))
    for other in others:
        assert await notifications(other) == []
        assert (await other.post(f"/notifications/{oldest['id']}/read")).status_code == 404
        assert (await other.post("/notifications/read-all")).json() == {"read": 0}
    assert len(await notifications(buyer, unread="true")) == 2


async def test_a_key_sees_its_own_organization_only(watched: Watched) -> None:
    _, buyer = await told_twice(watched)
    token = (await made(buyer, "/api-keys", {"name": "Kho"}))["token"]
    key = Client(buyer.http, buyer.app, token)
    assert len(await notifications(key)) == 2
    elsewhere = "UPDATE notification SET organization_id = NULL"
    async with watched.sessions.begin() as session:
        await session.execute(text(elsewhere))
    assert await notifications(key) == []
    assert len(await notifications(buyer)) == 2


async def test_they_are_told_in_the_readers_language(watched: Watched) -> None:
    _, buyer = await told_twice(watched)
    answer = await buyer.get("/notifications", headers={"Accept-Language": "en"})
    assert "fits your need" in answer.json()["items"][0]["text"]


async def crowd(session: AsyncSession, kept: SavedSearch, how_many: int) -> None:
    """That many more saved searches, for all kinds of goods other than the ones on offer."""
    searches = [
        {
            "id": new_id(),
            "user_id": kept.user_id,
            "organization_id": kept.organization_id,
            "kind": "listings",
            "name": f"Tìm {number}",
            "query": {"q": f"mặt hàng {number}"},
            "channel": "email",
            "frequency": "instant",
            "active": True,
        }
        for number in range(how_many)
    ]
    readings = [
        {
            "saved_search_id": search["id"],
            "anchors": [f"listings:concept:goods-{number % 500}"],
            "watch": {"goods": [f"goods-{number % 500}"]},
        }
        for number, search in enumerate(searches)
    ]
    await session.execute(insert(SavedSearch), searches)
    await session.execute(insert(SavedSearchReading), readings)
    await session.execute(text("ANALYZE saved_search"))
    await session.execute(text("ANALYZE saved_search_reading"))


async def costs(client: Client, session: AsyncSession, count_queries: CountQueries) -> tuple[list[str], list[str]]:
    """What a publish sends to the database, and what following it does."""
    seller = await client.register("producer")
    last = (await session.scalars(select(Change.id).order_by(Change.id.desc()).limit(1))).one()
    with count_queries() as publishing:
        await made(seller, "/listings", LISTING)
    changes = (await session.scalars(select(Change).where(Change.id > last))).all()
    with count_queries() as following:
        await alerts_follower().handle(session, changes)
    return publishing.statements, following.statements


async def test_ten_thousand_saved_searches_cost_a_publish_nothing(
    client: Client, session: AsyncSession, count_queries: CountQueries
) -> None:
    buyer = await client.register("buyer")
    kept = await session.get_one(SavedSearch, (await saved(buyer, "thanh long"))["id"])
    await crowd(session, kept, FEW)
    few = await costs(client, session, count_queries)
    await crowd(session, kept, MANY - FEW)
    many = await costs(client, session, count_queries)

    assert [len(statements) for statements in few] == [len(statements) for statements in many]
    assert not [statement for statement in many[0] if "saved_search" in statement]
    assert len([statement for statement in many[1] if "saved_search_reading" in statement]) == 1
    assert len(await notifications(buyer)) == 2


async def test_the_index_finds_the_few_searches_worth_comparing(client: Client, session: AsyncSession) -> None:
    buyer = await client.register("buyer")
    kept = await session.get_one(SavedSearch, (await saved(buyer, "thanh long"))["id"])
    await crowd(session, kept, MANY)
    anchors = [*(f"listings:concept:goods-{number}" for number in (1, 2)), "listings:word:thanh", "listings:any:"]
    statement = watchers_statement(anchors)
    connection = await session.connection()
    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    plan = "\n".join(await session.scalars(text(f"EXPLAIN {compiled}".replace(":", "\\:"))))
    assert "Bitmap Index Scan on ix_saved_search_reading_anchors" in plan
    assert "Seq Scan on saved_search_reading" not in plan


@pytest.mark.parametrize("parameters", [{"limit": 0}, {"cursor": "x"}, {"unread": "perhaps"}, {"what": 1}])
async def test_what_cannot_be_asked_is_said(client: Client, parameters: dict[str, object]) -> None:
    buyer = await client.register("buyer")
    assert (await buyer.get("/notifications", params={**parameters})).status_code == 400
