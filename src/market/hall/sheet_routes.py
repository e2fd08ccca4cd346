"""Timetables, badges and table cards over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.downloads import download
from market.core.query import query_of
from market.core.representation import JSON, plain
from market.core.schemas import Answer, Schema
from market.events.calendar import MEDIA_TYPE as CALENDAR
from market.events.calendar import meetings_calendar
from market.events.meetings.answers import meeting_out
from market.events.meetings.models import Meeting
from market.events.meetings.queries import meetings_in_order
from market.events.meetings.schemas import MeetingOut
from market.events.models import Event
from market.events.policy import require_at_desk
from market.events.queries import get_event, participants
from market.hall import sheets
from market.hall.sheets import PDF, BadgeFormat, BadgeKind, TimetableBy, print_sheet

AnyRequest = Request[Any, Any, Any]


class TimetableQuery(Schema):
    format: Literal["json", "ics", "pdf"] = "json"
    by: TimetableBy = Field(default="wall", description="Of the PDF: one list, or a page for each")
    organization: UUID | None = Field(default=None, description="Its meetings alone")
    table: int | None = Field(default=None, ge=1, le=100_000)


class BadgeQuery(Schema):
    format: BadgeFormat = Field(default="a4", description="a4: ten on a page; label: a page for each")
    kind: BadgeKind = "people"
    organization: UUID | None = Field(default=None, description="Its people alone")


class EventMeetings(Answer):
    event: UUID
    items: list[MeetingOut]


@get(
    "/events/{event_id:uuid}/timetable",
    operation_id="getTimetable",
    access=Access.DESK,
    answers=(JSON, CALENDAR, PDF),
    dependencies={"params": query_of(TimetableQuery)},
    summary="The timetable as JSON, calendar file or PDF: all for who runs the event, one's own meetings otherwise",
)
async def get_timetable(
    event_id: FromPath[UUID],
    params: NamedDependency[TimetableQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    request: AnyRequest,
) -> Response[EventMeetings]:
    """For whoever takes part, its own meetings with where and when; `by` and `table` lay out the PDF that is hung up.
    All of it at once, without `limit`: it is one plan.
    """
    event = await get_event(session, actor, event_id)
    meetings = await meetings_in_order(session, actor, event, organization=params.organization, table=params.table)
    of = params.organization or (None if actor.is_officer else actor.organization_id)
    if params.format == "json":
        return plain(EventMeetings(event=event.id, items=[meeting_out(meeting) for meeting in meetings]))
    return await _file_of(request, event, meetings, params, of=of)


async def _file_of(
    request: AnyRequest, event: Event, meetings: Sequence[Meeting], params: TimetableQuery, *, of: UUID | None
) -> Response[Any]:
    if params.format == "ics":
        body = meetings_calendar(event, meetings, of=of)
        return download(request, body, name=f"{event.code}-meetings.ics", media_type=CALENDAR)
    values = sheets.timetable(event, meetings, by=params.by, organization=params.organization)
    state = request.app.state
    body = await print_sheet(state.paper_writer, state.settings, "timetable.typ", values, made_at=event.updated_at)
    return download(request, body, name=f"{event.code}-timetable.pdf", media_type=PDF)


@get(
    "/events/{event_id:uuid}/badges",
    operation_id="printBadges",
    access=Access.DESK,
    answers=(PDF,),
    dependencies={"params": query_of(BadgeQuery)},
    summary="Badges with the QR codes that the desk reads, or cards for the tables, to print",
)
async def print_badges(
    event_id: FromPath[UUID],
    params: NamedDependency[BadgeQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    request: AnyRequest,
) -> Response[bytes]:
    """For the desk and those who run the event. The code on a badge is the `badge` of `/check-ins`; the code on a
    table card, `{event code}/table/{number}`, says of which `table` the timetable is wanted.
    """
    event = await get_event(session, actor, event_id)
    require_at_desk(actor, event)
    people = await participants(session, event)
    wanted = [row for row in people if params.organization in (None, row.organization_id)]
    hosts = sum(1 for row in people if row.side == "buyer")
    if params.kind == "people":
        # A thousand QR codes take seconds.
        values = await asyncio.to_thread(sheets.badges, event, wanted, layout=params.format)
    else:
        values = sheets.table_cards(event, otherwise=hosts, layout=params.format)
    state = request.app.state
    body = await print_sheet(state.paper_writer, state.settings, "badges.typ", values, made_at=event.updated_at)
    return download(request, body, name=f"{event.code}-{params.kind}.pdf", media_type=PDF)


routes = [get_timetable, print_badges]
