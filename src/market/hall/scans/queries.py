"""Reads of scans and of the papers that they may be of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from market.agreements.models import Agreement, AgreementParty
from market.agreements.queries import whole
from market.attachments.models import Attachment
from market.core.db import among
from market.core.errors import NotFound
from market.events.models import Event
from market.hall.scans.matching import PaperHere, Papers
from market.hall.scans.models import EventScan, ScanState
from market.organizations.models import Organization


async def papers_here(session: AsyncSession, event: Event) -> Papers:
    """The papers of an event by their numbers and parties, in one statement."""
    name = func.coalesce(Organization.name, AgreementParty.name_only)
    parties = (
        select(func.array_agg(aggregate_order_by(name, AgreementParty.position.asc())))
        .select_from(AgreementParty)
        .outerjoin(Organization, Organization.id == AgreementParty.organization_id)
        .where(AgreementParty.agreement_id == Agreement.id)
        .scalar_subquery()
    )
    scans = (
        select(func.count())
        .where(
            Attachment.subject == "agreement",
            Attachment.subject_id == Agreement.id,
            Attachment.kind == "scan",
            Attachment.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )
    rows = (
        select(Agreement.id, Agreement.number, Agreement.paper_number, parties, scans)
        .where(Agreement.event_id == event.id, Agreement.discarded_at.is_(None))
        .order_by(Agreement.number)
    )
    found = (await session.execute(rows)).all()
    return Papers([PaperHere(id_, number, printed, names or [], kept) for id_, number, printed, names, kept in found])


async def agreements_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Agreement]:
    """Whole agreements, for those who may know of them by their event."""
    if not ids:
        return {}
    return {row.id: row for row in await session.scalars(whole(select(Agreement).where(among(Agreement.id, ids))))}


async def scans_of(session: AsyncSession, event: Event, *, state: ScanState | None = None) -> Sequence[EventScan]:
    """The scans of an event with their files, oldest first."""
    rows = select(EventScan).where(EventScan.event_id == event.id).options(joinedload(EventScan.attachment))
    if state is not None:
        rows = rows.where(EventScan.state == state)
    return (await session.scalars(rows.order_by(EventScan.id))).all()


async def scans_by_content(session: AsyncSession, event: Event, sha256: Collection[str]) -> dict[str, EventScan]:
    """The scans of an event that have such content, locked, with their files."""
    rows = (
        select(EventScan)
        .where(EventScan.event_id == event.id, EventScan.sha256.in_(sha256))
        .options(joinedload(EventScan.attachment, innerjoin=True))
        .with_for_update()
    )
    return {scan.sha256: scan for scan in await session.scalars(rows)}


async def get_scan(session: AsyncSession, event: Event, scan_id: UUID, *, lock: bool = False) -> EventScan:
    """One scan of an event, with its file.

    Raises:
        NotFound: the event has no such scan.
    """
    rows = (
        select(EventScan)
        .where(EventScan.id == scan_id, EventScan.event_id == event.id)
        .options(joinedload(EventScan.attachment, innerjoin=True))
    )
    scan = await session.scalar(rows.with_for_update() if lock else rows)
    if scan is None:
        raise NotFound
    return scan
