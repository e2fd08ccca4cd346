"""Verbs of meetings: have the timetable made, and note what came of a meeting."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import Conflict, NotAllowed, ValidationFailed
from market.core.job_queue import enqueue
from market.core.language import Message
from market.core.states import require_transition
from market.events.meetings.models import Meeting, Timetable
from market.events.meetings.queries import timetable_of
from market.events.meetings.schemas import OutcomeIn
from market.events.models import Event
from market.events.policy import may_see_hall, require_can_run
from market.events.states import EVENT_TRANSITIONS
from market.events.venue import slots_of

JOB = "event_timetable"
NO_SLOTS = Message(
    vi="Sự kiện chưa có phiên gặp gỡ (sessions, kind = meetings) đủ dài cho một lượt gặp.",
    en="The event has no session of kind meetings that is long enough for a slot.",
)
TOOK_TOO_LONG = timedelta(minutes=10)
"""After which a timetable that is still being made is taken for lost."""


class TimetableUnderWay(Conflict):
    code = "timetable-under-way"
    detail = Message(vi="Thời gian biểu đang được xếp; hãy chờ xong.", en="The timetable is being made; wait for it.")


class MeetingCancelled(Conflict):
    code = "meeting-cancelled"
    detail = Message(vi="Cuộc gặp này đã hủy.", en="This meeting was cancelled.")


async def ask_for_timetable(session: AsyncSession, actor: Actor, event: Event, *, anew: bool) -> Timetable | None:
    """Have the timetable made, or mended, by a job.

    Raises:
        NotAllowed: not running the event.
        IllegalTransition: the event is not open.
        ValidationFailed: there is no slot.
        TimetableUnderWay: it is being made.
    """
    require_can_run(actor, event)
    require_transition(EVENT_TRANSITIONS, "edit", state=event.status)
    if not slots_of(event, hosts=1):
        raise ValidationFailed.single("/sessions", "no-slots", NO_SLOTS)
    now = clock.now()
    asked = {"status": "queued", "progress": 0, "asked_at": now, "done_at": None, "result": None}
    statement = insert(Timetable).values(event_id=event.id, **asked)
    done = Timetable.status.in_(("done", "failed")) | (Timetable.asked_at < now - TOOK_TOO_LONG)
    statement = statement.on_conflict_do_update(index_elements=["event_id"], set_=asked, where=done)
    if await session.scalar(statement.returning(Timetable.event_id)) is None:
        raise TimetableUnderWay(headers={"Retry-After": "5"})
    await enqueue(session, JOB, {"event": str(event.id), "anew": anew, "by": _payload(actor)})
    return await timetable_of(session, event)


def _payload(actor: Actor) -> dict[str, str | None]:
    """Who asked, as the job's changes shall name it."""
    return {
        "user": str(actor.user_id) if actor.user_id else None,
        "credential": str(actor.credential_id) if actor.credential_id else None,
        "request": actor.request_id,
    }


async def note_outcome(
    session: AsyncSession, actor: Actor, event: Event, meeting: Meeting, *, outcome: OutcomeIn
) -> Meeting:
    """Say what came of a meeting: either side, who runs the event, or its desk.

    Raises:
        NotAllowed: of neither side, nor of the event.
        MeetingCancelled: it was not held.
    """
    if not (may_see_hall(actor, event) or actor.belongs_to(meeting.seller_id) or actor.belongs_to(meeting.buyer_id)):
        raise NotAllowed
    set_outcome(meeting, outcome, at=clock.now(), key="")
    await record_change(session, actor, meeting, verb="outcome")
    return meeting


def set_outcome(meeting: Meeting, outcome: OutcomeIn, *, at: datetime, key: str) -> bool:
    """Put an outcome into the row unless a later one stands there; whichever comes in first, the same one stays.

    Args:
        at: when it was said.
        key: decides between two that were said at one instant.

    Raises:
        MeetingCancelled: it was not held.
    """
    if meeting.status == "cancelled":
        raise MeetingCancelled
    if meeting.outcome_at is not None and (meeting.outcome_at, meeting.outcome_key or "") >= (at, key):
        return False
    meeting.status = "missed" if outcome.missed else "held"
    meeting.outcome, meeting.outcome_reason, meeting.outcome_note = outcome.outcome, outcome.reason, outcome.note
    meeting.outcome_at, meeting.outcome_key = at, key
    if meeting.follow_up_on != outcome.follow_up_on:
        meeting.follow_up_done_at = None
    meeting.follow_up_on, meeting.follow_up_note = outcome.follow_up_on, outcome.follow_up_note
    return True
