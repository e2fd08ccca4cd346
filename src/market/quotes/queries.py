"""Reads of quotes; who may see which rows stands here, once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from market.core.access import Actor
from market.core.errors import NotFound
from market.needs.models import Need, NeedLine
from market.quotes.models import Quote, QuoteRevision
from market.quotes.schemas import QuoteQuery


def visible_quotes(actor: Actor) -> Select[Quote]:
    """A quote is for its supplier, for the buyer once it was submitted, and for officers; for nobody else."""
    rows = select(Quote).join(Quote.need)
    if actor.is_officer:
        return rows
    received = and_(Need.organization_id.in_(actor.organization_ids), Quote.shown_from.is_not(None))
    return rows.where(or_(Quote.organization_id.in_(actor.organization_ids), received))


def whole(rows: Select[Any]) -> Select[Any]:
    """With the need, both organizations and every revision: two more statements, however many rows."""
    return rows.options(
        contains_eager(Quote.need).joinedload(Need.organization, innerjoin=True),
        joinedload(Quote.organization, innerjoin=True),
        selectinload(Quote.revisions).selectinload(QuoteRevision.lines),
    )


async def get_quote(session: AsyncSession, actor: Actor, quote_id: UUID, *, lock: bool = False) -> Quote:
    """One visible quote, whole.

    Raises:
        NotFound: it does not exist or may not be seen.
    """
    rows = whole(visible_quotes(actor).where(Quote.id == quote_id))
    quote: Quote | None = await session.scalar(rows.with_for_update(of=Quote) if lock else rows)
    if quote is None:
        raise NotFound
    return quote


async def quotes_by_id(
    session: AsyncSession, actor: Actor, ids: Collection[UUID], *, lock: bool = False
) -> dict[UUID, Quote]:
    """Those of these quotes that the actor may see, whole; locked in the order of their ids when asked to."""
    rows = whole(visible_quotes(actor).where(Quote.id.in_(ids))).order_by(Quote.id)
    found = await session.scalars(rows.with_for_update(of=Quote) if lock else rows)
    return {quote.id: quote for quote in found}


def quotes_of_need(actor: Actor, need_id: UUID, *, status: str | None) -> Select[Any]:
    """What the actor may see of the quotes for a need: the buyer all that were submitted, a supplier its own."""
    rows = visible_quotes(actor).where(Quote.need_id == need_id)
    return whole(rows if status is None else rows.where(Quote.status == status))


def quotes_like(actor: Actor, query: QuoteQuery) -> Select[Any]:
    """Visible quotes that answer every filter given."""
    rows = visible_quotes(actor)
    if query.mine == "sent":
        rows = rows.where(Quote.organization_id.in_(actor.organization_ids))
    if query.mine == "received":
        rows = rows.where(Need.organization_id.in_(actor.organization_ids))
    if query.status is not None:
        rows = rows.where(Quote.status == query.status)
    if query.need is not None:
        rows = rows.where(Quote.need_id == query.need)
    return whole(rows)


async def lines_asked(session: AsyncSession, need_id: UUID) -> Sequence[NeedLine]:
    """The lines of a need, in their order."""
    rows = select(NeedLine).where(NeedLine.need_id == need_id).order_by(NeedLine.position)
    return (await session.scalars(rows)).all()
