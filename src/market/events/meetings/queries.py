"""Reads of meetings; who may see which stands here, once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.core.access import Actor
from market.core.errors import NotFound
from market.events.meetings.models import Meeting, Timetable
from market.events.meetings.schemas import MeetingQuery
from market.events.models import Event
from market.events.policy import may_see_hall


def visible_meetings(actor: Actor, event: Event) -> Select[Meeting]:
    """All for who runs the event and its devices, one's own otherwise."""
    rows = (
        select(Meeting)
        .where(Meeting.event_id == event.id)
        .options(joinedload(Meeting.seller, innerjoin=True), joinedload(Meeting.buyer, innerjoin=True))
    )
    if may_see_hall(actor, event):
        return rows
    ours = actor.organization_ids
    return rows.where(or_(Meeting.seller_id.in_(ours), Meeting.buyer_id.in_(ours)))


def meetings_like(actor: Actor, event: Event, query: MeetingQuery) -> Select[Meeting]:
    """Visible meetings that answer every filter given."""
    rows = visible_meetings(actor, event)
    if query.organization is not None:
        rows = rows.where(or_(Meeting.seller_id == query.organization, Meeting.buyer_id == query.organization))
    if query.status is not None:
        rows = rows.where(Meeting.status == query.status)
    if query.outcome is not None:
        rows = rows.where(Meeting.outcome == query.outcome)
    return rows


async def meetings_in_order(
    session: AsyncSession, actor: Actor, event: Event, *, organization: UUID | None = None, table: int | None = None
) -> list[Meeting]:
    """Visible meetings by time and table, those cancelled too."""
    rows = visible_meetings(actor, event).order_by(Meeting.starts_at, Meeting.table_number, Meeting.id)
    if organization is not None:
        rows = rows.where(or_(Meeting.seller_id == organization, Meeting.buyer_id == organization))
    if table is not None:
        rows = rows.where(Meeting.table_number == table)
    return list(await session.scalars(rows))


async def meeting_with_event(
    session: AsyncSession, actor: Actor, meeting_id: UUID, *, lock: bool = False
) -> tuple[Event, Meeting]:
    """A visible meeting and its event.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    event = await session.scalar(
        select(Event).join(Meeting, Meeting.event_id == Event.id).where(Meeting.id == meeting_id)
    )
    if event is None:
        raise NotFound
    rows = visible_meetings(actor, event).where(Meeting.id == meeting_id)
    meeting = await session.scalar(rows.with_for_update(of=Meeting) if lock else rows)
    if meeting is None:
        raise NotFound
    return event, meeting


async def timetable_of(session: AsyncSession, event: Event) -> Timetable | None:
    """How far the event's timetable is; None: nobody asked for one yet."""
    return await session.get(Timetable, event.id, populate_existing=True)
