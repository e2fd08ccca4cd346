"""What happened to an agreement, from the change log."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.ledger.schemas import HistoryEntry
from market.agreements.ledger.standings import deliveries_of
from market.agreements.models import Agreement, Delivery, DeliveryConfirmation, DeliveryDispute
from market.core.changes import Change
from market.core.pagination import Page, PageQuery, decode_cursor, encode_cursor


async def history_of(session: AsyncSession, agreement: Agreement, query: PageQuery) -> Page[HistoryEntry]:
    """A page of the entries about an agreement and the deliveries on it, oldest first.

    Raises:
        ValidationFailed: the cursor is not one of ours.
    """
    deliveries = deliveries_of(agreement).with_only_columns(Delivery.id)
    confirmations = select(DeliveryConfirmation.id).where(DeliveryConfirmation.delivery_id.in_(deliveries))
    disputes = select(DeliveryDispute.id).where(DeliveryDispute.delivery_id.in_(deliveries))
    rows = select(Change).where(
        or_(
            and_(Change.entity == "agreement", Change.entity_id == agreement.id),
            and_(Change.entity == "delivery", Change.entity_id.in_(deliveries)),
            and_(Change.entity == "delivery_confirmation", Change.entity_id.in_(confirmations)),
            and_(Change.entity == "delivery_dispute", Change.entity_id.in_(disputes)),
        )
    )
    if query.cursor:
        rows = rows.where(Change.id > decode_cursor(query.cursor).int)
    found = (await session.scalars(rows.order_by(Change.id).limit(query.limit + 1))).all()
    page = found[: query.limit]
    cursor = encode_cursor(UUID(int=page[-1].id)) if len(found) > query.limit else None
    return Page[HistoryEntry](items=[HistoryEntry.model_validate(entry) for entry in page], next_cursor=cursor)
