"""What of threads is reported to officers, and how many strangers one may write to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.changes import record_change
from market.core.errors import AlreadyExists, Conflict, NotFound
from market.core.language import Message
from market.organizations.bounds import DAY, TooManyFirstContacts, is_bounded
from market.organizations.models import Organization
from market.quotes.models import Report, ReportReason, Thread, ThreadMessage


class AlreadyReported(AlreadyExists):
    code = "already-reported"
    detail = Message(
        vi="Bạn đã báo cáo cuộc trao đổi này; cán bộ đang xem.",
        en="You have reported this thread; officers look at it.",
    )


class AlreadySettled(Conflict):
    code = "already-settled"
    detail = Message(vi="Báo cáo này đã được giải quyết.", en="This report is settled.")


async def require_first_contact(session: AsyncSession, actor: Actor, sender_id: UUID, *, most: int) -> None:
    """Refuse an unverified organization more new threads in 24 hours than it may begin.

    Raises:
        TooManyFirstContacts: says when the next is allowed.
    """
    if not most or not is_bounded(actor, await session.get_one(Organization, sender_id)):
        return
    # What is begun at the same moment is counted too.
    await session.execute(select(Organization.id).where(Organization.id == sender_id).with_for_update())
    newest = list(await session.scalars(_begun_by(sender_id).limit(most)))
    if len(newest) < most:
        return
    seconds = max(1, int((newest[-1] + DAY - clock.now()).total_seconds()))
    raise TooManyFirstContacts(most=most, seconds=seconds, headers={"Retry-After": str(seconds)})


def _begun_by(sender_id: UUID) -> Select[datetime]:
    """When each thread of the last 24 hours was begun that the organization wrote first in, newest first."""
    writer = (
        select(ThreadMessage.organization_id)
        .where(ThreadMessage.thread_id == Thread.id)
        .order_by(ThreadMessage.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Thread.created_at)
        .where(
            or_(Thread.first_organization_id == sender_id, Thread.second_organization_id == sender_id),
            Thread.created_at > clock.now() - DAY,
            Thread.quote_id.is_(None),
            writer == sender_id,
        )
        .order_by(Thread.created_at.desc())
    )


async def report(
    session: AsyncSession,
    actor: Actor,
    thread: Thread,
    *,
    organization_id: UUID,
    reason: ReportReason,
    note: str | None,
) -> Report:
    """Ask officers to look at a thread.

    Raises:
        AlreadyReported: this side has, and nobody has settled it yet.
    """
    rows = select(Report.id).where(
        Report.thread_id == thread.id, Report.organization_id == organization_id, Report.status == "open"
    )
    if await session.scalar(rows) is not None:
        raise AlreadyReported
    made = Report(
        thread_id=thread.id,
        organization_id=organization_id,
        reported_by=actor.user_id,
        reason=reason,
        note=note,
        status="open",
    )
    await record_change(session, actor, made, verb="create")
    return made


def visible_reports(actor: Actor) -> Select[Report]:
    """Reports are for officers, and for the side that made them."""
    rows = select(Report)
    return rows if actor.is_officer else rows.where(Report.organization_id.in_(actor.organization_ids))


async def settle_report(session: AsyncSession, actor: Actor, report_id: UUID, *, settlement: str) -> Report:
    """An officer says what came of a report.

    Raises:
        NotFound: there is none.
        AlreadySettled: somebody did before.
    """
    row = await session.scalar(visible_reports(actor).where(Report.id == report_id).with_for_update())
    if row is None:
        raise NotFound
    if row.status == "settled":
        raise AlreadySettled
    row.status, row.settlement = "settled", settlement
    row.settled_by, row.settled_at = actor.user_id, clock.now()
    await record_change(session, actor, row, verb="settle")
    return row
