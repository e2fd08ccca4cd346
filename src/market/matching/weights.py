"""Every number that decides how well an offer fits, in one readable place.

The weights of the parts add up to 1. They are the house's judgement, not measured; a change here changes every
score, so it is a release note.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

Part = Literal["coverage", "price", "concept", "certificates", "distance", "record", "freshness"]

WEIGHTS: Mapping[Part, float] = {
    "coverage": 0.30,
    "price": 0.20,
    "concept": 0.15,
    "certificates": 0.10,
    "distance": 0.10,
    "record": 0.10,
    "freshness": 0.05,
}

CEILING_BAND = Decimal("1.10")
"""An offer up to a tenth above the ceiling still meets the buyer: prices are talked about."""
GOOD_PRICE = 0.80
"""At this share of the ceiling or below, the price could not be better."""
UNKNOWN = 0.5
"""The value of a part about which nobody has said anything: neither for nor against."""

NARROWER_STEP = 0.1
"""What each step from the wanted goods to narrower ones costs in closeness."""

FARTHEST_KM = 1800.0
"""From Cà Mau to Hà Giang; beyond it distance counts no more."""
KM_A_DAY = 600.0
"""A lorry with fresh goods, loading included."""
TET_EXTRA_DAYS = 2
"""Lorries are late and booked up around the lunar new year."""
TET_PEAK_DAYS_BEFORE, TET_PEAK_DAYS_AFTER = 21, 7

RECORD_PRIOR_MET, RECORD_PRIOR_DUE = 4.0, 5.0
"""A newcomer starts as if four of five deliveries had been kept; real ones soon outweigh that."""

FRESH_DAYS, STALE_DAYS = 14, 180
"""An offer younger than the first counts in full, older than the second not at all."""
