"""Reads of findings, feedback and follow-ups: all for who runs the event, one's own otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.core.access import Actor
from market.events.afterwards.models import Feedback, Finding
from market.events.meetings.models import Meeting
from market.events.models import Event
from market.events.policy import may_run

MOST = 500


def visible_findings(actor: Actor, event: Event) -> Select[Finding]:
    """Of a visit, by its order: all for who runs it, of one's own growing areas otherwise."""
    rows = select(Finding).where(Finding.event_id == event.id).order_by(Finding.id)
    rows = rows.options(joinedload(Finding.organization, innerjoin=True)).limit(MOST)
    return rows if may_run(actor, event) else rows.where(Finding.organization_id.in_(actor.organization_ids))


def visible_feedback(actor: Actor, event: Event) -> Select[Feedback]:
    """All for who runs the event, one's own otherwise."""
    rows = select(Feedback).where(Feedback.event_id == event.id).order_by(Feedback.id)
    rows = rows.options(joinedload(Feedback.organization, innerjoin=True))
    return rows if may_run(actor, event) else rows.where(Feedback.organization_id.in_(actor.organization_ids))


async def open_follow_ups(session: AsyncSession, actor: Actor) -> Sequence[Meeting]:
    """Meetings of one's own organizations, of whatever event, on which something is still to follow; soonest first."""
    ours = actor.organization_ids
    rows = (
        select(Meeting)
        .where(Meeting.follow_up_on.is_not(None), Meeting.follow_up_done_at.is_(None), Meeting.status != "cancelled")
        .where(or_(Meeting.seller_id.in_(ours), Meeting.buyer_id.in_(ours)))
        .options(joinedload(Meeting.seller, innerjoin=True), joinedload(Meeting.buyer, innerjoin=True))
        .order_by(Meeting.follow_up_on, Meeting.id)
        .limit(MOST)
    )
    return (await session.scalars(rows)).all()
