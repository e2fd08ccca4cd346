"""How sellers kept what they promised, for matching: derived anew whenever an agreement ends or is reopened,
and when a buyer is verified or is so no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Text, and_, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.agreements.consent.standing import COUNTS
from market.agreements.ledger.standings import Standing, standings
from market.agreements.models import Agreement, AgreementLine, AgreementParty
from market.core import clock
from market.matching.models import FulfilmentRecord
from market.organizations.models import Organization, OrganizationMember

DUE = ("fulfilled", "partly_fulfilled", "lapsed")
"""States in which lines have fallen due. What was terminated before its time is held against nobody."""
MOST_OF_ONE = 5
"""Lines with one counterparty that count: a record is made with several, not with one friend."""


async def refresh_fulfilment(session: AsyncSession, agreement: Agreement) -> None:
    """Count the lines due and met of every seller of this agreement, over all its agreements.

    Only lines with verified counterparties count, and of each of them only so many (see `weighed`): nobody makes a
    record with organizations that nobody has looked at, or with its own people on both sides.
    """
    await refresh_records(
        session, sorted({p.organization_id for p in agreement.parties if p.role == "seller" and p.organization_id})
    )


async def refresh_records(session: AsyncSession, sellers: Sequence[UUID]) -> None:
    """As `refresh_fulfilment`, of these sellers."""
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
        counted = [
            (len(lines), sum(one.outcome == "met" for one in lines)) for lines in due[row.organization_id].values()
        ]
        row.lines_due, row.lines_met = weighed(counted)
        row.updated_at = clock.now()
    await session.flush()


def weighed(by_counterparty: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Lines due and met, of each counterparty at most `MOST_OF_ONE`, in the proportion in which they were met."""
    lines_due = lines_met = 0
    for due, met in by_counterparty:
        counted = min(due, MOST_OF_ONE)
        lines_due += counted
        lines_met += counted * met // due
    return lines_due, lines_met


async def _lines_due(session: AsyncSession, sellers: Sequence[UUID]) -> defaultdict[UUID, dict[UUID, list[Standing]]]:
    """Lines by seller and counterparty: verified, and without a person in common with the seller."""
    other, ours, theirs = aliased(AgreementParty), aliased(OrganizationMember), aliased(OrganizationMember)
    shared = select(ours.id).where(
        ours.organization_id == AgreementParty.organization_id,
        ours.left_at.is_(None),
        theirs.organization_id == Organization.id,
        theirs.left_at.is_(None),
        theirs.user_id == ours.user_id,
    )
    rows = (
        select(AgreementParty.organization_id, func.min(cast(Organization.id, Text)), AgreementLine)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .join(AgreementLine, AgreementLine.agreement_id == Agreement.id)
        .join(other, and_(other.agreement_id == Agreement.id, other.role == "buyer"))
        .join(Organization, Organization.id == other.organization_id)
        .where(
            AgreementParty.organization_id.in_(sellers),
            AgreementParty.role == "seller",
            Agreement.status.in_(DUE),
            Agreement.effective_on.is_not(None),
            Organization.verification == "verified",
            ~shared.exists(),
            Agreement.consent.in_(COUNTS),
        )
        .group_by(AgreementParty.organization_id, AgreementLine.id)
    )
    found = (await session.execute(rows)).all()
    lines = {line.id: line for _, _, line in found}
    standing = {one.line.id: one for one in await standings(session, list(lines.values()))}
    due: defaultdict[UUID, dict[UUID, list[Standing]]] = defaultdict(dict)
    for seller, counterparty, line in found:
        if seller is not None:
            due[seller].setdefault(UUID(counterparty), []).append(standing[line.id])
    return due
