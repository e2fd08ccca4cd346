"""Wishes, the timetable and meetings over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.errors import NotAllowed
from market.core.language import preferred_language
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import plain, require_match, single, trimmed_page
from market.events.meetings import queries, service, wishes
from market.events.meetings.answers import meeting_out, suggestion_out, timetable_out, wish_out
from market.events.meetings.models import Meeting
from market.events.meetings.schemas import (
    MeetingOut,
    MeetingQuery,
    MeetingSuggestions,
    OutcomeIn,
    ScheduleRequest,
    TimetableOut,
    WishCreate,
    WishOut,
    WishPage,
)
from market.events.queries import get_event
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


@get(
    "/events/{event_id:uuid}/wishes",
    operation_id="listWishes",
    access=Access.SIGNED_IN,
    summary="Who would meet whom: in both directions one's own, all for who runs the event",
)
async def list_wishes(event_id: FromPath[UUID], session: Session, actor: Who) -> Response[WishPage]:
    """Who wishes to meet whom, and whether it is wished from both sides. All of them at once, without `limit`:
    `most_meetings` bounds them.
    """
    event = await get_event(session, actor, event_id)
    rows = (await session.scalars(wishes.visible_wishes(actor, event))).all()
    both = {(row.organization_id, row.partner_id) for row in rows}
    items = [wish_out(actor, event, row, mutual=(row.partner_id, row.organization_id) in both) for row in rows]
    return plain(WishPage(items=items))


@post(
    "/events/{event_id:uuid}/wishes",
    operation_id="wishToMeet",
    access=Access.SIGNED_IN,
    summary="Say whom one would meet",
)
async def wish_to_meet(
    event_id: FromPath[UUID], data: JSONBody[WishCreate], session: Session, actor: Who, request: AnyRequest
) -> Response[WishOut]:
    """For members of an organization that takes part, until wishes close. The timetable weighs it; a wish from both
    sides counts most.
    """
    event = await get_event(session, actor, event_id)
    row = await wishes.wish(session, actor, event, data)
    mutual = (row.partner_id, row.organization_id) in await wishes.wishes_in_force(session, event)
    location = f"/api/v1/events/{event_id}/wishes/{row.id}"
    return single(
        request, wish_out(actor, event, row, mutual=mutual), version=row.version, status=201, location=location
    )


@delete(
    "/events/{event_id:uuid}/wishes/{wish_id:uuid}",
    operation_id="withdrawWish",
    access=Access.SIGNED_IN,
    summary="Take a wish back",
)
async def withdraw_wish(event_id: FromPath[UUID], wish_id: FromPath[UUID], session: Session, actor: Who) -> None:
    """For members of the organization that wished, until wishes close; a timetable that is made already stays until
    it is mended.
    """
    event = await get_event(session, actor, event_id)
    row = await wishes.get_wish(session, actor, event, wish_id)
    await wishes.withdraw_wish(session, actor, event, row)


@get(
    "/events/{event_id:uuid}/suggestions",
    operation_id="suggestMeetings",
    access=Access.MEMBER,
    summary="Who is worth meeting, from real listings and needs, with the reasons",
)
async def suggest_meetings(
    event_id: FromPath[UUID], session: Session, actor: Who, catalogue: Reference, request: AnyRequest
) -> Response[MeetingSuggestions]:
    """For an organization that takes part: others there whose listings or needs fit its own. The best ones only,
    without `limit`.
    """
    event = await get_event(session, actor, event_id)
    if actor.organization_id is None:
        raise NotAllowed
    found = await wishes.worth_meeting(session, event, actor.organization_id, catalogue=catalogue)
    language = preferred_language(request.headers.get("accept-language"))
    items = [suggestion_out(row, worth, wished=wished, language=language) for row, worth, wished in found]
    return plain(MeetingSuggestions(items=items))


@post(
    "/events/{event_id:uuid}/schedule",
    operation_id="makeTimetable",
    access=Access.SIGNED_IN,
    status_code=202,
    summary="Have the timetable made, or mended with as few moves as possible; a job, see its progress",
)
async def make_timetable(
    event_id: FromPath[UUID],
    session: Session,
    actor: Who,
    request: AnyRequest,
    data: JSONBody[ScheduleRequest | None] = None,
) -> Response[TimetableOut]:
    """For those who run the event. Answers at once (202) and works on in the background; `anew` forgets the
    timetable that is there, otherwise as few meetings move as can.
    """
    event = await get_event(session, actor, event_id)
    row = await service.ask_for_timetable(session, actor, event, anew=bool(data and data.anew))
    language = preferred_language(request.headers.get("accept-language"))
    headers = {"Location": f"/api/v1/events/{event_id}/schedule"}
    return plain(timetable_out(actor, event, row, language=language), status=202, headers=headers)


@get(
    "/events/{event_id:uuid}/schedule",
    operation_id="getTimetableProgress",
    access=Access.SIGNED_IN,
    summary="How far the timetable is, how near to the best, and which wishes it leaves unmet and why",
)
async def get_timetable_progress(
    event_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[TimetableOut]:
    """For whoever takes part or runs the event; ask again while it is queued or running."""
    event = await get_event(session, actor, event_id)
    row = await queries.timetable_of(session, event)
    language = preferred_language(request.headers.get("accept-language"))
    return plain(timetable_out(actor, event, row, language=language))


@get(
    "/events/{event_id:uuid}/meetings",
    operation_id="listMeetings",
    access=Access.DESK,
    dependencies={"params": query_of(MeetingQuery)},
    summary="Meetings: all for who runs the event and its desk, one's own otherwise",
)
async def list_meetings(
    event_id: FromPath[UUID],
    params: NamedDependency[MeetingQuery],
    session: Session,
    actor: Who,
    request: AnyRequest,
) -> Response[Page[MeetingOut]]:
    """With slot, hall, table and outcome, by state, outcome or organization."""
    event = await get_event(session, actor, event_id)
    rows = queries.meetings_like(actor, event, params)
    found = await paginate(session, rows, key=Meeting.id, query=params)
    return trimmed_page(request, found.to_page(meeting_out), MeetingOut)


@get(
    "/meetings/{meeting_id:uuid}",
    operation_id="getMeeting",
    access=Access.DESK,
    summary="One meeting: for its two sides, who runs the event, and its desk",
)
async def get_meeting(
    meeting_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[MeetingOut]:
    """With slot, hall, table, both sides and what came of it."""
    _, meeting = await queries.meeting_with_event(session, actor, meeting_id)
    return single(request, meeting_out(meeting), version=meeting.version)


@post(
    "/meetings/{meeting_id:uuid}/outcome",
    operation_id="noteOutcome",
    access=Access.DESK,
    status_code=200,
    summary="What came of a meeting, and what follows when",
)
async def note_outcome(
    meeting_id: FromPath[UUID], data: JSONBody[OutcomeIn], session: Session, actor: Who, request: AnyRequest
) -> Response[MeetingOut]:
    """For either side, those who run the event and its desk, again as often as it changes; with a day the follow-up
    is reminded of.
    """
    event, meeting = await queries.meeting_with_event(session, actor, meeting_id, lock=True)
    require_match(request, meeting.version)
    await service.note_outcome(session, actor, event, meeting, outcome=data)
    return single(request, meeting_out(meeting), version=meeting.version)


routes = [
    list_wishes,
    wish_to_meet,
    withdraw_wish,
    suggest_meetings,
    make_timetable,
    get_timetable_progress,
    list_meetings,
    get_meeting,
    note_outcome,
]
