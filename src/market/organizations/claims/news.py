"""What organizations are told of their claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.core.language import Message
from market.notifications.kinds import Kind, OfClaim
from market.notifications.news import News, news_of
from market.organizations.claims.models import Claim
from market.organizations.claims.states import claim_name
from market.organizations.models import Organization

TOLD: Mapping[str, Kind] = {
    "verify": Kind.CLAIM_VERIFIED,
    "reject": Kind.CLAIM_REJECTED,
    "suspend": Kind.CLAIM_SUSPENDED,
    "remind": Kind.CLAIM_ENDING,
}
"""By verb of the log."""
NO_REASON = Message(vi="không ghi", en="none given")


async def claim_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What a batch of the log decides on claims, for the organizations that made them; one statement however many."""
    entries = [change for change in changes if change.entity == "claim" and change.verb in TOLD]
    if not entries:
        return []
    rows = (
        select(Claim, Organization.name)
        .join(Organization, Organization.id == Claim.organization_id)
        .where(Claim.id.in_([change.entity_id for change in entries]))
    )
    claims = {claim.id: (claim, name) for claim, name in await session.execute(rows)}
    news = []
    for change in entries:
        claim, name = claims[change.entity_id]
        payload = OfClaim(
            id=claim.id,
            version=change.version,
            claim=claim_name(claim.subject, claim.kind, claim.statement.get("tax_code")),
            organization=name,
            reason=_last_day(claim) if change.verb == "remind" else claim.decision_note or NO_REASON,
        )
        news.append((claim.organization_id, news_of(TOLD[change.verb], payload)))
    return news


def _last_day(claim: Claim) -> Message:
    day = claim.valid_until
    return Message(vi=f"{day:%d/%m/%Y}", en=f"{day}") if day is not None else NO_REASON
