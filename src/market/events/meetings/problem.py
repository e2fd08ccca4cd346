"""What is asked of the process that makes timetables, and what it answers. Plain values; participants go by place."""

from __future__ import annotations

from typing import Literal

import msgspec


class Participant(msgspec.Struct, frozen=True, array_like=True):
    """An organization that comes to meet others."""

    free: tuple[int, ...]
    """The slots in which it can."""
    most: int
    """Meetings it may have."""


class Pair(msgspec.Struct, frozen=True, array_like=True):
    """A seller and a buyer who may meet, by their places."""

    seller: int
    buyer: int
    weight: int
    """What their meeting is worth; above 0."""


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A meeting that is planned already."""

    pair: int
    slot: int


class TimetableProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Who may meet whom, when, at how many tables."""

    sellers: tuple[Participant, ...]
    buyers: tuple[Participant, ...]
    pairs: tuple[Pair, ...]
    tables: tuple[int, ...]
    """Of each slot."""
    kept: tuple[Kept, ...] = ()
    """The timetable that is to be mended with as few moves as possible; empty: it is made anew."""
    asked_for: tuple[int, ...] = ()
    """Pairs that somebody wishes for, or whose meeting fell out: held, where the timetable is mended, if that moves
    nobody."""
    seconds: float = 20.0
    """How long may be looked for something better once something good is there."""


class Sitting(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A pair in a slot."""

    slot: int
    pair: int


class TimetablePlan(msgspec.Struct, frozen=True, kw_only=True):
    """Who meets when, and how far it can be from the best."""

    sittings: tuple[Sitting, ...]
    weight: int
    bound: int
    """No timetable that leaves as few without a meeting weighs more: proven."""
    met: int
    """Participants with at least one meeting."""
    most_met: int
    """No timetable gives more of them one: proven."""
    method: Literal["colouring", "mended", "repaired"]
    moved: int = 0
    """Meetings kept from before that have another slot now."""

    @property
    def gap(self) -> float:
        """The share of the bound that is missing at most."""
        return 1 - self.weight / self.bound if self.bound else 0.0
