"""An event with people on both sides, whose timetable is made as the worker makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import SYSTEM
from market.events.meetings.making import make, timetable_planner
from tests.events.stories import organizer_with_event
from tests.people import Client

MORNING = {"name": "Gặp gỡ sáng", "kind": "meetings", "on": "2026-12-04", "starts": "08:00", "ends": "10:00"}


@dataclass
class Hall:
    """Who is there; the event takes four slots of 25 minutes with breaks of five, at three tables."""

    event: dict[str, Any]
    organizer: Client
    sellers: list[Client]
    buyers: list[Client]

    @property
    def path(self) -> str:
        return f"/events/{self.event['id']}"


async def hall(client: Client, *, sellers: int = 3, buyers: int = 2, **changes: Any) -> Hall:
    """An event to which everybody is accepted."""
    asked: dict[str, Any] = {"sessions": [MORNING], "slot_minutes": 25, "break_minutes": 5, "tables": 3} | changes
    organizer, event = await organizer_with_event(client, **asked)
    there = Hall(
        event,
        organizer,
        [await client.register("producer") for _ in range(sellers)],
        [await client.register("buyer") for _ in range(buyers)],
    )
    for who in (*there.sellers, *there.buyers):
        await accepted(there, who)
    return there


async def accepted(there: Hall, who: Client, **body: Any) -> dict[str, Any]:
    answer = await who.post(f"{there.path}/registrations", {"delegates_count": 1} | body)
    assert answer.status_code == 201, answer.text
    registration: dict[str, Any] = answer.json()
    answer = await there.organizer.post(f"{there.path}/registrations/{registration['id']}/accept")
    assert answer.status_code == 200, answer.text
    return registration


async def wished(there: Hall, who: Client, partner: Client) -> dict[str, Any]:
    answer = await who.post(f"{there.path}/wishes", {"partner": partner.organization["id"]})
    assert answer.status_code == 201, answer.text
    wish: dict[str, Any] = answer.json()
    return wish


async def scheduled(there: Hall, session: AsyncSession, *, anew: bool = False) -> dict[str, Any]:
    """Ask for the timetable, and do what the worker would."""
    asked = await there.organizer.post(f"{there.path}/schedule", {"anew": anew})
    assert asked.status_code == 202, asked.text
    planner = timetable_planner()
    try:
        await make(session, planner, UUID(there.event["id"]), anew=anew, actor=SYSTEM)
    finally:
        await planner.close()
    await session.flush()
    answer = await there.organizer.get(f"{there.path}/schedule")
    assert answer.status_code == 200, answer.text
    timetable: dict[str, Any] = answer.json()
    assert timetable["status"] == "done"
    return timetable


async def meetings(there: Hall, who: Client | None = None) -> list[dict[str, Any]]:
    answer = await (who or there.organizer).get(f"{there.path}/meetings?limit=100")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
