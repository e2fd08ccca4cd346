"""Pools: several suppliers who together cover what one line of a need asks for. Plain values, no rows, no solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

THOUSANDTH = Decimal("0.001")
"""No quantity here is finer."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """What one of the line's units costs in a week in which at least `least` is taken, in đồng."""

    least: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class PoolSupplier:
    """An offer as a pool sees it: everything in the line's unit."""

    listing_id: UUID
    organization_id: UUID
    capacity: Mapping[int, Decimal]
    """ISO week -> what may be taken: reserved goods and weeks without valid certificates are left out."""
    brackets: tuple[Bracket, ...]
    """By rising `least`; that of the first is the least order, or zero."""


@dataclass(frozen=True, slots=True)
class PoolProblem:
    """Cover `wanted` as far as can be, at least cost, from at most so many organizations (None: any number)."""

    wanted: Mapping[int, Decimal]
    suppliers: tuple[PoolSupplier, ...]
    max_suppliers: int | None = None


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """Who delivers how much in which week."""

    shares: Mapping[UUID, Mapping[int, Decimal]]
    """Listing -> ISO week -> quantity; who delivers nothing is left out."""
    attainable: Mapping[int, Decimal]
    """The most that each week could get from any number of suppliers."""
    quantum: Decimal
    """Quantities are multiples of it; what is short by less is covered."""
    gap: float
    """How far from the optimum the plan may at most be, 0 to 1: in coverage if that is not proven, else in cost."""
    least_suppliers: int | None
    """The least number of organizations that reach `attainable`, where `max_suppliers` stands in the way."""
    least_is_proven: bool = True

    @property
    def optimal(self) -> bool:
        return self.gap == 0

    def planned(self, week: int) -> Decimal:
        """What all suppliers deliver in a week."""
        return by_week(self.shares.values()).get(week, Decimal(0))


def by_week(shares: Iterable[Mapping[int, Decimal]]) -> dict[int, Decimal]:
    """The sum of several suppliers' quantities in each week."""
    weeks: dict[int, Decimal] = {}
    for share in shares:
        for week, quantity in share.items():
            weeks[week] = weeks.get(week, Decimal(0)) + quantity
    return weeks


def bracket_for(supplier: PoolSupplier, quantity: Decimal) -> Bracket:
    """The bracket in which a week's quantity falls; the first for less than the least order."""
    within = [bracket for bracket in supplier.brackets if bracket.least <= quantity]
    return within[-1] if within else supplier.brackets[0]
