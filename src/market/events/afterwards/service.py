"""Verbs of what comes after: findings of visits, feedback, follow-ups done."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import Conflict, NotAllowed, NotFound, ValidationFailed
from market.core.language import Message
from market.events.afterwards.models import Feedback, Finding
from market.events.afterwards.schemas import FeedbackIn, FindingCreate
from market.events.meetings.models import Meeting
from market.events.models import Event
from market.events.policy import may_run, require_can_run
from market.events.queries import own_registration

NOT_REGISTERED = Message(vi="Tổ chức này không tham dự sự kiện.", en="This organization does not take part.")
OUTSIDE = Message(
    vi="Ngày thăm nằm ngoài ngày của sự kiện hoặc chưa tới.", en="The visit is outside the event's days, or to come."
)


class NoVisit(Conflict):
    code = "not-a-visit"
    detail = Message(
        vi="Chỉ chuyến khảo sát hoặc đoàn thăm (survey, delegation) có kết quả khảo sát.",
        en="Only a survey or a delegation has findings.",
    )


class NotBegun(Conflict):
    code = "event-not-begun"
    detail = Message(vi="Sự kiện bắt đầu ngày {day}.", en="The event begins on {day}.")


class TookNoPart(Conflict):
    code = "took-no-part"
    detail = Message(vi="Tổ chức này không tham dự sự kiện.", en="This organization takes no part in the event.")


class NothingFollows(Conflict):
    code = "nothing-follows"
    detail = Message(vi="Cuộc gặp này không hẹn việc gì.", en="Nothing is to follow on this meeting.")


async def note_finding(session: AsyncSession, actor: Actor, event: Event, finding_in: FindingCreate) -> Finding:
    """Write down what a visit found.

    Raises:
        NotAllowed: not running the event.
        NoVisit: the event is of another kind.
        ValidationFailed: the organization does not take part, or the day is not one of the visit's.
    """
    require_can_run(actor, event)
    if event.kind not in ("survey", "delegation"):
        raise NoVisit
    try:
        await own_registration(session, event, finding_in.organization)
    except NotFound:
        raise ValidationFailed.single("/organization", "not-registered", NOT_REGISTERED) from None
    if not event.starts_on <= finding_in.visited_on <= min(event.ends_on, clock.today()):
        raise ValidationFailed.single("/visited_on", "visit-outside", OUTSIDE)
    finding = Finding(
        event_id=event.id,
        organization_id=finding_in.organization,
        concept_id=finding_in.concept,
        **finding_in.model_dump(include={"visited_on", "area_ha", "verdict", "words"}),
    )
    await record_change(session, actor, finding, verb="create")
    await session.refresh(finding, ["organization"])
    return finding


async def give_feedback(session: AsyncSession, actor: Actor, event: Event, feedback_in: FeedbackIn) -> Feedback:
    """Say what an organization thought of an event, or say it anew.

    Raises:
        NotAllowed: for no organization of one's own.
        TookNoPart: it is not registered, or was not accepted.
        NotBegun: the event is to come.
    """
    organization_id = feedback_in.organization or actor.organization_id
    if organization_id is None or not actor.belongs_to(organization_id):
        raise NotAllowed
    try:
        registration = await own_registration(session, event, organization_id)
    except NotFound:
        raise TookNoPart from None
    if registration.status != "accepted":
        raise TookNoPart
    if clock.today() < event.starts_on:
        raise NotBegun(day=f"{event.starts_on:%d/%m/%Y}")
    # Whoever taps twice at once waits here.
    await session.refresh(registration, with_for_update=True)
    rows = select(Feedback).where(Feedback.event_id == event.id, Feedback.organization_id == organization_id)
    known = await session.scalar(rows.with_for_update())
    feedback = known or Feedback(event_id=event.id, organization_id=organization_id)
    for name, value in feedback_in.model_dump(exclude={"organization"}).items():
        setattr(feedback, name, value)
    await record_change(session, actor, feedback, verb="create" if known is None else "edit")
    await session.refresh(feedback, ["organization"])
    return feedback


async def follow_up_done(session: AsyncSession, actor: Actor, event: Event, meeting: Meeting) -> Meeting:
    """Say that what was to follow on a meeting is done; once said, it stays so.

    Raises:
        NotAllowed: of neither side, nor running the event.
        NothingFollows: nothing was agreed.
    """
    sides = [id_ for id_ in (meeting.seller_id, meeting.buyer_id) if actor.belongs_to(id_)]
    if not sides and not may_run(actor, event):
        raise NotAllowed
    if meeting.follow_up_on is None:
        raise NothingFollows
    if meeting.follow_up_done_at is None:
        meeting.follow_up_done_at = clock.now()
        await record_change(session, actor, meeting, verb="follow_up")
    return meeting
