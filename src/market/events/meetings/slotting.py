"""When the chosen pairs meet: a colouring of the edges of a bipartite graph, whose colours are the slots.

By König no participant needs more slots than it has meetings, and chains of two alternating slots both make room for
a pair and even the slots out until each fits its tables. Where not everybody is free all the time, a chain may only
be turned when each of its meetings can be held at its new time; what is left over is for `mending`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from market.events.meetings.problem import Sitting, TimetableProblem

Node = tuple[bool, int]
"""Whether it is a buyer, and its place."""


@dataclass(slots=True)
class Colouring:
    """The slots of pairs, kept proper at every step."""

    problem: TimetableProblem
    slot_of: dict[int, int] = field(default_factory=dict)
    at: dict[Node, dict[int, int]] = field(default_factory=dict)
    """By participant: the pair of each taken slot."""
    held: list[int] = field(default_factory=list)
    """Meetings of each slot."""
    free: dict[Node, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: TimetableProblem, sittings: Iterable[Sitting] = ()) -> Colouring:
        """A colouring that begins with these sittings."""
        colouring = cls(problem, held=[0] * len(problem.tables))
        for is_buyer, side in ((False, problem.sellers), (True, problem.buyers)):
            for place, participant in enumerate(side):
                colouring.at[is_buyer, place] = {}
                colouring.free[is_buyer, place] = frozenset(participant.free)
        for sitting in sittings:
            colouring.put(sitting.pair, sitting.slot)
        return colouring

    def ends(self, place: int) -> tuple[Node, Node]:
        """The two participants of a pair."""
        pair = self.problem.pairs[place]
        return (False, pair.seller), (True, pair.buyer)

    def put(self, place: int, slot: int) -> None:
        """Hold a pair in a slot that both have free."""
        for node in self.ends(place):
            self.at[node][slot] = place
        self.slot_of[place] = slot
        self.held[slot] += 1

    def take(self, place: int) -> int:
        """Take a pair out of its slot."""
        slot = self.slot_of.pop(place)
        for node in self.ends(place):
            del self.at[node][slot]
        self.held[slot] -= 1
        return slot

    def allows(self, place: int, slot: int) -> bool:
        """Whether both are there in a slot, whatever else they do in it."""
        seller, buyer = self.ends(place)
        return slot in self.free[seller] and slot in self.free[buyer]

    def open_for(self, node: Node) -> list[int]:
        """The slots in which somebody is there and meets nobody."""
        taken = self.at[node]
        return [slot for slot in self.free[node] if slot not in taken]

    def sittings(self) -> tuple[Sitting, ...]:
        return tuple(sorted(Sitting(slot, place) for place, slot in self.slot_of.items()))

    def chain(self, node: Node, first: int, second: int) -> list[int]:
        """The pairs of the path from a participant whose slots alternate between two, beginning with `first`."""
        path: list[int] = []
        slot = first
        while (place := self.at[node].get(slot)) is not None:
            path.append(place)
            seller, buyer = self.ends(place)
            node = seller if node == buyer else buyer
            slot = second if slot == first else first
        return path

    def turn(self, path: Sequence[int], first: int, second: int) -> bool:
        """Let the pairs of a whole path change between two slots, if each can."""
        to = {place: second if self.slot_of[place] == first else first for place in path}
        if not all(self.allows(place, slot) for place, slot in to.items()):
            return False
        for place in path:
            self.take(place)
        for place, slot in to.items():
            self.put(place, slot)
        return True


def colour(colouring: Colouring, places: Iterable[int]) -> list[int]:
    """Give each pair a slot; returns those for which none was found."""
    return [place for place in places if not _place(colouring, place)]


def _place(colouring: Colouring, place: int) -> bool:
    seller, buyer = colouring.ends(place)
    of_seller = [slot for slot in colouring.open_for(seller) if colouring.allows(place, slot)]
    open_to_buyer = set(colouring.open_for(buyer))
    both = [slot for slot in of_seller if slot in open_to_buyer]
    if both:
        colouring.put(place, min(both, key=lambda slot: _crowding(colouring, slot)))
        return True
    if _make_room(colouring, place, wanted=of_seller, busy=buyer):
        return True
    of_buyer = [slot for slot in open_to_buyer if colouring.allows(place, slot)]
    return _make_room(colouring, place, wanted=of_buyer, busy=seller)


def _make_room(colouring: Colouring, place: int, *, wanted: Iterable[int], busy: Node) -> bool:
    """Free one of the wanted slots, which suit one side, at the other side."""
    instead = sorted(colouring.open_for(busy))
    for first in sorted(wanted, key=lambda slot: _crowding(colouring, slot)):
        for second in instead:
            # The path never reaches the side that has nothing in `first`.
            if colouring.turn(colouring.chain(busy, first, second), first, second):
                colouring.put(place, first)
                return True
    return False


def _crowding(colouring: Colouring, slot: int) -> float:
    tables = colouring.problem.tables[slot]
    return colouring.held[slot] / tables if tables else float("inf")


def even_out(colouring: Colouring) -> list[int]:
    """Turn chains until each slot fits its tables; returns the pairs that had to be taken out, lightest first."""
    tables = colouring.problem.tables
    out: list[int] = []
    for slot in range(len(tables)):
        while colouring.held[slot] > tables[slot]:
            if not _relieve(colouring, slot):
                here = [place for place, at in colouring.slot_of.items() if at == slot]
                lightest = min(here, key=lambda place: (colouring.problem.pairs[place].weight, place))
                colouring.take(lightest)
                out.append(lightest)
    return out


def _relieve(colouring: Colouring, crowded: int) -> bool:
    """Move one meeting more out of a slot than into it."""
    tables = colouring.problem.tables
    roomy = [slot for slot in range(len(tables)) if colouring.held[slot] < tables[slot]]
    for other in sorted(roomy, key=lambda slot: _crowding(colouring, slot)):
        for path in _surplus_paths(colouring, crowded, other):
            if colouring.turn(path, crowded, other):
                return True
    return False


def _surplus_paths(colouring: Colouring, crowded: int, other: int) -> Iterable[list[int]]:
    """The paths of two slots that begin and end in the crowded one, shortest first."""
    paths = []
    for node, taken in colouring.at.items():
        if crowded in taken and other not in taken:
            path = colouring.chain(node, crowded, other)
            if len(path) % 2:
                paths.append(path)
    return sorted(paths, key=lambda path: (len(path), path))
