"""Offers and demands for tests that need no rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from market.listings.facts import Window
from market.matching.facts import CertificateFacts, Demand, Offer
from market.matching.score import Judgement, judge
from market.reference.catalogue import Catalogue

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)

VIETGAP = CertificateFacts("vietgap", None, date(2025, 1, 1), date(2027, 12, 31), ("dragon-fruit",))

OFFER = Offer(
    listing_id=UUID(int=1),
    organization_id=UUID(int=11),
    organization_active=True,
    concept="dragon-fruit-red",
    unit="KGM",
    price_vnd=28000,
    moq=Decimal(200),
    province=("82", "2025"),
    windows=(Window(date(2026, 12, 1), date(2027, 2, 28), Decimal(5000), "week"),),
    certificates=(VIETGAP,),
    updated_at=NOW,
)
DEMAND = Demand(
    need_id=UUID(int=2),
    line_id=UUID(int=3),
    organization_id=UUID(int=12),
    organization_active=True,
    concept="dragon-fruit-red",
    unit="KGM",
    quantity=Decimal(500),
    per="day",
    weekdays=(1, 2, 3, 4, 5, 6),
    starts_on=date(2026, 12, 1),
    ends_on=date(2027, 2, 28),
    required=("vietgap",),
    preferred=("ocop:4",),
    price_ceiling_vnd=32000,
    province=("79", "2025"),
)


def offer(**changes: Any) -> Offer:
    return replace(OFFER, **changes)


def demand(**changes: Any) -> Demand:
    return replace(DEMAND, **changes)


def judged(offer: Offer, demand: Demand, catalogue: Catalogue) -> Judgement:
    return judge(offer, demand, catalogue=catalogue, now=NOW, today=TODAY)
