"""The job that makes a timetable: reads the hall, has it planned in a child process, writes meetings, tells people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import record_changes, record_new
from market.core.child import Child
from market.core.ids import new_id
from market.core.jobs import Job
from market.events.meetings.detours import with_detours
from market.events.meetings.models import Meeting, Timetable
from market.events.meetings.planning import Hall, Seat, open_slots, problem_of, seats_of, unmet, without_taken
from market.events.meetings.problem import TimetablePlan
from market.events.meetings.service import JOB
from market.events.meetings.telling import tell_of_meetings
from market.events.meetings.walking import People, Ways, must_walk, rounds_of
from market.events.meetings.wishes import wishes_in_force
from market.events.meetings.worth import worth_of_pairs
from market.events.models import Event
from market.events.queries import participants
from market.organizations.blocks.queries import blocked_pairs
from market.reference.catalogue import load_catalogue

SECONDS, LEAST_SECONDS = 20.0, 3.0
"""For all tries together, and for each."""
READ, PLANNED = 20, 80
"""Percent of the work that is done by then."""
NOTHING = TimetablePlan(sittings=(), weight=0, bound=0, met=0, most_met=0, method="colouring")


def timetable_job(planner: Child) -> Job:
    """The job; `planner` is the process that plans."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        event_id = UUID(payload["event"])
        try:
            await make(session, planner, event_id, anew=payload["anew"], actor=_actor(payload["by"]))
        except Exception:
            await _progress(session, event_id, status="failed")
            raise

    return Job(JOB, run, attempts=2)


def timetable_planner() -> Child:
    """The process that plans timetables; it starts with the first one."""
    return Child("market.events.meetings.worker")


def _actor(by: Mapping[str, str | None]) -> Actor:
    user, credential = by["user"], by["credential"]
    if user is None:
        return SYSTEM
    return Actor(
        kind="user",
        user_id=UUID(user),
        credential_id=UUID(credential) if credential else None,
        request_id=by["request"],
    )


async def _progress(session: AsyncSession, event_id: UUID, **values: Any) -> None:
    """Say how far it is, at once, whatever becomes of the job's own transaction."""
    statement = update(Timetable).where(Timetable.event_id == event_id).values(**values)
    if isinstance(session.bind, AsyncEngine):
        async with AsyncSession(session.bind) as own, own.begin():
            await own.execute(statement)
    else:
        await session.execute(statement)


@dataclass(frozen=True, slots=True)
class _Done:
    """What the plan changed."""

    moved: int
    cancelled: int
    changed: frozenset[UUID]
    """Meetings that are new, elsewhere or off."""


async def make(session: AsyncSession, planner: Child, event_id: UUID, *, anew: bool, actor: Actor) -> None:
    """Make or mend the timetable of an event.

    Raises:
        Unavailable: the planner is busy or died.
    """
    await _progress(session, event_id, status="running", progress=0)
    event = (await session.scalars(select(Event).where(Event.id == event_id))).one()
    hall, wishes, earlier, ways = await _read(session, event, anew=anew)
    await _progress(session, event_id, progress=READ)
    hall, plan = await _planned(planner, hall, ways)
    await _progress(session, event_id, progress=PLANNED)
    seats = seats_of(hall, plan)
    done = await _write(session, actor, event, seats, earlier)
    await tell_of_meetings(session, event, done.changed, first=not earlier)
    finished = {
        "slots": len({slot.starts_at for slot in hall.slots}),
        "meetings": len(seats) + len(hall.over),
        "moved": done.moved,
        "cancelled": done.cancelled,
        **{name: getattr(plan, name) for name in ("met", "most_met", "weight", "bound")},
        "unmet": [[str(one), str(other), cause] for one, other, cause in unmet(hall, wishes, seats)],
    }
    values: dict[str, Any] = {"status": "done", "progress": 100, "done_at": clock.now(), "result": finished}
    await session.execute(update(Timetable).where(Timetable.event_id == event_id).values(**values))


