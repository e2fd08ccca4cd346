"""Every kind of import by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from market.imports.kinds.agreements import AGREEMENTS
from market.imports.kinds.kind import Kind
from market.imports.kinds.listings import LISTINGS
from market.imports.kinds.lots import LOTS
from market.imports.kinds.needs import NEEDS
from market.imports.kinds.prices import PRICES
from market.imports.kinds.registrations import DELEGATES, REGISTRATIONS

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (LISTINGS, NEEDS, REGISTRATIONS, DELEGATES, AGREEMENTS, PRICES, LOTS)}
)
