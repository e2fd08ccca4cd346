"""What is compared: the facts of an offer and of one line of a need. Plain values, no rows.

The database sends them as JSON lists with the fields in this order; `queries.py` writes those lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

import msgspec

from market.listings.facts import Window, free_capacity, known_price, weekly_capacity
from market.reference.cadence import Cadence, Per
from market.reference.records import CommuneVersion, Version


class CertificateFacts(msgspec.Struct, frozen=True, array_like=True):
    """A verified, unrecalled certificate of an offer."""

    scheme: str
    level: int | None
    issued_on: date
    expires_on: date | None
    scope_concepts: tuple[str, ...]
    scope_area: str | None = None


class PriceTier(msgspec.Struct, frozen=True, order=True):
    """Đồng for a unit, from a quantity of an order on."""

    min_quantity: Decimal
    price_vnd: int


class Offer(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """A listing as matching sees it."""

    listing_id: UUID
    organization_id: UUID
    organization_active: bool
    concept: str
    """Empty for an open name, which fits only by its words and until somebody confirms it."""
    unit: str
    price_vnd: int | None
    moq: Decimal | None
    province: tuple[str, Version]
    windows: tuple[Window, ...]
    certificates: tuple[CertificateFacts, ...]
    updated_at: datetime
    growing_area: str | None = None
    lines_met: int = 0
    lines_due: int = 0
    reserved: Mapping[int, Decimal] = msgspec.field(default_factory=dict)
    """What of each ISO week is promised to others already, in the offer's unit."""
    price_tiers: tuple[PriceTier, ...] = ()
    title: str = ""
    category: str = ""
    variety: str | None = None
    may_be: tuple[str, ...] = ()
    """What an open name may mean."""
    commune: tuple[str | None, CommuneVersion | None] = (None, None)
    waiting: tuple[CertificateFacts, ...] = ()
    """Certificates that nobody has verified (yet, or again): they count for nothing, and are not missing either."""
    price_until: date | None = None
    kg_each: Decimal | None = None
    """What one unit weighs, as the seller says."""
    grade: str | None = None
    size: str | None = None
    packaging: str | None = None

    @property
    def price(self) -> int | None:
        """Đồng for one unit today; None where it must be asked for: none given, 0, or past its last day."""
        return known_price(self)

    @cached_property
    def weekly(self) -> Mapping[int, Decimal]:
        """What is still free in each ISO week, in the offer's unit; weeks without goods are left out."""
        return free_capacity(self.capacity, self.reserved)

    @property
    def capacity(self) -> Mapping[int, Decimal]:
        """What can be had in each ISO week, promised or not, in the offer's unit."""
        return weekly_capacity(self.windows)


class Demand(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """One line of a need as matching sees it."""

    need_id: UUID
    line_id: UUID
    organization_id: UUID
    organization_active: bool
    concept: str
    """Empty for an open name, as that of an offer."""
    unit: str
    quantity: Decimal
    per: Per
    weekdays: tuple[int, ...]
    starts_on: date
    ends_on: date
    required: tuple[str, ...]
    preferred: tuple[str, ...]
    price_ceiling_vnd: int | None
    province: tuple[str, Version]
    accepted: tuple[str, ...] = ()
    """Every concept that will do, the asked for one first."""
    name: str | None = None
    category: str = ""
    kg_each: Decimal | None = None
    """What one unit weighs, as the buyer says."""
    grade: str | None = None
    size: str | None = None
    packaging: str | None = None

    @cached_property
    def weekly(self) -> Mapping[int, Decimal]:
        """What is wanted in each ISO week, in the line's unit."""
        wanted = Cadence.of(self.quantity, self.per, start=self.starts_on, end=self.ends_on, weekdays=self.weekdays)
        return wanted.weekly()
