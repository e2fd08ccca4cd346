"""How sellers kept what they promised, for matching: derived anew whenever an agreement ends or is reopened."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.consent.standing import COUNTS
from market.agreements.ledger.standings import Standing, standings
from market.agreements.models import Agreement, AgreementLine, AgreementParty
from market.core import clock
from market.matching.models import FulfilmentRecord

DUE = ("fulfilled", "partly_fulfilled", "lapsed")
"""States in which lines have fallen due. What was terminated before its time is held against nobody."""


async def refresh_fulfilment(session: AsyncSession, agreement: Agreement) -> None:
    """Count the lines due and met of every seller of this agreement, over all its agreements."""
    sellers = sorted({p.organization_id for p in agreement.parties if p.role == "seller" and p.organization_id})
    if not sellers:
        return
    blank = [{"organization_id": seller, "lines_due": 0, "lines_met": 0} for seller in sellers]
    await session.execute(insert(FulfilmentRecord).on_conflict_do_nothing(), blank)
    # Locked before counting, so that two agreements ending at once see each other.
    locked = (
        select(FulfilmentRecord)
        .where(FulfilmentRecord.organization_id.in_(sellers))
        .order_by(FulfilmentRecord.organization_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    records = (await session.scalars(locked)).all()
    due = await _lines_due(session, sellers)
    for row in records:
        row.lines_due = len(due[row.organization_id])
        row.lines_met = sum(standing.outcome == "met" for standing in due[row.organization_id])
        row.updated_at = clock.now()
    await session.flush()


async def _lines_due(session: AsyncSession, sellers: list[UUID]) -> defaultdict[UUID, list[Standing]]:
    rows = (
        select(AgreementParty.organization_id, AgreementLine)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .join(AgreementLine, AgreementLine.agreement_id == Agreement.id)
        .where(
            AgreementParty.organization_id.in_(sellers),
            AgreementParty.role == "seller",
            Agreement.status.in_(DUE),
            Agreement.effective_on.is_not(None),
            Agreement.consent.in_(COUNTS),
        )
    )
    found = (await session.execute(rows)).all()
    lines = {line.id: line for _, line in found}
    standing = {one.line.id: one for one in await standings(session, list(lines.values()))}
    due: defaultdict[UUID, list[Standing]] = defaultdict(list)
    for seller, line in found:
        if seller is not None:
            due[seller].append(standing[line.id])
    return due
