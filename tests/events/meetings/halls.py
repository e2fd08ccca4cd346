"""Invented halls full of people, always the same for the same seed."""

from __future__ import annotations

import random

from market.events.meetings.problem import Pair, Participant, TimetableProblem


def hall(
    sellers: int, buyers: int, slots: int, *, tables: int, density: float = 0.4, away: float = 0.0, seed: int = 1
) -> TimetableProblem:
    """Sellers and buyers, of whom some fit each other.

    Args:
        density: the share of pairs that fit.
        away: the share of slots in which somebody is not there.
    """
    chance = random.Random(seed)

    def somebody() -> Participant:
        free = tuple(slot for slot in range(slots) if chance.random() >= away)
        return Participant(free, slots)

    return TimetableProblem(
        sellers=tuple(somebody() for _ in range(sellers)),
        buyers=tuple(somebody() for _ in range(buyers)),
        pairs=tuple(
            Pair(seller, buyer, chance.randint(1, 2000))
            for seller in range(sellers)
            for buyer in range(buyers)
            if chance.random() < density
        ),
        tables=(tables,) * slots,
    )
