"""Which open needs new listings fit, and the reverse: from the rows, so that what is not indexed yet is not missed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.db import among
from market.listings.models import Listing
from market.matching.alerts.fitting import Thing
from market.matching.alerts.memory import Match, to_tell
from market.matching.candidates import goods_and_broader
from market.matching.facts import Demand, Offer
from market.matching.gates import passes_all
from market.matching.queries import demands_for, offers_by_id, open_demands, open_offers
from market.matching.yardstick import Yardstick
from market.needs.models import Need
from market.notifications.kinds import Kind, OfMatch
from market.notifications.news import News, news_of
from market.organizations.blocks.queries import blocked_pairs
from market.reference.catalogue import Catalogue

Pair = tuple[Offer, Demand]


async def fitting_pairs(
    offers: Sequence[Offer], demands: Iterable[Demand], *, catalogue: Catalogue, today: date
) -> list[Pair]:
    """Every pair of an offer and a line that passes all gates. Lets others work in between."""
    by_concept: dict[str, list[Yardstick]] = defaultdict(list)
    for demand in demands:
        line = Yardstick(demand, catalogue=catalogue, today=today)
        for concept in demand.accepted or (demand.concept,):
            by_concept[concept].append(line)
    found: list[Pair] = []
    for offer in offers:
        lines: dict[UUID, Yardstick] = {}
        for concept in goods_and_broader(offer, catalogue=catalogue):
            lines.update({line.demand.line_id: line for line in by_concept.get(concept, ())})
        found += [(offer, line.demand) for line in lines.values() if passes_all(offer, line)]
        await asyncio.sleep(0)
    return found


async def demands_within_reach(
    session: AsyncSession, offers: Iterable[Offer], *, catalogue: Catalogue
) -> Sequence[Demand]:
    """Open lines that may be met by these offers: for the same goods or broader ones."""
    concepts = {concept for offer in offers for concept in goods_and_broader(offer, catalogue=catalogue)}
    return await open_demands(session, concepts) if concepts else []


async def _offers_within_reach(
    session: AsyncSession, listings: Iterable[Thing], demands: Iterable[Demand]
) -> Sequence[Offer]:
    """The offers among these listings that some of these lines may be met by."""
    asked = {concept for demand in demands for concept in demand.accepted or (demand.concept,)}
    near = [thing.id for thing in listings if not asked.isdisjoint(thing.named["concepts"])]
    return await offers_by_id(session, near) if near else []


async def listings_for_needs(
    session: AsyncSession, listings: Collection[Thing], *, catalogue: Catalogue
) -> list[tuple[UUID, News]]:
    """What to tell buyers of these listings that they were not told yet."""
    things = {thing.id: thing for thing in listings}
    concepts = {concept for thing in listings for concept in thing.named["concepts"]}
    demands = await open_demands(session, concepts) if concepts else []
    offers = await _offers_within_reach(session, listings, demands)
    pairs = await fitting_pairs(offers, demands, catalogue=catalogue, today=clock.today())
    matches = [
        Match(things[offer.listing_id], demand.organization_id, demand.need_id)
        for offer, demand in pairs
        if offer.listing_id in things
    ]
    return await _news(session, matches, Need, kind=Kind.LISTING_MATCH, watch_entity="need")


async def needs_for_listings(
    session: AsyncSession, needs: Collection[Thing], *, catalogue: Catalogue
) -> list[tuple[UUID, News]]:
    """What to tell sellers of these needs that they were not told yet."""
    things = {thing.id: thing for thing in needs}
    asked = {concept for thing in needs for concept in thing.named["concept"]}
    demands = await demands_for(session, things, asked) if things else []
    offered = {narrower for concept in asked for narrower in catalogue.descendants(concept)}
    offers = await open_offers(session, offered) if demands else []
    pairs = await fitting_pairs(offers, demands, catalogue=catalogue, today=clock.today())
    matches = [Match(things[demand.need_id], offer.organization_id, offer.listing_id) for offer, demand in pairs]
    return await _news(session, matches, Listing, kind=Kind.NEED_MATCH, watch_entity="listing")


async def titles_of(
    session: AsyncSession, table: type[Listing] | type[Need], ids: Collection[UUID]
) -> Mapping[UUID, str]:
    """The titles of listings or needs, however many."""
    if not ids:
        return {}
    # All that is on offer may fit a thousand new needs: more ids than a statement may have parameters.
    rows = await session.execute(select(table.id, table.title).where(among(table.id, ids)))
    return {row.id: row.title for row in rows}


async def _not_blocked(session: AsyncSession, matches: Collection[Match]) -> list[Match]:
    """Those of two of whom neither blocks the other."""
    organizations = {id_ for match in matches for id_ in (match.organization_id, match.thing.organization_id)}
    blocked = await blocked_pairs(session, organizations)
    pairs = ((match, frozenset((match.organization_id, match.thing.organization_id))) for match in matches)
    return [match for match, pair in pairs if pair not in blocked]


async def _news(
    session: AsyncSession,
    matches: Collection[Match],
    table: type[Listing] | type[Need],
    *,
    kind: Kind,
    watch_entity: str,
) -> list[tuple[UUID, News]]:
    """One thing to tell an organization of each thing, however many of its own it fits; beyond a bound, a count."""
    chosen = await to_tell(session, await _not_blocked(session, matches), kind=kind)
    firsts = [min(found, key=_watch) for one in chosen for found in (*one.things, *one.beyond[:1])]
    titles = await titles_of(session, table, {match.watch_id for match in firsts})
    news = []
    for one in chosen:
        for found in one.things:
            payload = _payload(found, titles, watch_entity)
            payload = replace(payload, variant="several" if len(found) > 1 else "", more=len(found) - 1)
            news.append((one.organization_id, news_of(kind, payload)))
        if one.beyond:
            payload = replace(_payload(one.beyond[0], titles, watch_entity), variant="beyond", more=one.counted)
            key = f"{kind.value}:beyond:{clock.now().date().isoformat()}>{one.organization_id}"
            news.append((one.organization_id, news_of(kind, replace(payload, key=key))))
    return news


def _watch(match: Match) -> UUID:
    return match.watch_id


def _payload(found: Sequence[Match], titles: Mapping[UUID, str], watch_entity: str) -> OfMatch:
    first = min(found, key=_watch)
    return OfMatch(
        id=first.thing.id,
        version=first.thing.version,
        key=f"{first.thing.entity}:{first.thing.id}@{first.thing.published_at}>{first.watch_id}",
        watch=(watch_entity, first.watch_id),
        caused_by=first.thing.organization_id,
        title=first.thing.title,
        organization=first.thing.organization_name,
        watch_title=titles[first.watch_id],
    )
