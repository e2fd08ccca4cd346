"""Who relies on listings by an agreement: buyers of what was signed and has not ended."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.agreements.models import Agreement, AgreementLine, AgreementParty
from market.core import clock
from market.listings.models import Listing
from market.matching.alerts.recalls import Interest
from market.quotes.models import QuoteLine
from market.reference.catalogue import Catalogue
from market.reference.types import known_catalogue


async def agreements_relying(session: AsyncSession, listings: Collection[UUID]) -> list[Interest]:
    """Buyers of agreements in which one of these listings is promised.

    A line that comes from a quote names its listing. Any other names only goods: it relies on every listing of a
    seller with the same goods, or narrower or broader ones.
    """
    catalogue = await known_catalogue(session)
    found = {
        (row.id, row.organization_id, row.agreement_id): row
        for row in await session.execute(_promised_of(listings))
        if _relies(row, catalogue)
    }
    return [
        Interest(
            listing_id=row.id,
            organization_id=row.organization_id,
            entity="agreement",
            entity_id=row.agreement_id,
            title=row.title,
            wording="agreement",
        )
        for row in found.values()
    ]


def _promised_of(listings: Collection[UUID]) -> Select[Any]:
    """Each of these listings with what buyers of its organization were promised, and the listing quoted for it."""
    seller, buyer = aliased(AgreementParty), aliased(AgreementParty)
    columns: tuple[Any, ...] = (
        Listing.id,
        Listing.concept_id,
        buyer.organization_id,
        Agreement.id.label("agreement_id"),
        Agreement.title,
        AgreementLine.concept_id.label("promised"),
        QuoteLine.listing_id.label("quoted"),
    )
    return (
        select(*columns)
        .join(seller, and_(seller.organization_id == Listing.organization_id, seller.role == "seller"))
        .join(Agreement, Agreement.id == seller.agreement_id)
        .join(buyer, and_(buyer.agreement_id == Agreement.id, buyer.role == "buyer"))
        .join(AgreementLine, AgreementLine.agreement_id == Agreement.id)
        .outerjoin(QuoteLine, QuoteLine.id == AgreementLine.quote_line_id)
        .where(
            Listing.id.in_(listings),
            Agreement.status.in_(("signed", "effective")),
            buyer.organization_id.is_not(None),
            or_(AgreementLine.period_until.is_(None), AgreementLine.period_until >= clock.today()),
        )
        .order_by(Agreement.id, AgreementLine.position)
    )


def _relies(row: Row[Any], catalogue: Catalogue) -> bool:
    if row.quoted is not None:
        return bool(row.quoted == row.id)
    if row.promised is None or row.concept_id is None:
        return False
    return catalogue.is_same_or_narrower(row.concept_id, than=row.promised) or catalogue.is_same_or_narrower(
        row.promised, than=row.concept_id
    )