async def _planned(planner: Child, hall: Hall, ways: Ways | None) -> tuple[Hall, TimetablePlan]:
    begun = monotonic()

    async def solve(asked: Hall) -> TimetablePlan:
        problem = problem_of(asked, seconds=max(LEAST_SECONDS, begun + SECONDS - monotonic()))
        if not problem.pairs or not problem.tables:
            return NOTHING
        return msgspec.json.decode(await planner.ask(msgspec.json.encode(problem)), type=TimetablePlan)

    plan = await solve(hall)
    return (hall, plan) if ways is None else await with_detours(hall, plan, ways, solve, until=begun + SECONDS / 2)


async def _read(
    session: AsyncSession, event: Event, *, anew: bool
) -> tuple[Hall, set[tuple[UUID, UUID]], list[Meeting], Ways | None]:
    registrations = await participants(session, event)
    wishes = await wishes_in_force(session, event)
    catalogue = await load_catalogue(session)
    worth = await worth_of_pairs(session, registrations, wishes, catalogue=catalogue)
    now = clock.now()
    rows = select(Meeting).where(Meeting.event_id == event.id).order_by(Meeting.id)
    rows_there = list(await session.scalars(rows.with_for_update()))
    meetings = [meeting for meeting in rows_there if meeting.status != "cancelled"]
    planned = [meeting for meeting in meetings if meeting.status == "planned" and meeting.starts_at > now]
    still = {meeting.id for meeting in planned}
    blocked = await blocked_pairs(session, {row.organization_id for row in registrations})
    kept = [meeting for meeting in planned if frozenset((meeting.seller_id, meeting.buyer_id)) not in blocked]
    slots, allowed = open_slots(event, registrations, now), None
    over = [meeting for meeting in meetings if meeting.id not in still]
    slots = without_taken(slots, over)
    people = People(
        sellers=[row for row in registrations if row.side == "seller"],
        buyers=[row for row in registrations if row.side == "buyer"],
        worth=worth,
        planned=[] if anew else kept,
        over=over,
    )
    ways = None
    if must_walk(event, slots):
        slots = rounds_of(slots)
        ways = Ways(event, slots, people)
        allowed = ways.allowed()
    fallen = {(meeting.seller_id, meeting.buyer_id) for meeting in rows_there if meeting.status == "cancelled"}
    asked_for = {*wishes, *((other, one) for one, other in wishes), *fallen}
    hall = Hall(event, slots, people.sellers, people.buyers, worth, people.planned, people.over, asked_for, allowed)
    return hall, wishes, planned, ways


async def _write(
    session: AsyncSession, actor: Actor, event: Event, seats: Sequence[Seat], earlier: Sequence[Meeting]
) -> _Done:
    """Let the rows say what the plan says, touching none that it leaves alone."""
    by_pair = {(meeting.seller_id, meeting.buyer_id): meeting for meeting in earlier}
    wanted = {seat.pair: seat for seat in seats}
    moved = [m for pair, m in by_pair.items() if pair in wanted and _moves(m, wanted[pair])]
    dropped = [meeting for pair, meeting in by_pair.items() if pair not in wanted]
    for meeting in dropped:
        meeting.status = "cancelled"
    new = [seat for pair, seat in wanted.items() if pair not in by_pair]
    await record_changes(session, actor, dropped, verb="cancel")
    await record_changes(session, actor, moved, verb="move")
    rows = [_row(event, seat) for seat in new]
    await record_new(session, actor, Meeting, rows, details=[{}] * len(new))
    changed = {meeting.id for meeting in (*moved, *dropped)} | {row["id"] for row in rows}
    return _Done(len(moved), len(dropped), frozenset(changed))


def _moves(meeting: Meeting, seat: Seat) -> bool:
    """Put a meeting where the plan has it; whether that is elsewhere."""
    place = (seat.slot.starts_at, seat.slot.ends_at, seat.table.number, seat.table.hall)
    if (meeting.starts_at, meeting.ends_at, meeting.table_number, meeting.hall) == place:
        return False
    meeting.starts_at, meeting.ends_at, meeting.table_number, meeting.hall = place
    return True


def _row(event: Event, seat: Seat) -> dict[str, Any]:
    return {
        "id": new_id(),
        "event_id": event.id,
        "seller_id": seat.pair[0],
        "buyer_id": seat.pair[1],
        "starts_at": seat.slot.starts_at,
        "ends_at": seat.slot.ends_at,
        "table_number": seat.table.number,
        "hall": seat.table.hall,
        "weight": seat.weight,
        "status": "planned",
    }
