"""Findings, feedback and follow-ups over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.representation import plain, require_match, single
from market.events.afterwards import queries, service
from market.events.afterwards.models import Feedback, Finding
from market.events.afterwards.schemas import (
    FeedbackIn,
    FeedbackList,
    FeedbackOut,
    FindingCreate,
    FindingOut,
    Findings,
    FollowUps,
)
from market.events.meetings.answers import meeting_out
from market.events.meetings.queries import meeting_with_event
from market.events.meetings.schemas import MeetingOut
from market.events.queries import get_event
from market.events.schemas import OrganizationRef

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


def _finding_out(finding: Finding) -> FindingOut:
    named = ("id", "visited_on", "area_ha", "verdict", "words", "created_at", "version")
    return FindingOut(
        event=finding.event_id,
        organization=OrganizationRef.model_validate(finding.organization),
        concept=finding.concept_id,
        **{name: getattr(finding, name) for name in named},
    )


def _feedback_out(feedback: Feedback) -> FeedbackOut:
    named = ("id", "rating", "again", "words", "updated_at", "version")
    whose = OrganizationRef.model_validate(feedback.organization)
    return FeedbackOut(organization=whose, **{name: getattr(feedback, name) for name in named})


@get(
    "/events/{event_id:uuid}/findings",
    operation_id="listFindings",
    access=Access.SIGNED_IN,
    summary="What a visit to growing areas found: all for who runs it, of one's own areas otherwise",
)
async def list_findings(event_id: FromPath[UUID], session: Session, actor: Who) -> Response[Findings]:
    """Each with the area, the verdict and what to better. The first 500, without `limit`: a visit has a few dozen."""
    event = await get_event(session, actor, event_id)
    rows = (await session.scalars(queries.visible_findings(actor, event))).all()
    return plain(Findings(items=[_finding_out(row) for row in rows]))


@post(
    "/events/{event_id:uuid}/findings",
    operation_id="noteFinding",
    access=Access.SIGNED_IN,
    summary="Write down what a visit to a growing area found",
)
async def note_finding(
    event_id: FromPath[UUID], data: JSONBody[FindingCreate], session: Session, actor: Who
) -> Response[FindingOut]:
    """For those who run the event. The organization whose area it is reads it, and nobody else does."""
    event = await get_event(session, actor, event_id)
    finding = await service.note_finding(session, actor, event, data)
    headers = {"Location": f"/api/v1/events/{event_id}/findings"}
    return plain(_finding_out(finding), status=201, headers=headers)


@get(
    "/events/{event_id:uuid}/feedback",
    operation_id="listFeedback",
    access=Access.SIGNED_IN,
    summary="What those who came thought: all for who runs the event, one's own otherwise",
)
async def list_feedback(event_id: FromPath[UUID], session: Session, actor: Who) -> Response[FeedbackList]:
    """One for each organization. The first 500, without `limit`: it is read as a whole."""
    event = await get_event(session, actor, event_id)
    rows = (await session.scalars(queries.visible_feedback(actor, event))).all()
    return plain(FeedbackList(items=[_feedback_out(row) for row in rows]))


@post(
    "/events/{event_id:uuid}/feedback",
    operation_id="giveFeedback",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Say what your organization thought of the event, or say it anew",
)
async def give_feedback(
    event_id: FromPath[UUID], data: JSONBody[FeedbackIn], session: Session, actor: Who
) -> Response[FeedbackOut]:
    """For members of an organization that was there; sent again, it takes the place of what was said before."""
    event = await get_event(session, actor, event_id)
    return plain(_feedback_out(await service.give_feedback(session, actor, event, data)))


@get(
    "/follow-ups",
    operation_id="listFollowUps",
    access=Access.SIGNED_IN,
    summary="What your organizations agreed at events and have still to do, soonest first",
)
async def list_follow_ups(session: Session, actor: Who) -> Response[FollowUps]:
    """From outcomes of meetings with a day: until one is done it is listed, late ones first. All of them at once,
    without `limit`.
    """
    meetings = await queries.open_follow_ups(session, actor)
    return plain(FollowUps(items=[meeting_out(meeting) for meeting in meetings]))


@post(
    "/meetings/{meeting_id:uuid}/follow-up/done",
    operation_id="followUpDone",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="What was to follow on the meeting is done",
)
async def follow_up_done(
    meeting_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[MeetingOut]:
    """For either side of the meeting. It leaves the list of follow-ups and stays done."""
    event, meeting = await meeting_with_event(session, actor, meeting_id, lock=True)
    require_match(request, meeting.version)
    await service.follow_up_done(session, actor, event, meeting)
    return single(request, meeting_out(meeting), version=meeting.version)


routes = [list_findings, note_finding, list_feedback, give_feedback, list_follow_ups, follow_up_done]
