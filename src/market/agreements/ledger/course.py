"""What reports count of agreements, kept by stretches of time: `AgreementCourse` is written here and nowhere else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.models import Agreement, AgreementCourse
from market.core import clock

COUNTED = (
    "instrument",
    "domain",
    "status",
    "cause",
    "event_id",
    "province_code",
    "province_version",
    "value_vnd",
    "amends_id",
    "signed_on",
    "effective_on",
    "ended_on",
)


async def note_course(session: AsyncSession, agreement: Agreement) -> None:
    """Begin a new stretch when something that is counted changed; drafts are not counted."""
    if agreement.status == "draft":
        return
    last = await _open(session, agreement.id)
    counted: dict[str, Any] = {name: getattr(agreement, name) for name in COUNTED}
    counted["was_effective"] = agreement.effective_on is not None
    if last is not None and all(getattr(last, name) == value for name, value in counted.items()):
        return
    counted["first_id"] = await _first_of(session, agreement.amends_id) or agreement.id
    counted["converted_first_id"] = await _first_of(session, agreement.converted_from_id)
    since = clock.now()
    if last is not None:
        last.until_at = since = max(since, last.since_at)
        await session.flush()
    session.add(AgreementCourse(agreement_id=agreement.id, since_at=since, **counted))
    await session.flush()


async def _open(session: AsyncSession, agreement_id: UUID) -> AgreementCourse | None:
    rows = select(AgreementCourse).where(
        AgreementCourse.agreement_id == agreement_id, AgreementCourse.until_at.is_(None)
    )
    return await session.scalar(rows)


async def _first_of(session: AsyncSession, agreement_id: UUID | None) -> UUID | None:
    """The first version of a paper that was signed once."""
    if agreement_id is None:
        return None
    last = await _open(session, agreement_id)
    return last.first_id if last else agreement_id
