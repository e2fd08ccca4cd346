"""One version of an agreement with everything its paper says, read from history rather than from what is so now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.contents import content_of, digest
from market.agreements.models import Agreement, AgreementContent
from market.agreements.paper.places import KnownOrganization, Paper, paper_of
from market.core.changes import Change
from market.core.errors import NotFound
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue

SAID_OF_ORGANIZATIONS = ("name", "tax_code", "address")


async def read_paper(
    session: AsyncSession, agreement: Agreement, *, version: int | None, catalogue: Catalogue
) -> tuple[Paper, datetime]:
    """The paper of a version (the newest when none is named), and when that version was made.

    Raises:
        NotFound: the agreement has no such version.
    """
    version = version or agreement.version
    stored = await session.get(AgreementContent, (agreement.id, version))
    if stored is None and version != agreement.version:
        raise NotFound
    content = stored.content if stored else content_of(agreement)
    made_at = await _made_at(session, agreement, version)
    parties = content["terms"]["parties"]
    ids = [UUID(party["organization_id"]) for party in parties if party["organization_id"]]
    paper = paper_of(
        content,
        version=version,
        sha256=stored.sha256 if stored else digest(content),
        made_at=made_at,
        organizations=await _organizations_at(session, ids, made_at),
        catalogue=catalogue,
    )
    return paper, made_at


async def _made_at(session: AsyncSession, agreement: Agreement, version: int) -> datetime:
    entry = select(Change.at).where(
        Change.entity == "agreement", Change.entity_id == agreement.id, Change.version == version
    )
    return await session.scalar(entry.order_by(Change.id).limit(1)) or agreement.updated_at


async def _organizations_at(
    session: AsyncSession, ids: Sequence[UUID], instant: datetime
) -> dict[str, KnownOrganization]:
    """What the organizations were called at an instant: what they are now, without the changes logged since."""
    rows = await session.scalars(select(Organization).where(Organization.id.in_(ids)))
    known = {row.id: {name: getattr(row, name) for name in SAID_OF_ORGANIZATIONS} for row in rows}
    since = select(Change).where(
        Change.entity == "organization", Change.entity_id.in_(ids), Change.at > instant, Change.version > 1
    )
    for change in await session.scalars(since.order_by(Change.id.desc())):
        # What is personal is not in the log: of that, the paper says what is so now.
        known[change.entity_id] |= {
            name: change.diff[name][0]
            for name in SAID_OF_ORGANIZATIONS
            if name in change.diff and change.diff[name] != ["***", "***"]
        }
    return {str(id_): KnownOrganization(**said) for id_, said in known.items()}
