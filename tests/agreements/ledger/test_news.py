"""Everybody at the table is told of deliveries by the other side, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.ledger.news import delivery_news, tell_what_is_late
from market.core.changes import Change
from market.notifications.models import Notification
from market.organizations.people import tell_organizations
from tests.agreements.ledger.test_receiving import HUNDRED, SHORT, arrives, hundred, said
from tests.agreements.stories import effective, table
from tests.people import Client


async def follow(session: AsyncSession) -> None:
    changes = (await session.scalars(select(Change).order_by(Change.id))).all()
    await tell_organizations(session, await delivery_news(session, changes))


async def told(who: Client) -> list[tuple[str, str]]:
    items: list[dict[str, Any]] = (await who.get("/notifications", headers={"Accept-Language": "en"})).json()["items"]
    return [(item["kind"], f"{item['text']} {item['next']}") for item in reversed(items)]


async def test_each_side_hears_what_the_other_did_and_what_to_do_next(client: Client, session: AsyncSession) -> None:
    around, agreement = await hundred(client)
    first = (await arrives(around.seller, agreement, "50")).json()["delivery"]
    second = (await arrives(around.seller, agreement, "30")).json()["delivery"]
    await said(around.buyer, agreement, first, "confirm")
    await said(around.buyer, agreement, second, "dispute", SHORT)
    await arrives(around.buyer, agreement, "20", rejected="5", rejection_cause="quality")

    await follow(session)
    await follow(session)

    buyer, seller = await told(around.buyer), await told(around.seller)
    assert [kind for kind, _ in buyer] == ["delivery_logged", "delivery_logged"]
    assert agreement["number"] in buyer[0][1]
    assert "50 kilogram" in buyer[0][1]
    assert "dispute" in buyer[0][1]
    assert sorted(kind for kind, _ in seller) == ["delivery_confirmed", "delivery_disputed", "delivery_rejected"]
    assert SHORT["words"] not in str(seller)
    assert await told(around.organizer) == []


async def test_late_goods_are_told_to_both_sides_once(client: Client, session: AsyncSession) -> None:
    around = await table(client)
    late = HUNDRED | {"period_from": "2026-11-20", "period_until": "2026-11-21"}
    await effective(around, lines=[late, late])

    await tell_what_is_late(session)
    await tell_what_is_late(session)

    assert [kind for kind, _ in await told(around.seller)] == ["delivery_overdue"] * 2
    assert await session.scalar(select(func.count()).select_from(Notification)) == 4
