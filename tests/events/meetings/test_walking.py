"""Halls that lie apart: everybody who could meet somebody does, whichever hall a table would have been in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.events.meetings.models import Meeting
from market.events.models import Event, Registration
from tests.events.meetings.rules import broken_rules
from tests.events.meetings.stories import accepted, hall, scheduled, wished
from tests.people import Client

APART = {
    "halls": [{"name": "Sảnh Yến", "tables": 3}, {"name": "Sảnh Trầm", "tables": 2}],
    "walking_minutes": 10,
    "slot_minutes": 20,
    "break_minutes": 5,
    "sessions": [{"name": "Gặp gỡ", "kind": "meetings", "on": "2026-12-04", "starts": "08:00", "ends": "10:00"}],
}


async def broken(session: AsyncSession) -> list[str]:
    event = (await session.scalars(select(Event))).one()
    people, meetings = await session.scalars(select(Registration)), await session.scalars(select(Meeting))
    return broken_rules(event, people.all(), meetings.all())


async def test_a_buyer_whose_table_stands_where_nobody_comes_gets_one_where_somebody_is(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=6, buyers=4, **APART)
    for number, seller in enumerate(there.sellers):
        for buyer in there.buyers if number < 2 else there.buyers[number % 3 : number % 3 + 1]:
            await wished(there, seller, buyer)

    timetable = await scheduled(there, session)

    assert await broken(session) == []
    assert timetable["met"] == timetable["most_met"] == 10


async def test_a_late_buyer_in_the_other_hall_meets_whoever_wished_it_and_moves_nobody(
    client: Client, session: AsyncSession
) -> None:
    there = await hall(client, sellers=2, buyers=3, **APART)
    for seller in there.sellers:
        await wished(there, seller, there.buyers[0])
    await scheduled(there, session)
    late = await client.register("buyer")
    await accepted(there, late)
    await wished(there, there.sellers[0], late)

    timetable = await scheduled(there, session)

    assert await broken(session) == []
    assert (timetable["moved"], timetable["cancelled"], timetable["meetings"]) == (0, 0, 3)


async def test_a_seller_for_whom_all_wait_elsewhere_goes_there(client: Client, session: AsyncSession) -> None:
    there = await hall(client, sellers=1, buyers=5, **APART)
    only = await client.register("producer")
    await accepted(there, only)
    for buyer in there.buyers:
        await wished(there, there.sellers[0], buyer)
    await wished(there, only, there.buyers[4])

    timetable = await scheduled(there, session)

    assert await broken(session) == []
    assert timetable["met"] == timetable["most_met"]
    meet = {meeting.seller_id for meeting in await session.scalars(select(Meeting))}
    assert {str(id_) for id_ in meet} >= {only.organization["id"]}
