"""Those whom the ways between halls leave with nobody: sent to where somebody is whom they could meet.

The ways are found before the meetings. Somebody may then be in the one hall and all who would meet them in the other,
although a timetable with a meeting for each exists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from time import monotonic
from uuid import UUID

from market.events.meetings.planning import Hall, pairs_of
from market.events.meetings.problem import TimetablePlan
from market.events.meetings.walking import HallName, Ways
from market.events.meetings.worth import SellerBuyer
from market.events.venue import is_away

MOST_TRIES = 6
Solve = Callable[[Hall], Awaitable[TimetablePlan]]


async def with_detours(
    hall: Hall, plan: TimetablePlan, ways: Ways, solve: Solve, *, until: float
) -> tuple[Hall, TimetablePlan]:
    """A plan in which more of those have a meeting who could, where one is found; else what was given.

    Args:
        ways: as `hall.allowed` was found by them.
        until: of `monotonic`, when no other try is begun.
    """
    detours = _Detours(hall, ways)
    for _ in range(MOST_TRIES):
        before = ways.copied()
        alone = detours.alone(hall, plan)
        if not alone or monotonic() > until or not detours.send(alone, hall):
            break
        other = replace(hall, allowed=ways.allowed())
        tried = await solve(other)
        if (tried.met, tried.weight) > (plan.met, plan.weight):
            hall, plan = other, tried
        else:
            ways.restore(before)
    return hall, plan


class _Detours:
    """Who could meet whom, wherever they would have to be."""

    def __init__(self, hall: Hall, ways: Ways) -> None:
        self.ways = ways
        self.rows = {row.organization_id: row for row in (*hall.sellers, *hall.buyers)}
        self.open = sorted({slot.starts_at for slot in hall.slots})
        self.free = {id_: self._free(hall, id_) for id_ in self.rows}
        self.pairs: list[SellerBuyer] = [
            (seller, buyer) for seller, buyer in pairs_of(hall) if self.free[seller] & self.free[buyer]
        ]
        self.tried: set[tuple[UUID, HallName]] = set()

    def _free(self, hall: Hall, id_: UUID) -> frozenset[datetime]:
        return frozenset(slot.starts_at for slot in hall.slots if not is_away(self.rows[id_], slot))

    def alone(self, hall: Hall, plan: TimetablePlan) -> set[UUID]:
        """Who meets nobody, now or before, and could meet somebody."""
        pairs = pairs_of(hall)
        meet = {id_ for sitting in plan.sittings for id_ in pairs[sitting.pair]}
        meet |= {id_ for meeting in hall.over for id_ in (meeting.seller_id, meeting.buyer_id)}
        return {id_ for pair in self.pairs for id_ in pair} - meet

    def send(self, alone: set[UUID], hall: Hall) -> bool:
        """Send each of them to a hall that was not tried yet; whether any was sent.

        Who buys gets a table in the hall where partners are; who sells goes where partners have theirs, unless one of
        them is just coming the other way.
        """
        sent: set[UUID] = set()
        for buyer in sorted(alone & self.ways.home.keys()):
            if (there := self._best(buyer, self._where_sellers_are(buyer, hall))) is not None:
                self.ways.home[buyer] = there[0]
                sent.add(buyer)
        for seller in sorted(alone - self.ways.home.keys()):
            partners = {buyer for one, buyer in self.pairs if one == seller}
            if partners & sent:
                continue
            if (there := self._best(seller, Counter(self.ways.home[buyer] for buyer in partners))) is not None:
                self.ways.kept_in[seller] = there[0]
                sent.add(seller)
        return bool(sent)

    def _where_sellers_are(self, buyer: UUID, hall: Hall) -> Counter[HallName]:
        """In how many rounds of each hall somebody is there whom the buyer could meet."""
        allowed = hall.allowed or {}
        found: Counter[HallName] = Counter()
        for seller in (seller for seller, one in self.pairs if one == buyer):
            both = self.free[seller] & self.free[buyer]
            rounds = (hall.slots[place] for place in allowed.get(seller, ()))
            found.update(slot.hall for slot in rounds if slot.starts_at in both)
        return found

    def _best(self, id_: UUID, halls: Counter[HallName]) -> tuple[HallName] | None:
        """The hall with most partners that was not tried; halls may have no name."""
        for hall, _ in halls.most_common():
            if (id_, hall) not in self.tried:
                self.tried.add((id_, hall))
                return (hall,)
        return None
