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
from market.matching.alerts.news import News
from market.matching.alerts.texts import filled
from market.needs.models import Need
from market.organizations.models import Organization
from market.quotes.models import Quote, Thread, ThreadMessage
from market.quotes.states import ANSWERING, Side
from market.quotes.terms import DECLINE_REASONS

SUBMITTED = Message(
    vi="{supplier} gửi báo giá cho nhu cầu “{title}” của bạn.", en="{supplier} sent a quote for your need “{title}”."
)
REVISED = Message(
    vi="{supplier} chào lại cho nhu cầu “{title}” của bạn.", en="{supplier} revised its quote for your need “{title}”."
)
COUNTERED = Message(
    vi="{buyer} đề nghị lại về báo giá của bạn cho nhu cầu “{title}”.",
    en="{buyer} made a counter-offer on your quote for “{title}”.",
)
ACCEPTED = Message(
    vi="{buyer} chấp nhận báo giá của bạn cho nhu cầu “{title}”.", en="{buyer} accepted your quote for “{title}”."
)
PARTLY_ACCEPTED = Message(
    vi="{buyer} chấp nhận một phần báo giá của bạn cho nhu cầu “{title}”.",
    en="{buyer} accepted a part of your quote for “{title}”.",
)
COUNTER_ACCEPTED = Message(
    vi="{supplier} chấp nhận đề nghị của bạn cho nhu cầu “{title}”.",
    en="{supplier} accepted your counter-offer for “{title}”.",
)
DECLINED = Message(
    vi="{buyer} từ chối báo giá của bạn cho nhu cầu “{title}”. Lý do: {reason}.",
    en="{buyer} declined your quote for “{title}”. Reason: {reason}.",
)
WITHDRAWN = Message(
    vi="{supplier} rút báo giá cho nhu cầu “{title}” của bạn.", en="{supplier} withdrew its quote for “{title}”."
)
EXPIRED = Message(
    vi="Báo giá của {supplier} cho nhu cầu “{title}” của {buyer} đã hết hạn.",
    en="The quote of {supplier} for the need “{title}” of {buyer} has expired.",
)
DRAWN_UP = Message(
    vi="Đã có dự thảo văn bản từ báo giá của {supplier} cho nhu cầu “{title}” của {buyer}.",
    en="An agreement was drafted from the quote of {supplier} for the need “{title}” of {buyer}.",
)
WRITTEN = Message(vi="{organization} viết cho bạn.", en="{organization} wrote to you.")
WRITTEN_ABOUT = Message(
    vi="{organization} viết cho bạn về “{title}”.", en="{organization} wrote to you about “{title}”."
)

BOTH: tuple[Side, ...] = ("supplier", "buyer")


@dataclass(frozen=True, slots=True)
class _Told:
    """What an entry of the log is to whom."""

    kind: str
    text: Message
    sides: tuple[Side, ...]


TOLD: Mapping[str, _Told] = {
    "submit": _Told("quote_submitted", SUBMITTED, ("buyer",)),
    "revise": _Told("quote_revised", REVISED, ("buyer",)),
    "counter": _Told("quote_countered", COUNTERED, ("supplier",)),
    "withdraw": _Told("quote_withdrawn", WITHDRAWN, ("buyer",)),
    "expire": _Told("quote_expired", EXPIRED, BOTH),
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
        said = filled(told.text, title=quote.title, supplier=quote.supplier, buyer=quote.buyer)
        item = News(
            kind=told.kind,
            entity="quote",
            entity_id=change.entity_id,
            entity_version=change.version,
            text=said,
            key=f"quote:{change.entity_id}@{change.version}",
            watch_entity="need",
            watch_id=quote.need_id,
        )
        owners: Mapping[Side, UUID] = {"supplier": quote.supplier_id, "buyer": quote.buyer_id}
        news += [(owners[side], item) for side in told.sides]
    return news


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
            return _Told("quote_accepted", COUNTER_ACCEPTED, ("buyer",))
        case "accept":
            text = PARTLY_ACCEPTED if after == "partly_accepted" else ACCEPTED
            return _Told("quote_accepted", text, ("supplier",))
        case "decline":
            return _Told("quote_declined", _with_reason(change), ("supplier",))
        case "draw_up":
            owners: tuple[tuple[Side, UUID], ...] = (("supplier", quote.supplier_id), ("buyer", quote.buyer_id))
            others = tuple(side for side, organization_id in owners if organization_id != change.organization_id)
            return _Told("agreement_drawn_up", DRAWN_UP, others)
    return TOLD.get(change.verb)


def _with_reason(change: Change) -> Message:
    named = {str(code): name for code, name in DECLINE_REASONS.items()}
    reason = named[change.diff["decline_reason"][1]]
    return Message(
        vi=DECLINED.vi.replace("{reason}", reason.vi.lower()), en=DECLINED.en.replace("{reason}", reason.en.lower())
    )


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
        text = WRITTEN_ABOUT if row.title else WRITTEN
        item = News(
            kind="message",
            entity="thread",
            entity_id=row.thread_id,
            entity_version=entries[row.id].version,
            text=filled(text, organization=row.writer, title=row.title or ""),
            key=f"message:{row.id}",
        )
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
