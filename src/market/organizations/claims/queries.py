"""Reads of claims; who may see which rows stands here, once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.errors import NotFound
from market.organizations.claims.models import Claim, Subject
from market.organizations.claims.schemas import ClaimQuery
from market.organizations.claims.states import LIVING
from market.organizations.models import Organization


def visible_claims(actor: Actor) -> Select[Claim]:
    """Claims are for the organization that made them, and for officers."""
    rows = select(Claim)
    return rows if actor.is_officer else rows.where(Claim.organization_id.in_(actor.organization_ids))


def claims_like(actor: Actor, query: ClaimQuery) -> Select[Claim]:
    """Visible claims that answer every filter given."""
    rows = visible_claims(actor)
    for column, wanted in (
        (Claim.organization_id, query.organization),
        (Claim.subject, query.subject),
        (Claim.kind, query.kind),
        (Claim.status, query.status),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    return rows


async def get_claim(session: AsyncSession, actor: Actor, claim_id: UUID) -> Claim:
    """One visible claim.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    claim = await session.scalar(visible_claims(actor).where(Claim.id == claim_id))
    if claim is None:
        raise NotFound
    return claim


async def locked_claim(session: AsyncSession, actor: Actor, claim_id: UUID) -> tuple[Claim, Organization]:
    """One visible claim and its organization, both locked: the organization first, as every verb does.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    claim = await get_claim(session, actor, claim_id)
    organization = await session.get_one(Organization, claim.organization_id, with_for_update=True)
    await session.refresh(claim, with_for_update=True)
    return claim, organization


async def living_claims(session: AsyncSession, organization_id: UUID, *, subject: Subject | None = None) -> list[Claim]:
    """What the organization claims and nobody rejected, locked; oldest first."""
    rows = select(Claim).where(Claim.organization_id == organization_id, Claim.status.in_(LIVING))
    if subject is not None:
        rows = rows.where(Claim.subject == subject)
    return list(await session.scalars(rows.order_by(Claim.id).with_for_update()))


async def was_refused(session: AsyncSession, organization_id: UUID, kind: str) -> bool:
    """Whether an officer has rejected this kind of the organization."""
    rows = select(Claim.id).where(
        Claim.organization_id == organization_id, Claim.kind == kind, Claim.status == "rejected"
    )
    return await session.scalar(rows.limit(1)) is not None
