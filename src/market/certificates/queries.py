"""Reads of certificates; who may see which rows stands here, once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.certificates.models import Certificate
from market.core.access import Actor
from market.core.errors import NotFound
from market.organizations.models import Organization


def visible_certificates(actor: Actor) -> Select[Certificate]:
    """Verified certificates of active organizations are public; the rest is for its organization and officers."""
    rows = select(Certificate)
    if actor.is_officer:
        return rows
    public = (Certificate.verification == "verified") & (Organization.status == "active")
    rows = rows.join(Organization, Organization.id == Certificate.organization_id)
    return rows.where(or_(public, Certificate.organization_id.in_(actor.organization_ids)))


async def get_certificate(
    session: AsyncSession, actor: Actor, certificate_id: UUID, *, lock: bool = False
) -> Certificate:
    """One visible certificate.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = visible_certificates(actor).where(Certificate.id == certificate_id)
    certificate = await session.scalar(rows.with_for_update(of=Certificate) if lock else rows)
    if certificate is None:
        raise NotFound
    return certificate


async def certificates_of(session: AsyncSession, organization_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Certificate]:
    """Those of the named certificates that belong to the organization, by id."""
    if not ids:
        return {}
    rows = select(Certificate).where(Certificate.organization_id == organization_id, Certificate.id.in_(ids))
    return {certificate.id: certificate for certificate in await session.scalars(rows)}
