"""From the people of an event to the problem of its timetable, and from its plan to meetings at tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from market.events.meetings.models import Meeting
from market.events.meetings.problem import Kept, Pair, Participant, TimetablePlan, TimetableProblem
from market.events.meetings.schemas import Cause
from market.events.meetings.walking import Allowed
from market.events.meetings.worth import SellerBuyer, Worth
from market.events.models import Event, Registration
from market.events.venue import Slot, Table, is_away, slots_of, tables_of

UNWISHED = 1
"""The weight of a meeting that is planned already though nothing speaks for it any more."""


@dataclass(frozen=True)
class Hall:
    """What a timetable is made of: who comes, when, who is worth meeting, and what is planned."""

    event: Event
    slots: Sequence[Slot]
    """Those that can still be planned; where halls lie apart, the rounds of each hall for itself."""
    sellers: Sequence[Registration]
    buyers: Sequence[Registration]
    worth: Mapping[SellerBuyer, Worth]
    planned: Sequence[Meeting] = field(default_factory=list)
    """To be kept as far as possible."""
    over: Sequence[Meeting] = field(default_factory=list)
    """Begun or held: not to be touched, nor to be repeated."""
    asked_for: Collection[SellerBuyer] = ()
    """Who wish to meet, and whose meeting fell out."""
    allowed: Allowed | None = None
    """In which of the rounds somebody is in the right hall; None: everybody is everywhere."""

    @cached_property
    def _noted_early(self) -> Mapping[UUID, Sequence[Meeting]]:
        """By organization, its meetings that are over although a slot of theirs has not begun."""
        found: dict[UUID, list[Meeting]] = defaultdict(list)
        for meeting in self.over:
            if any(_at_once(meeting, slot) for slot in self.slots):
                found[meeting.seller_id].append(meeting)
                found[meeting.buyer_id].append(meeting)
        return found

    def is_there(self, registration: Registration, place: int) -> bool:
        """Whether somebody can meet in a slot."""
        id_, slot = registration.organization_id, self.slots[place]
        near = self.allowed is None or place in self.allowed.get(id_, ())
        sits = any(_at_once(meeting, slot) for meeting in self._noted_early.get(id_, ()))
        return near and not sits and not is_away(registration, slot)


def open_slots(event: Event, registrations: Sequence[Registration], now: datetime) -> list[Slot]:
    """The slots that have not begun."""
    hosts = sum(1 for registration in registrations if registration.side == "buyer")
    return [slot for slot in slots_of(event, hosts=hosts) if slot.starts_at > now]


def without_taken(slots: Sequence[Slot], over: Sequence[Meeting]) -> list[Slot]:
    """The slots without the tables of meetings that were noted as held, or missed, before they began."""
    return [
        replace(slot, tables=tuple(table for table in slot.tables if table.number not in taken))
        if (taken := {meeting.table_number for meeting in over if _at_once(meeting, slot)})
        else slot
        for slot in slots
    ]


def _at_once(meeting: Meeting, slot: Slot) -> bool:
    return meeting.starts_at < slot.ends_at and slot.starts_at < meeting.ends_at


def pairs_of(hall: Hall) -> list[SellerBuyer]:
    """Who may meet, in a fixed order: whose meeting is worth something, and who are to meet already."""
    present = {registration.organization_id for registration in (*hall.sellers, *hall.buyers)}
    done = {(meeting.seller_id, meeting.buyer_id) for meeting in hall.over}
    kept = {(meeting.seller_id, meeting.buyer_id) for meeting in hall.planned}
    return sorted(pair for pair in ({*hall.worth, *kept} - done) if present.issuperset(pair))


def problem_of(hall: Hall, *, seconds: float) -> TimetableProblem:
    """The problem by places: of sellers, buyers, pairs and slots in the order of the hall."""
    had = Counter(id_ for meeting in hall.over for id_ in (meeting.seller_id, meeting.buyer_id))
    pairs = pairs_of(hall)
    sellers = {row.organization_id: place for place, row in enumerate(hall.sellers)}
    buyers = {row.organization_id: place for place, row in enumerate(hall.buyers)}
    by_start = {_key(hall, slot.starts_at, slot.hall): place for place, slot in enumerate(hall.slots)}
    places = {pair: place for place, pair in enumerate(pairs)}
    return TimetableProblem(
        sellers=tuple(_participant(hall, row, had) for row in hall.sellers),
        buyers=tuple(_participant(hall, row, had) for row in hall.buyers),
        pairs=tuple(Pair(sellers[pair[0]], buyers[pair[1]], weight_of(hall, pair)) for pair in pairs),
        tables=tuple(len(slot.tables) for slot in hall.slots),
        kept=tuple(
            # A meeting whose slot is gone stands in none: it must move.
            Kept(places[pair], by_start.get(_key(hall, meeting.starts_at, meeting.hall), -1))
            for meeting in hall.planned
            if (pair := (meeting.seller_id, meeting.buyer_id)) in places
        ),
        asked_for=tuple(places[pair] for pair in sorted(hall.asked_for) if pair in places),
        seconds=seconds,
    )


def _key(hall: Hall, start: datetime, name: str | None) -> tuple[datetime, str | None]:
    return start, name if hall.allowed is not None else None


def weight_of(hall: Hall, pair: SellerBuyer) -> int:
    """What a meeting is worth, above 0."""
    worth = hall.worth.get(pair)
    return worth.weight if worth else UNWISHED


def _participant(hall: Hall, registration: Registration, had: Mapping[UUID, int]) -> Participant:
    free = tuple(place for place in range(len(hall.slots)) if hall.is_there(registration, place))
    most = hall.event.most_meetings or len(hall.slots) + had.get(registration.organization_id, 0)
    return Participant(free, max(0, most - had.get(registration.organization_id, 0)))


@dataclass(frozen=True, slots=True)
class Seat:
    """A meeting as planned: who, when, where."""

    pair: SellerBuyer
    slot: Slot
    table: Table
    weight: int


def seats_of(hall: Hall, plan: TimetablePlan) -> list[Seat]:
    """A table for each meeting: where it stood before, else the buyer's own, else one in the hall one is in."""
    pairs = pairs_of(hall)
    stood = {(m.seller_id, m.buyer_id, m.starts_at): m.table_number for m in hall.planned}
    by_slot: dict[int, list[SellerBuyer]] = defaultdict(list)
    for sitting in plan.sittings:
        by_slot[sitting.slot].append(pairs[sitting.pair])
    tables = tables_of(hall.event, otherwise=max(1, len(hall.buyers)))
    home = {row.organization_id: tables[place % len(tables)].number for place, row in enumerate(hall.buyers)}
    last: dict[UUID, str | None] = {}
    seats: list[Seat] = []
    for place in sorted(by_slot):
        slot = hall.slots[place]
        seated = _seated(slot, by_slot[place], stood, home, last)
        seats += [Seat(pair, slot, table, weight_of(hall, pair)) for pair, table in seated.items()]
        last |= {id_: table.hall for pair, table in seated.items() for id_ in pair}
    return seats


