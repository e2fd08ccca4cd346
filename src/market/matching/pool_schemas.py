"""What the pool route takes and gives."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from market.core.schemas import Answer, AnyQuantity, Schema
from market.listings.schemas import ListingCard
from market.matching.gates import GateName
from market.matching.pool_reasons import ReasonCode
from market.reference.goods_schemas import ConceptMark


class PoolQuery(Schema):
    max_suppliers: int | None = Field(
        default=None, ge=1, le=100, description="Most organizations that may deliver for a line; left out: any number"
    )
    line: UUID | None = Field(default=None, description="This line alone, as if it were the only one")
    without: Annotated[list[UUID], Field(max_length=20)] = Field(
        default_factory=list, description="Plan as if these listings had left"
    )


class WeekQuantity(Answer):
    week: str = Field(description="ISO week, such as 2026-W49")
    quantity: AnyQuantity


class WeekShort(Answer):
    week: str = Field(description="ISO week, such as 2026-W49")
    short: AnyQuantity


class PoolWeek(Answer):
    """How far one week is covered, in the line's unit."""

    week: str = Field(description="ISO week, such as 2026-W49")
    wanted: AnyQuantity
    planned: AnyQuantity
    short: AnyQuantity
    percent: float = Field(description="0 to 100, rounded down to hundredths")


class PoolShare(Answer):
    """What one supplier delivers."""

    listing: ListingCard
    quantity: AnyQuantity = Field(description="Over all weeks, in the line's unit")
    percent: float = Field(description="Of what the line wants, 0 to 100, rounded down to hundredths")
    weeks: list[WeekQuantity]
    price_vnd: int | None = Field(
        description="For one of the line's units, tiers taken into account; null: to be asked for"
    )
    cost_vnd: int | None


class PoolReason(Answer):
    """One thing that stands between the plan and full coverage."""

    code: ReasonCode
    why: str
    weeks: list[WeekShort] = Field(description="What it costs each week, in the line's unit")


class PoolHelper(Answer):
    """A listing that would help if one gate did not hold it back."""

    listing: ListingCard
    gate: GateName
    why: str
    quantity: AnyQuantity | None = Field(description="Most it could add to the short weeks; null: it has no calendar")


class LinePoolOut(Answer):
    """The best pool for one line."""

    line: UUID
    concept: ConceptMark | None
    unit: str
    covered: bool
    wanted: AnyQuantity
    planned: AnyQuantity
    percent: float = Field(description="0 to 100, rounded down to hundredths")
    coverage: list[PoolWeek]
    suppliers: list[PoolShare] = Field(description="Largest share first")
    total_cost_vnd: int = Field(description="Of the suppliers whose price is known")
    cost_is_complete: bool = Field(description="False when some price must be asked for")
    shortfall: list[WeekShort] = Field(description="Weeks that are not covered, and by how much")
    reasons: list[PoolReason] = Field(description="Why it is not covered; empty when it is")
    would_help: list[PoolHelper]
    least_suppliers: int | None = Field(
        description="Where max_suppliers stands in the way: how many would cover as much as any number can"
    )
    candidates: int = Field(description="Listings that were weighed")
    optimal: bool = Field(description="Proven: nothing covers more, nor as much at less cost")
    gap_percent: float = Field(description="How far from the optimum it may at most be; 0 when optimal")


class NeedPool(Answer):
    """For each line the most coverage, then the least cost, then the fewest suppliers."""

    need: UUID
    lines: list[LinePoolOut]
    degraded: bool
