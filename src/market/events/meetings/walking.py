"""Halls that lie apart: in which hall somebody is when, so that nobody has two meetings closer than the way between.

Whoever buys stays at a table of its own. Whoever sells is in one hall for a stretch of slots and then in another one,
for as long as the buyers there are worth it; on the way it meets nobody. With that the rounds of each hall are slots
like any others, and the timetable is found as if there were one hall.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from market.events.meetings.models import Meeting
from market.events.meetings.worth import SellerBuyer, Worth
from market.events.models import Event, Registration
from market.events.venue import Slot, tables_of

LEAST_STAY = 3
"""Slots in one hall before somebody is sent to another one in the middle of a session."""

HallName = str | None
Whereabouts = tuple[dict[UUID, HallName], dict[UUID, HallName]]
Allowed = Mapping[UUID, frozenset[int]]
"""By organization, the rounds in which it is in the right hall, by their places."""


def must_walk(event: Event, slots: Sequence[Slot]) -> bool:
    """Whether somewhere the way from hall to hall is longer than the time between two slots."""
    way = timedelta(minutes=event.walking_minutes)
    halls = {table.hall for slot in slots for table in slot.tables}
    return len(halls) > 1 and any(later.starts_at - slot.ends_at < way for slot, later in pairwise(slots))


def rounds_of(slots: Iterable[Slot]) -> list[Slot]:
    """The slots of each hall for itself, in order of time."""
    rounds = []
    for slot in slots:
        halls = dict.fromkeys(table.hall for table in slot.tables)
        for hall in halls:
            rounds.append(Slot(slot.starts_at, slot.ends_at, tuple(t for t in slot.tables if t.hall == hall)))
    return rounds


@dataclass(frozen=True, slots=True)
class People:
    """Whose ways are to be found, and what they did and are to do already."""

    sellers: Sequence[Registration]
    buyers: Sequence[Registration]
    worth: Mapping[SellerBuyer, Worth]
    planned: Sequence[Meeting]
    over: Sequence[Meeting]


class Ways:
    """Who is in which hall when."""

    def __init__(self, event: Event, rounds: Sequence[Slot], people: People) -> None:
        self.people = people
        self.way = timedelta(minutes=event.walking_minutes)
        self.places = {(slot.starts_at, slot.hall): place for place, slot in enumerate(rounds)}
        self.size = {(slot.starts_at, slot.hall): len(slot.tables) for slot in rounds}
        self.times = sorted({(slot.starts_at, slot.ends_at) for slot in rounds})
        self.home = self._homes(event)
        self.kept_in: dict[UUID, HallName] = {}
        """Sellers who stay in one hall, because somebody waits for them there."""
        self.load: Counter[tuple[datetime, HallName]] = Counter()
        self.stood: dict[UUID, dict[datetime, HallName]] = defaultdict(dict)
        for meeting in people.planned:
            for id_ in (meeting.seller_id, meeting.buyer_id):
                self.stood[id_][meeting.starts_at] = meeting.hall
        self.been: dict[UUID, list[tuple[datetime, HallName]]] = defaultdict(list)
        for meeting in people.over:
            for id_ in (meeting.seller_id, meeting.buyer_id):
                self.been[id_].append((meeting.ends_at, meeting.hall))

    def _homes(self, event: Event) -> dict[UUID, HallName]:
        """The hall in which each buyer has its table."""
        tables = tables_of(event, otherwise=max(1, len(self.people.buyers)))
        return {row.organization_id: tables[n % len(tables)].hall for n, row in enumerate(self.people.buyers)}

    def allowed(self) -> Allowed:
        """When everybody is where."""
        self.load.clear()
        found = {id_: self._reached(id_, [home] * len(self.times)) for id_, home in self.home.items()}
        for row in self.people.sellers:
            id_ = row.organization_id
            stay = [self.kept_in[id_]] * len(self.times) if id_ in self.kept_in else self._stay(id_)
            found[id_] = self._reached(id_, stay)
        return found

    def copied(self) -> Whereabouts:
        """Who belongs where, to come back to."""
        return dict(self.home), dict(self.kept_in)

    def restore(self, before: Whereabouts) -> None:
        """Let everybody belong where they did."""
        self.home, self.kept_in = dict(before[0]), dict(before[1])

    def _open(self, start: datetime) -> list[HallName]:
        return [hall for at, hall in self.places if at == start]

    def _reached(self, id_: UUID, halls: Sequence[HallName]) -> frozenset[int]:
        """The rounds of these halls by time, without those that somebody would have to run to."""
        planned = _filled(self.stood[id_], [start for start, _ in self.times]) if id_ in self.stood else {}
        before = list(self.been[id_])
        reached = set()
        for (start, end), meant in zip(self.times, halls, strict=True):
            hall = planned.get(start, meant)
            if (start, hall) not in self.places:
                # That hall is closed then: everybody is where it is open.
                hall = max(self._open(start), key=lambda name: self.size[start, name])
            if all(where == hall or start - left >= self.way for left, where in before):
                reached.add(self.places[start, hall])
                before.append((end, hall))
        return frozenset(reached)

    def _stay(self, id_: UUID) -> list[HallName]:
        """The hall of each slot of a seller: as long in each as its buyers are worth, where there is most room."""
        wanted: Counter[HallName] = Counter()
        for (seller, buyer), worth in self.people.worth.items():
            if seller == id_ and buyer in self.home:
                wanted[self.home[buyer]] += worth.weight
        stays = self._stretches(max(1, len(wanted)))
        quota = _shares(wanted or Counter(self.home.values()) or Counter({None: 1}), len(stays))
        halls: list[HallName] = []
        for stretch in stays:
            # The emptiest of the halls in which some time is still to be spent.
            hall = min((h for h, left in quota.items() if left), key=lambda h: (self._crowding(stretch, h), -wanted[h]))
            quota[hall] -= 1
            halls += [hall] * len(stretch)
            self.load.update((start, hall) for start in stretch)
        return halls

    def _crowding(self, stretch: Sequence[datetime], hall: HallName) -> float:
        held = sum(self.load[start, hall] for start in stretch)
        room = sum(self.size.get((start, hall), 0) for start in stretch)
        return held / room if room else float("inf")

    def _stretches(self, halls: int) -> list[list[datetime]]:
        """Slots in a row: parted where there is time to walk, and further while there are more halls than stretches."""
        stretches = [[start] for start, _ in self.times[:1]]
        for (_, ended), (start, _) in pairwise(self.times):
            if start - ended >= self.way:
                stretches.append([])
            stretches[-1].append(start)
        while len(stretches) < halls:
            longest = max(range(len(stretches)), key=lambda n: len(stretches[n]), default=0)
            middle = len(stretches[longest]) // 2 if stretches else 0
            if middle < LEAST_STAY:
                break
            stretches[longest : longest + 1] = [stretches[longest][:middle], stretches[longest][middle:]]
        return stretches


def _shares(wanted: Counter[HallName], count: int) -> dict[HallName, int]:
    """So many stretches among the halls, by how much each is wanted; every hall once where there are enough."""
    shares = dict.fromkeys(wanted, 0)
    for _ in range(count):
        # What is wanted most for what it got so far: the divisors 1, 2, 3 let everybody in before a second turn of
        # somebody twice as wanted.
        shares[max(shares, key=lambda hall: (shares[hall] == 0, wanted[hall] / (shares[hall] + 1)))] += 1
    return shares


def _filled(planned: Mapping[datetime, HallName], starts: Sequence[datetime]) -> dict[datetime, HallName]:
    """Where somebody is in every slot when meetings stand already: on the way to the next one, after the last there."""
    halls: dict[datetime, HallName] = {}
    coming: list[datetime] = sorted(planned)
    for start in starts:
        nearest = next((at for at in coming if at >= start), coming[-1])
        halls[start] = planned[nearest]
    return halls