def _seated(
    slot: Slot,
    meetings: Sequence[SellerBuyer],
    stood: Mapping[tuple[UUID, UUID, datetime], int],
    home: Mapping[UUID, int],
    last: Mapping[UUID, str | None],
) -> dict[SellerBuyer, Table]:
    free = {table.number: table for table in slot.tables}
    seated: dict[SellerBuyer, Table] = {}
    for pair in meetings:
        number = stood.get((*pair, slot.starts_at))
        if number is not None and number in free:
            seated[pair] = free.pop(number)
    for pair in sorted(set(meetings) - seated.keys(), key=lambda pair: (home[pair[1]] not in free, home[pair[1]])):
        own = home[pair[1]]
        near = [number for number, table in free.items() if table.hall == last.get(pair[0], table.hall)]
        seated[pair] = free.pop(own if own in free else min(near or free))
    return seated


def unmet(hall: Hall, wishes: Iterable[tuple[UUID, UUID]], seats: Sequence[Seat]) -> list[tuple[UUID, UUID, Cause]]:
    """The wishes that the timetable does not fulfil, each with its cause."""
    sides: dict[UUID, str] = {row.organization_id: "seller" for row in hall.sellers}
    sides |= {row.organization_id: "buyer" for row in hall.buyers}
    meet = {seat.pair for seat in seats} | {(meeting.seller_id, meeting.buyer_id) for meeting in hall.over}
    busy = _Busy(hall, seats)
    found: list[tuple[UUID, UUID, Cause]] = []
    for one, other in sorted(wishes):
        if (one, other) in meet or (other, one) in meet:
            continue
        if one not in sides or other not in sides:
            found.append((one, other, "not_taking_part"))
        elif sides[one] == sides[other]:
            found.append((one, other, "same_side"))
        else:
            found.append((one, other, busy.cause(one, other)))
    return found


class _Busy:
    """What stands between two who would meet."""

    def __init__(self, hall: Hall, seats: Sequence[Seat]) -> None:
        self.hall = hall
        self.rows = {row.organization_id: row for row in (*hall.sellers, *hall.buyers)}
        self.taken: dict[UUID, set[datetime]] = defaultdict(set)
        self.held: Counter[datetime] = Counter()
        for seat in seats:
            self.held[seat.slot.starts_at] += 1
            for id_ in seat.pair:
                self.taken[id_].add(seat.slot.starts_at)

    def _there(self, id_: UUID) -> set[datetime]:
        """When it is free, wherever it would have to be."""
        return {slot.starts_at for slot in self.hall.slots if not is_away(self.rows[id_], slot)}

    def _rounds(self, id_: UUID) -> set[int]:
        return {place for place in range(len(self.hall.slots)) if self.hall.is_there(self.rows[id_], place)}

    def cause(self, one: UUID, other: UUID) -> Cause:
        """Why two of different sides do not meet."""
        if not self._there(one) & self._there(other):
            return "no_common_time"
        if not self._rounds(one) & self._rounds(other):
            return "never_in_one_hall"
        full = [self._full(id_) for id_ in (one, other)]
        if any(full):
            return "both_are_full" if all(full) else "one_is_full"
        open_to_both = (self._there(one) - self.taken[one]) & (self._there(other) - self.taken[other])
        tables: Counter[datetime] = Counter()
        for slot in self.hall.slots:
            tables[slot.starts_at] += len(slot.tables)
        if open_to_both and all(self.held[start] >= tables[start] for start in open_to_both):
            return "no_table"
        return "others_before"

    def _full(self, id_: UUID) -> bool:
        most = self.hall.event.most_meetings
        return len(self.taken[id_]) >= (len(self._there(id_)) if most is None else min(most, len(self._there(id_))))
