"""What reports count of agreements, kept by stretches of time: `AgreementCourse` is written here and nowhere else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.columns import columns_of
from market.agreements.consent.standing import counts
from market.agreements.models import Agreement, AgreementCourse
from market.core import clock

COUNTED = columns_of(Agreement, counted=True)


async def note_course(session: AsyncSession, agreement: Agreement, *, counted_before: bool = True) -> None:
    """Begin a new stretch when something that is counted changed; drafts and mere notes are not counted.

    The new stretch is written with the next flush.

    Args:
        counted_before: whether there may be an older stretch.
    """
    if agreement.status == "draft":
        return
    last = await _last(session, agreement.id) if counted_before else None
    counted: dict[str, Any] = {name: getattr(agreement, name) for name in COUNTED}
    counted["was_effective"] = agreement.effective_on is not None
    goes_on = last is not None and last.until_at is None
    if goes_on and counts(agreement) and all(getattr(last, name) == value for name, value in counted.items()):
        return
    since = clock.now()
    if last is not None:
        since = max(since, last.until_at or last.since_at)
        last.until_at = last.until_at or since
        await session.flush()
    if not counts(agreement):
        return
    counted["first_id"] = await _first_of(session, agreement.amends_id) or agreement.id
    counted["converted_first_id"] = await _first_of(session, agreement.converted_from_id)
    session.add(AgreementCourse(agreement_id=agreement.id, since_at=since, **counted))


async def _last(session: AsyncSession, agreement_id: UUID) -> AgreementCourse | None:
    """The newest stretch, still going on or ended when the paper stopped to count."""
    rows = select(AgreementCourse).where(AgreementCourse.agreement_id == agreement_id)
    return await session.scalar(rows.order_by(AgreementCourse.id.desc()).limit(1))


async def _first_of(session: AsyncSession, agreement_id: UUID | None) -> UUID | None:
    """The first version of a paper that was signed once."""
    if agreement_id is None:
        return None
    last = await _last(session, agreement_id)
    return last.first_id if last else agreement_id
