"""Meetings for which an event that was edited has no time or table any more: cancelled at once, and told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_changes
from market.events.meetings.models import Meeting, Timetable
from market.events.meetings.service import TOOK_TOO_LONG, TimetableUnderWay
from market.events.meetings.telling import tell_of_meetings
from market.events.models import Event
from market.events.queries import participants
from market.events.venue import sessions_of, tables_of

TIME_AND_ROOM = frozenset({"starts_on", "ends_on", "sessions", "halls", "tables"})
"""What of an event says when and where people meet."""


async def require_no_timetable_under_way(session: AsyncSession, event: Event) -> None:
    """A timetable that is being made would set meetings by what the event said before.

    Raises:
        TimetableUnderWay: one is being made.
    """
    rows = select(Timetable).where(Timetable.event_id == event.id).with_for_update(read=True)
    timetable = await session.scalar(rows)
    under_way = timetable is not None and timetable.status in ("queued", "running")
    if timetable is not None and under_way and timetable.asked_at > clock.now() - TOOK_TOO_LONG:
        raise TimetableUnderWay(headers={"Retry-After": "5"})


async def cancel_fallen(session: AsyncSession, actor: Actor, event: Event) -> int:
    """Cancel the meetings to come that lie outside every session of meetings, or at a table that is gone.

    Returns:
        How many; both sides of each are told. The others stand as they are, until the timetable is mended.
    """
    rows = select(Meeting).where(
        Meeting.event_id == event.id, Meeting.status == "planned", Meeting.starts_at > clock.now()
    )
    planned = (await session.scalars(rows.order_by(Meeting.id).with_for_update())).all()
    if not planned:
        return 0
    hosts = sum(1 for row in await participants(session, event) if row.side == "buyer")
    fallen = fallen_out(event, planned, hosts=hosts)
    for meeting in fallen:
        meeting.status = "cancelled"
    await record_changes(session, actor, fallen, verb="cancel")
    await tell_of_meetings(session, event, {meeting.id for meeting in fallen}, first=False)
    return len(fallen)


def fallen_out(event: Event, planned: Sequence[Meeting], *, hosts: int) -> list[Meeting]:
    """Those of the meetings for which the event has no time or table.

    Args:
        hosts: how many tables there are where the event does not say.
    """
    there = {table.number: table.hall for table in tables_of(event, otherwise=max(1, hosts))}
    open_ = [(session.period, session.hall) for session in sessions_of(event) if session.kind == "meetings"]

    def stands(meeting: Meeting) -> bool:
        hall = there.get(meeting.table_number, "")
        return hall == meeting.hall and any(
            _within(period, meeting) and only in (None, meeting.hall) for period, only in open_
        )

    return [meeting for meeting in planned if not stands(meeting)]


def _within(period: tuple[datetime, datetime], meeting: Meeting) -> bool:
    begins, ends = period
    return begins <= meeting.starts_at and meeting.ends_at <= ends
