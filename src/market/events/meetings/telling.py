"""What organizations are told when meetings of theirs are set, moved or cancelled: which, when, where and with whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from market.core import clock
from market.core.db import among
from market.core.language import Language, Message
from market.core.values.addresses import without_addresses
from market.events.meetings.models import Meeting
from market.events.models import Event
from market.notifications.kinds import Kind, OfTimetable
from market.notifications.news import News, news_of
from market.organizations.models import Organization
from market.organizations.people import tell_organizations

MOST_TOLD = 8
"""Meetings that news name; a text message holds no more. The timetable has the others."""
MEETING = Message(vi="{when} bàn {table}{hall} gặp {partner}", en="{when} table {table}{hall} with {partner}")
CANCELLED = Message(vi="hủy gặp {partner} lúc {when}", en="no meeting with {partner} at {when}")
MORE = Message(vi="và {count} cuộc nữa", en="and {count} more")


class _Met(NamedTuple):
    """A meeting as one side of it is told."""

    starts_at: datetime
    table: int
    hall: str | None
    cancelled: bool
    own: str
    partner: str

    def said(self, language: Language) -> str:
        hall = f" ({self.hall})" if self.hall else ""
        when = f"{self.starts_at.astimezone(clock.VIETNAM):%H:%M %d/%m}"
        wording = CANCELLED if self.cancelled else MEETING
        return wording.text(language, when=when, table=self.table, hall=hall, partner=without_addresses(self.partner))


async def tell_of_meetings(session: AsyncSession, event: Event, changed: Collection[UUID], *, first: bool) -> None:
    """Tell both sides of these meetings, and nobody else, when and where they are, or that they are off."""
    if not changed:
        return
    kind = Kind.TIMETABLE_SET if first else Kind.TIMETABLE_CHANGED
    at = clock.now().isoformat()
    diaries = await _diaries(session, changed)
    news = [(id_, _news(event, kind, diaries[id_], key=f"timetable:{event.id}:{id_}:{at}")) for id_ in sorted(diaries)]
    await tell_organizations(session, news)


async def _diaries(session: AsyncSession, meetings: Collection[UUID]) -> dict[UUID, list[_Met]]:
    """What changed for each organization, by time; one statement."""
    seller, buyer = aliased(Organization), aliased(Organization)
    rows = (
        select(Meeting.starts_at, Meeting.table_number, Meeting.hall, Meeting.status)
        .add_columns(seller.id, seller.name, buyer.id, buyer.name)
        .join(seller, seller.id == Meeting.seller_id)
        .join(buyer, buyer.id == Meeting.buyer_id)
        .where(among(Meeting.id, meetings))
        .order_by(Meeting.starts_at, Meeting.id)
    )
    found: dict[UUID, list[_Met]] = defaultdict(list)
    for starts_at, table, hall, status, seller_id, sells, buyer_id, buys in await session.execute(rows):
        off = status == "cancelled"
        found[seller_id].append(_Met(starts_at, table, hall, off, own=sells, partner=buys))
        found[buyer_id].append(_Met(starts_at, table, hall, off, own=buys, partner=sells))
    return found


def _news(event: Event, kind: Kind, diary: Sequence[_Met], *, key: str) -> News:
    payload = OfTimetable(
        id=event.id,
        version=event.version,
        key=key,
        event=event.name,
        organization=diary[0].own,
        meetings=Message(vi=_listed(diary, "vi"), en=_listed(diary, "en")),
    )
    return news_of(kind, payload)


def _listed(diary: Sequence[_Met], language: Language) -> str:
    told = [met.said(language) for met in diary[:MOST_TOLD]]
    more = len(diary) - len(told)
    return "; ".join([*told, MORE.text(language, count=more)] if more else told)
