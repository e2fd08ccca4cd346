"""What the other side is told of quotes and messages: once for each entry of the log, by the alerts follower."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.core.changes import Change
from market.core.language import Message
from market.listings.models import Listing
from market.needs.models import Need
from market.notifications.kinds import Kind, OfDecline, OfMessage, OfQuote
from market.notifications.news import News, news_of
from market.organizations.models import Organization
from market.quotes.models import Quote, Thread, ThreadMessage
from market.quotes.states import ANSWERING, Side
from market.quotes.terms import DECLINE_REASONS

BOTH: tuple[Side, ...] = ("supplier", "buyer")


@dataclass(frozen=True, slots=True)
class _Told:
    """What an entry of the log is to whom."""

    kind: Kind
    sides: tuple[Side, ...]
    variant: str = ""


TOLD: Mapping[str, _Told] = {
    "submit": _Told(Kind.QUOTE_SUBMITTED, ("buyer",)),
    "revise": _Told(Kind.QUOTE_REVISED, ("buyer",)),
    "counter": _Told(Kind.QUOTE_COUNTERED, ("supplier",)),
    "decline": _Told(Kind.QUOTE_DECLINED, ("supplier",)),
    "withdraw": _Told(Kind.QUOTE_WITHDRAWN, ("buyer",)),
    "expire": _Told(Kind.QUOTE_EXPIRED, BOTH),
}
"""By verb; what depends on more than the verb stands in `_told`."""


async def quote_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What the sides of quotes are to be told of a batch of the log; one statement however many quotes."""
    entries = [change for change in changes if change.entity == "quote"]
    quotes = await _quotes(session, {change.entity_id for change in entries})
    news: list[tuple[UUID, News]] = []
    for change in entries:
        quote = quotes[change.entity_id]
        told = _told(change, quote)
        if told is None:
            continue
        item = news_of(told.kind, _payload(change, quote, told))
        owners: Mapping[Side, UUID] = {"supplier": quote.supplier_id, "buyer": quote.buyer_id}
        news += [(owners[side], item) for side in told.sides]
    return news


def _payload(change: Change, quote: Row[Any], told: _Told) -> OfQuote:
    about: dict[str, Any] = {
        "id": change.entity_id,
        "version": change.version,
        "key": f"quote:{change.entity_id}@{change.version}",
        "watch": ("need", quote.need_id),
        "caused_by": change.organization_id,
        "variant": told.variant,
        "title": quote.title,
        "supplier": quote.supplier,
        "buyer": quote.buyer,
    }
    if told.kind is not Kind.QUOTE_DECLINED:
        return OfQuote(**about)
    named = {str(code): name for code, name in DECLINE_REASONS.items()}
    reason = named[change.diff["decline_reason"][1]]
    return OfDecline(**about, reason=Message(vi=reason.vi.lower(), en=reason.en.lower()))


async def _quotes(session: AsyncSession, ids: set[UUID]) -> Mapping[UUID, Row[Any]]:
    if not ids:
        return {}
    supplier, buyer = aliased(Organization), aliased(Organization)
    columns: tuple[Any, ...] = (
        Quote.id,
        Need.id.label("need_id"),
        Need.title,
        supplier.id.label("supplier_id"),
        supplier.name.label("supplier"),
        buyer.id.label("buyer_id"),
        buyer.name.label("buyer"),
    )
    rows = (
        select(*columns)
        .join(Need, Need.id == Quote.need_id)
        .join(supplier, supplier.id == Quote.organization_id)
        .join(buyer, buyer.id == Need.organization_id)
        .where(Quote.id.in_(ids))
    )
    return {row.id: row for row in await session.execute(rows)}


def _told(change: Change, quote: Row[Any]) -> _Told | None:
    """What an entry is to whom; None for drafts, which the buyer does not see, and for bookkeeping."""
    before, after = change.diff.get("status") or (None, None)
    match change.verb:
        case "create":
            return TOLD["submit"] if after == "submitted" else None
        case "withdraw" if before == "draft":
            return None
        case "accept" if ANSWERING.get(before or "") == "supplier":
            return _Told(Kind.QUOTE_ACCEPTED, ("buyer",), "counter")
        case "accept":
            return _Told(Kind.QUOTE_ACCEPTED, ("supplier",), "partly" if after == "partly_accepted" else "")
        case "draw_up":
            owners: tuple[tuple[Side, UUID], ...] = (("supplier", quote.supplier_id), ("buyer", quote.buyer_id))
            others = tuple(side for side, organization_id in owners if organization_id != change.organization_id)
            return _Told(Kind.AGREEMENT_DRAWN_UP, others)
    return TOLD.get(change.verb)


async def message_news(session: AsyncSession, changes: Sequence[Change]) -> list[tuple[UUID, News]]:
    """What the other side of a thread is to be told of a batch of the log; never what was written, only that it was."""
    entries = {
        UUID(change.diff["last_message_id"][1]): change
        for change in changes
        if change.entity == "thread" and change.verb in ("create", "post")
    }
    if not entries:
        return []
    rows = await session.execute(_messages().where(ThreadMessage.id.in_(entries)))
    news: list[tuple[UUID, News]] = []
    for row in rows:
        other = row.second_id if row.writer_id == row.first_id else row.first_id
        payload = OfMessage(
            id=row.thread_id,
            version=entries[row.id].version,
            key=f"message:{row.id}",
            caused_by=row.writer_id,
            variant="titled" if row.title else "",
            organization=row.writer,
            title=row.title or "",
        )
        item = news_of(Kind.MESSAGE, payload)
        news.append((other, item))
    return news


def _messages() -> Select[Any]:
    """Messages with who wrote them to whom, and what they are about."""
    quote, asked = aliased(Quote), aliased(Need)
    columns: tuple[Any, ...] = (
        ThreadMessage.id,
        ThreadMessage.thread_id,
        ThreadMessage.organization_id.label("writer_id"),
        Organization.name.label("writer"),
        Thread.first_organization_id.label("first_id"),
        Thread.second_organization_id.label("second_id"),
        func.coalesce(Need.title, Listing.title, asked.title).label("title"),
    )
    return (
        select(*columns)
        .join(Thread, Thread.id == ThreadMessage.thread_id)
        .join(Organization, Organization.id == ThreadMessage.organization_id)
        .outerjoin(Need, Need.id == Thread.need_id)
        .outerjoin(Listing, Listing.id == Thread.listing_id)
        .outerjoin(quote, quote.id == Thread.quote_id)
        .outerjoin(asked, asked.id == quote.need_id)
        .order_by(ThreadMessage.id)
    )
