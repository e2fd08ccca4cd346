"""An event of 300 sellers and 120 buyers of the synthetic market, scheduled from real listings and needs."""

from __future__ import annotations

import random
import time
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.core.access import SYSTEM
from market.core.changes import record_change, record_new
from market.core.db import create_sessions
from market.core.ids import new_id
from market.events.meetings.making import make, timetable_planner
from market.events.meetings.models import Meeting, Timetable, Wish
from market.events.models import Event, Registration
from market.reference.catalogue import Catalogue
from market.synthetic import seeding
from tests.events.meetings.rules import broken_rules

SELLERS, BUYERS = 300, 120
MORNING = {"name": "Sáng", "kind": "meetings", "on": "2026-12-04", "starts": "08:00", "ends": "11:20", "hall": None}
AFTERNOON = {**MORNING, "name": "Chiều", "starts": "13:30", "ends": "16:50"}
PARTED = {"halls": [{"name": "A", "tables": 70}, {"name": "B", "tables": 60}], "walking_minutes": 15}


async def people(sessions: async_sessionmaker[AsyncSession], catalogue: Catalogue) -> list[UUID]:
    """Everybody, sellers first."""
    wanted = seeding.Wanted(listings=SELLERS * seeding.EACH, needs=BUYERS * seeding.EACH)
    sellers = await seeding.seed_listings(sessions, catalogue, wanted)
    return [*sellers, *await seeding.seed_needs(sessions, catalogue, wanted)]


async def event_of(session: AsyncSession, everybody: list[UUID], **values: Any) -> Event:
    """A published event to which everybody is accepted; a tenth comes for the morning alone."""
    event = Event(
        code=f"LON{random.randrange(10**6)}",
        name="Sự kiện lớn",
        kind="conference",
        status="published",
        starts_on=date(2026, 12, 4),
        ends_on=date(2026, 12, 4),
        province_code="79",
        province_version="2025",
        slot_minutes=20,
        break_minutes=5,
        sessions=[MORNING, AFTERNOON],
        booths=[],
        **{"halls": [], "walking_minutes": 0} | values,
    )
    await record_change(session, SYSTEM, event, verb="create")
    for place, id_ in enumerate(everybody):
        leaves = {"starts_at": "2026-12-04T05:00:00Z", "ends_at": "2026-12-04T12:00:00Z"}
        row = Registration(
            event_id=event.id, organization_id=id_, delegates_count=1, delegates=[], status="accepted",
            side="seller" if place < SELLERS else "buyer", away=[leaves] if place % 10 == 9 else [], booth_numbers=[],
        )  # fmt: skip
        await record_change(session, SYSTEM, row, verb="create")
    wishes = [
        {"id": new_id(), "event_id": event.id, "organization_id": one, "partner_id": other}
        for one, other in wished(everybody[:SELLERS], everybody[SELLERS:])
    ]
    await record_new(session, SYSTEM, Wish, wishes, details=[{}] * len(wishes))
    return event


def wished(sellers: list[UUID], buyers: list[UUID]) -> set[tuple[UUID, UUID]]:
    """Twelve wishes of each buyer, eight of each seller."""
    chance = random.Random(3)
    by_sellers = {(seller, buyer) for seller in sellers for buyer in chance.sample(buyers, 8)}
    return by_sellers | {(buyer, seller) for buyer in buyers for seller in chance.sample(sellers, 12)}


@pytest.mark.parametrize(("venue", "gap"), [({"tables": 130}, 0.02), (PARTED, 0.02)])
async def test_300_sellers_and_120_buyers_are_scheduled_by_every_rule(
    own_engine: AsyncEngine, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, venue: dict[str, Any], gap: float
) -> None:
    monkeypatch.setattr(seeding, "EACH", 2)
    sessions = create_sessions(own_engine)
    everybody = await people(sessions, catalogue)
    async with sessions.begin() as session:
        event = await event_of(session, everybody, **venue)
        session.add(Timetable(event_id=event.id, status="queued", progress=0, asked_at=event.created_at))
    planner = timetable_planner()
    try:
        began = time.monotonic()
        async with sessions.begin() as session:
            await make(session, planner, event.id, anew=True, actor=SYSTEM)
        seconds = time.monotonic() - began
    finally:
        await planner.close()

    async with sessions() as session:
        meetings = (await session.scalars(select(Meeting))).all()
        registrations = (await session.scalars(select(Registration))).all()
        timetable = await session.get_one(Timetable, event.id)
    result: dict[str, Any] = timetable.result or {}
    print(f"{len(meetings)} meetings in {seconds:.1f} s, {1 - result['weight'] / result['bound']:.2%} off")
    assert broken_rules(event, registrations, meetings) == []
    assert len(meetings) == result["meetings"] > SELLERS
    assert result["met"] == result["most_met"]
    assert result["weight"] >= (1 - gap) * result["bound"]
