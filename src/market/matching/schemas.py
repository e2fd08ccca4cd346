"""What the matching routes take and give."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from market.core.schemas import Answer, Schema
from market.listings.schemas import ListingCard
from market.matching.gates import GateName
from market.matching.weights import Part
from market.needs.schemas import NeedOut


class MatchQuery(Schema):
    limit: int = Field(default=20, ge=1, le=100, description="Matches, and as many near misses again")
    near_misses: bool = Field(default=True, description="Also what only one gate holds back")


# Typed dictionaries, because an answer holds hundreds of each: models take ten times as long to make.


class GateOut(TypedDict):
    name: GateName
    passed: bool
    why: str


class PartOut(TypedDict):
    name: Part
    value: Annotated[float, Field(description="0 to 1")]
    weight: float
    why: str


class WeekCovered(TypedDict):
    week: Annotated[str, Field(description="ISO week, such as 2026-W49")]
    percent: Annotated[float, Field(description="Of what the line wants, 0 to 100, rounded down to hundredths")]


class Match(Answer):
    """How well a pair fits, with every reason."""

    line: UUID = Field(description="The line of the need")
    score: float = Field(description="0 to 1; of a near miss: what it would be")
    gates: list[GateOut]
    parts: list[PartOut]
    near_miss_of: list[GateName] = Field(description="The one gate that holds it back; empty for a match")
    coverage_weeks: list[WeekCovered] = Field(description="How far the listing alone covers each week of the line")


class ListingMatch(Match):
    listing: ListingCard


class NeedMatch(Match):
    need: NeedOut


class ListingMatches(Answer):
    """Matches best first, then near misses best first."""

    items: list[ListingMatch]
    total: int = Field(description="Matches there are, near misses apart")
    degraded: bool


class NeedMatches(Answer):
    """Matches best first, then near misses best first."""

    items: list[NeedMatch]
    total: int = Field(description="Matches there are, near misses apart")
    degraded: bool
