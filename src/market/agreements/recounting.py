"""Paper that begins or stops to count because its party is verified, or is so no more: said in the change log.

Whether it counts is looked up whenever it is asked for; but who follows the log (the feed, webhooks, those who take
contracting data) hears of a paper only by an entry of its own. The organization's entry is followed, and the papers
whose counting it turned get theirs piece by piece, each piece in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.agreements.consent.counted import has_known_principal, looked_at_until
from market.agreements.history.contents import content_of, record_all
from market.agreements.ledger.fulfilment import DUE, refresh_records
from market.agreements.models import Agreement, AgreementCourse, AgreementParty
from market.agreements.queries import whole
from market.core.access import SYSTEM
from market.core.changes import Change
from market.core.followers import Follower
from market.core.job_queue import enqueue
from market.core.jobs import Job

FOLLOWER, RECOUNT, REWEIGH = "counting", "recount_papers", "reweigh_records"
CHUNK = 100
"""Papers of one transaction: each is written as a version of its own. As many sellers are weighed in one."""
DECIDING = frozenset({"verification", "kinds"})
"""What of an organization decides whether somebody has looked at it."""


def counting_follower() -> Follower:
    """Leaves a job for each organization that may be known since, or no longer is."""

    async def handle(session: AsyncSession, changes: Sequence[Change]) -> None:
        for change in changes:
            # A new organization is party to nothing yet.
            if change.version > 1 and not DECIDING.isdisjoint(change.diff):
                told = {"organization": str(change.entity_id), "at": change.at.isoformat()}
                await enqueue(session, RECOUNT, told)
                await enqueue(session, REWEIGH, {"buyer": str(change.entity_id)})

    return Follower(name=FOLLOWER, handle=handle, entities=frozenset({"organization"}))


async def recount(session: AsyncSession, payload: Mapping[str, Any]) -> None:
    """Write an entry for each paper that an organization's standing turned, and leave the rest to the next job."""
    after = UUID(payload["after"]) if "after" in payload else None
    turned = _turned(UUID(payload["organization"]), datetime.fromisoformat(payload["at"]), after)
    ids = (await session.scalars(turned)).all()
    rows = whole(select(Agreement).where(Agreement.id.in_(ids)).order_by(Agreement.id))
    papers = (await session.scalars(rows.with_for_update(of=Agreement))).all()
    counts = set(await session.scalars(select(Agreement.id).where(Agreement.id.in_(ids), _is_known())))
    for verb in ("count", "stop_counting"):
        of_verb = [paper for paper in papers if (paper.id in counts) is (verb == "count")]
        await record_all(session, SYSTEM, of_verb, verb=verb, before=[content_of(paper) for paper in of_verb])
    if len(ids) == CHUNK:
        await enqueue(session, RECOUNT, {**payload, "after": str(ids[-1])})


def _is_known() -> Any:
    return has_known_principal(Agreement.id)


def _turned(organization_id: UUID, at: datetime, after: UUID | None) -> Select[UUID]:
    """Papers that stood when an organization's standing changed, and of which nobody was known when somebody is, or
    the reverse. What was confirmed afterwards has an entry that says so.
    """
    named = select(AgreementParty.agreement_id).where(AgreementParty.organization_id == organization_id)
    before = has_known_principal(Agreement.id, looked_at=looked_at_until(at))
    stood = Agreement.id.in_(select(AgreementCourse.agreement_id).where(AgreementCourse.since_at < at))
    rows = (
        select(Agreement.id)
        .where(Agreement.id.in_(named), Agreement.status != "draft", Agreement.consent == "confirmed")
        .where(~Agreement.vouched, stood, before != _is_known())
    )
    rows = rows if after is None else rows.where(Agreement.id > after)
    return rows.order_by(Agreement.id).limit(CHUNK)


async def reweigh(session: AsyncSession, payload: Mapping[str, Any]) -> None:
    """Derive anew how sellers kept what they promised a buyer, whose lines count while it is verified."""
    buyer, seller = aliased(AgreementParty), aliased(AgreementParty)
    rows = (
        select(seller.organization_id)
        .join(buyer, and_(buyer.agreement_id == seller.agreement_id, buyer.role == "buyer"))
        .join(Agreement, and_(Agreement.id == seller.agreement_id, Agreement.status.in_(DUE)))
        .where(buyer.organization_id == UUID(payload["buyer"]), seller.role == "seller")
        .where(seller.organization_id.is_not(None))
    )
    if "after" in payload:
        rows = rows.where(seller.organization_id > UUID(payload["after"]))
    found = (await session.scalars(rows.distinct().order_by(seller.organization_id).limit(CHUNK))).all()
    sellers = [one for one in found if one is not None]
    await refresh_records(session, sellers)
    if len(sellers) == CHUNK:
        await enqueue(session, REWEIGH, {**payload, "after": str(sellers[-1])})


REWEIGH_JOB = Job(REWEIGH, reweigh)
RECOUNT_JOB = Job(RECOUNT, recount)
