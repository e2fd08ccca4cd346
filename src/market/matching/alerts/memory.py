"""What organizations are told of matches, and what is remembered of it: a few a day, the best first, and a count.

Only what was told is remembered, so that this grows with the news and not with all pairs that fit. What comes beyond
a day's bound is counted; it may be told on a later day, when the thing changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.db import among
from market.matching.alerts.fitting import Thing
from market.matching.alerts.models import MatchTally, ReportedMatch
from market.notifications.kinds import Kind

MOST_A_DAY = 20
"""Things of one kind that an organization is told of in a day (UTC), one by one."""
REMEMBERED, TALLIED = timedelta(days=90), timedelta(days=7)

WatchedThing = tuple[UUID, UUID, int]
"""Watch, thing, publication."""


@dataclass(frozen=True, slots=True)
class Match:
    """A thing that fits somebody's own need or listing (`watch_id`)."""

    thing: Thing
    organization_id: UUID
    watch_id: UUID


@dataclass(slots=True)
class ToTell:
    """What an organization is to be told now."""

    organization_id: UUID
    things: list[list[Match]] = field(default_factory=list)
    """Each with all that it fits."""
    beyond: list[list[Match]] = field(default_factory=list)
    """What it is not told of one by one."""
    counted: int = 0
    """All of that of today."""


async def to_tell(session: AsyncSession, matches: Iterable[Match], *, kind: Kind) -> list[ToTell]:
    """Choose what is told of these matches; from now on it is remembered."""
    new = await _not_told(session, list(matches))
    if not new:
        return []
    tallies = await _tallies(session, {organization for organization, _ in new}, kind)
    by_organization: dict[UUID, list[list[Match]]] = defaultdict(list)
    for (organization_id, _), found in new.items():
        by_organization[organization_id].append(found)
    chosen: list[ToTell] = []
    for organization_id, things in by_organization.items():
        told, untold = tallies.get(organization_id, (0, 0))
        # What fits most of one's own comes first, then what is newest.
        things.sort(key=lambda found: (-len(found), -found[0].thing.published_at, found[0].thing.id))
        room = max(MOST_A_DAY - told, 0)
        one = ToTell(organization_id, things[:room], things[room:])
        one.counted = untold + len(one.beyond)
        chosen.append(one)
    await _remember(session, chosen, kind)
    return chosen


async def _not_told(session: AsyncSession, matches: Sequence[Match]) -> dict[tuple[UUID, UUID], list[Match]]:
    """By organization and thing, with those of its own that it was not told of in this publication."""
    if not matches:
        return {}
    things = {match.thing.id for match in matches}
    rows = select(ReportedMatch.watch_id, ReportedMatch.thing_id, ReportedMatch.published_at)
    told = {tuple(row) for row in await session.execute(rows.where(among(ReportedMatch.thing_id, things)))}
    new: dict[tuple[UUID, UUID], dict[UUID, Match]] = defaultdict(dict)
    for match in matches:
        if (match.watch_id, match.thing.id, match.thing.published_at) not in told:
            new[match.organization_id, match.thing.id][match.watch_id] = match
    return {key: list(found.values()) for key, found in new.items()}


async def _tallies(session: AsyncSession, organizations: set[UUID], kind: Kind) -> dict[UUID, tuple[int, int]]:
    rows = select(MatchTally.organization_id, MatchTally.told, MatchTally.untold).where(
        among(MatchTally.organization_id, organizations),
        MatchTally.kind == kind.value,
        MatchTally.day == clock.now().date(),
    )
    return {row.organization_id: (row.told, row.untold) for row in await session.execute(rows)}


async def _remember(session: AsyncSession, chosen: Sequence[ToTell], kind: Kind) -> None:
    rows = [
        {
            "watch_id": match.watch_id,
            "thing_id": match.thing.id,
            "published_at": match.thing.published_at,
            "told_at": clock.now(),
        }
        for one in chosen
        for found in one.things
        for match in found
    ]
    if rows:
        await session.execute(insert(ReportedMatch).on_conflict_do_nothing(), rows)
    day = clock.now().date()
    counted = [
        {
            "organization_id": one.organization_id,
            "kind": kind.value,
            "day": day,
            "told": len(one.things),
            "untold": len(one.beyond),
        }
        for one in sorted(chosen, key=lambda one: one.organization_id)
    ]
    tally = insert(MatchTally)
    added = {name: getattr(MatchTally, name) + tally.excluded[name] for name in ("told", "untold")}
    await session.execute(
        tally.on_conflict_do_update(index_elements=["organization_id", "kind", "day"], set_=added), counted
    )


async def forget_old_matches(session: AsyncSession) -> None:
    """End what is remembered with its time."""
    now = clock.now()
    await session.execute(delete(ReportedMatch).where(ReportedMatch.told_at < now - REMEMBERED))
    await session.execute(delete(MatchTally).where(MatchTally.day < (now - TALLIED).date()))
