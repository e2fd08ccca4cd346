"""The follower of the change log that tells people of what is new for them; rooms above add news of their own.

A listing or need that was published or changed is read as it is now and compared with open needs (or listings) and
with saved searches. Each person is told of a thing once for each publication of it: once for all their own needs or
listings that it fits, and once for each saved search; editing a thing that people know is no news, publishing it again
is. Notifications and queued mail are written in the transaction that moves the cursor, so that a crash repeats
nothing and loses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.changes import Change
from market.core.followers import Follower
from market.listings.document import affected_listings, listing_document, listing_names
from market.listings.facts import published_facts
from market.matching.alerts.fitting import Thing, fits
from market.matching.alerts.matches import listings_for_needs, needs_for_listings
from market.matching.alerts.queries import Watcher, watchers_at
from market.matching.alerts.recalls import InterestedIn, recall_news
from market.needs.document import affected_needs, need_document
from market.needs.queries import needs_by_id, published_needs
from market.notifications.kinds import Kind, OfMatch
from market.notifications.news import News, NewsOf, Recipient, news_of
from market.notifications.notices import tell
from market.organizations.blocks.news import without_blocked
from market.organizations.bounds import with_bounded_mail
from market.organizations.people import addressed
from market.reference.catalogue import Catalogue
from market.reference.types import known_catalogue

FOLLOWER = "alerts"
BATCH = 1000
"""As many as an import keeps at once: its listings are compared together, in one statement of each sort."""
WATCHED = frozenset({"listing", "need", "certificate", "organization"})


def alerts_follower(
    interested: Sequence[InterestedIn] = (), news: Sequence[NewsOf] = (), *, mails_a_day: int = 0
) -> Follower:
    """The follower.

    Args:
        interested: name those who rely on a listing by more than an open need.
        news: what rooms tell of their own things; they get no diffs of what is watched here.
        mails_a_day: how many mails an unverified organization may cause; 0: as many as it does.
    """

    async def handle(session: AsyncSession, changes: Sequence[Change]) -> None:
        told = [item for find in news for item in await find(session, changes)]
        searched: list[tuple[Recipient, News]] = []
        if relevant := [change for change in changes if change.entity in WATCHED]:
            of_goods, searched = await _news_of_goods(session, relevant, interested)
            told += of_goods
        if told or searched:
            pairs = await without_blocked(session, [*await addressed(session, told), *searched])
            await tell(session, await with_bounded_mail(session, pairs, mails_a_day=mails_a_day))

    return Follower(name=FOLLOWER, handle=handle, batch_size=BATCH, diffs_unread=WATCHED)


async def _news_of_goods(
    session: AsyncSession, relevant: Sequence[Change], interested: Sequence[InterestedIn]
) -> tuple[list[tuple[UUID, News]], list[tuple[Recipient, News]]]:
    """What organizations are to be told of recalls and matches, and who of what their saved searches find."""
    catalogue = await known_catalogue(session)
    listings = await _listings(session, await affected_listings(session, relevant), catalogue=catalogue)
    needs = await _needs(session, await affected_needs(session, relevant), catalogue=catalogue)
    recalls = await recall_news(session, relevant, interested=interested, catalogue=catalogue)
    searched = await _for_saved_searches(session, [*listings, *needs])
    matched = [
        *await listings_for_needs(session, listings, catalogue=catalogue),
        *await needs_for_listings(session, needs, catalogue=catalogue),
    ]
    return [*recalls, *matched], searched


async def _listings(session: AsyncSession, ids: Collection[UUID], *, catalogue: Catalogue) -> list[Thing]:
    if not ids:
        return []
    return [
        Thing(
            "listings",
            listing_names(row, catalogue=catalogue),
            row.variety or "",
            row.version,
            complete=partial(listing_document, row, catalogue=catalogue),
        )
        for row in await published_facts(session, sorted(ids))
    ]


async def _needs(session: AsyncSession, ids: Collection[UUID], *, catalogue: Catalogue) -> list[Thing]:
    if not ids:
        return []
    return [
        Thing("needs", need_document(row, catalogue=catalogue), version=row.version)
        for row in await needs_by_id(session, published_needs(), sorted(ids))
    ]


async def _for_saved_searches(session: AsyncSession, things: Sequence[Thing]) -> list[tuple[Recipient, News]]:
    """What fits which saved search: candidates by one statement for the whole batch, the rest in memory."""
    watchers = await watchers_at(session, {anchor for thing in things for anchor in thing.anchors})
    by_anchor: dict[str, list[Watcher]] = {}
    for watcher in watchers:
        for anchor in watcher.anchors:
            by_anchor.setdefault(anchor, []).append(watcher)
    now, today = int(clock.now().timestamp()), clock.today()
    news = []
    for thing in things:
        near = {watcher.id: watcher for anchor in thing.anchors for watcher in by_anchor.get(anchor, ())}
        for watcher in near.values():
            own = watcher.recipient.organization_id == thing.organization_id
            if not own and fits(thing, watcher.watch, now=now, today=today):
                news.append((watcher.recipient, _found(thing, watcher)))
    return news


def _found(thing: Thing, watcher: Watcher) -> News:
    payload = OfMatch(
        id=thing.id,
        version=thing.version,
        key=f"{thing.entity}:{thing.id}@{thing.published_at}>{watcher.id}",
        watch=("saved_search", watcher.id),
        caused_by=thing.organization_id,
        variant="" if thing.kind == "listings" else "need",
        title=thing.title,
        organization=thing.organization_name,
        watch_title=watcher.name,
    )
    return news_of(Kind.SAVED_SEARCH, payload, about=thing.entity)
