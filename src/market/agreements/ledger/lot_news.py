"""Who is told that a lot was recalled or withdrawn: its organization, who received of it, who relies on its listing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from market.agreements.models import Agreement, AgreementLine, AgreementParty, Delivery
from market.agreements.reliance import agreements_relying
from market.core.changes import Change
from market.core.db import among
from market.listings.models import Listing
from market.lots.models import Lot
from market.lots.queries import first_of_gtins
from market.matching.alerts.recalls import Interest
from market.notifications.kinds import Kind, OfLabel, OfLot
from market.notifications.news import News, news_of
from market.quotes.reliance import quotes_relying

KINDS = {"recall": Kind.LOT_RECALLED, "withdraw": Kind.LOT_WITHDRAWN}
LABEL = frozenset({"gtin", "code"})


async def lot_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What a batch of the log recalls or withdraws, and whose GTIN it uses too.

    Everybody is told once of a lot, by what concerns them most.
    """
    ended = [change for change in changes if change.entity == "lot" and change.verb in KINDS]
    labelled = [change for change in changes if change.entity == "lot" and (change.diff or {}).keys() & LABEL]
    if not ended and not labelled:
        return []
    lots = await _lots(session, {change.entity_id for change in (*ended, *labelled)})
    news = _shared_labels(
        labelled, lots, await first_of_gtins(session, {lot.gtin for lot in lots.values() if lot.gtin})
    )
    for change in ended:
        news += await _news(session, change, lots[change.entity_id])
    return news


async def _lots(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Lot]:
    whole = joinedload(Lot.listing).joinedload(Listing.organization)
    return {lot.id: lot for lot in await session.scalars(select(Lot).where(among(Lot.id, ids)).options(whole))}


def _shared_labels(
    changes: Sequence[Change], lots: Mapping[UUID, Lot], carrying: Mapping[str, Sequence[Lot]]
) -> list[tuple[UUID, News]]:
    """The owners of a GTIN that a new lot carries too; once for each organization that comes to use it."""
    told: list[tuple[UUID, News]] = []
    for change in changes:
        lot = lots[change.entity_id]
        if lot.gtin is None or lot.withdrawn_at is not None:
            continue
        for other in carrying.get(lot.gtin, ()):
            if other.organization_id == lot.organization_id or (change.verb == "create" and other.id > lot.id):
                continue
            payload = OfLabel(
                id=other.id,
                version=other.version,
                key=f"gtin:{lot.gtin}:{lot.organization_id}",
                lot=lot.code,
                gtin=lot.gtin,
                organization=lot.listing.organization.name,
                caused_by=lot.organization_id,
            )
            told.append((other.organization_id, news_of(Kind.LABEL_SHARED, payload)))
    return told


async def _news(session: AsyncSession, change: Change, lot: Lot) -> list[tuple[UUID, News]]:
    kind = KINDS[change.verb]
    own = OfLot(
        id=lot.id,
        version=change.version,
        key=f"lot:{lot.id}:{change.verb}",
        lot=lot.code,
        title=lot.listing.title,
        organization=lot.listing.organization.name,
        reason=(lot.recall_reason if kind is Kind.LOT_RECALLED else lot.withdrawal_reason) or "",
    )
    interests = await _received_of(session, lot)
    if kind is Kind.LOT_RECALLED:
        interests += [
            *await agreements_relying(session, [lot.listing_id]),
            *await quotes_relying(session, [lot.listing_id]),
        ]
    news = {lot.organization_id: news_of(kind, own)}
    for interest in interests:
        watch = (interest.entity, interest.entity_id)
        told = replace(own, variant=interest.wording, watch=watch, watch_title=interest.title)
        news.setdefault(interest.organization_id, news_of(kind, told))
    return list(news.items())


async def _received_of(session: AsyncSession, lot: Lot) -> list[Interest]:
    """Buyers to whom goods of the lot were delivered, unless the entry was taken back."""
    reversal = aliased(Delivery)
    rows = (
        select(AgreementParty.organization_id, Agreement.id, Agreement.title)
        .select_from(Delivery)
        .outerjoin(reversal, reversal.reverses_id == Delivery.id)
        .join(AgreementLine, AgreementLine.id == Delivery.line_id)
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .join(AgreementParty, and_(AgreementParty.agreement_id == Agreement.id, AgreementParty.role == "buyer"))
        .where(
            Delivery.lot_id == lot.id,
            Delivery.reverses_id.is_(None),
            reversal.id.is_(None),
            AgreementParty.organization_id.is_not(None),
        )
        .distinct()
        .order_by(Agreement.id)
    )
    return [
        Interest(
            listing_id=lot.listing_id,
            organization_id=row.organization_id,
            entity="agreement",
            entity_id=row.id,
            title=row.title,
            wording="received",
        )
        for row in await session.execute(rows)
    ]
