"""All search indexes, and `market search` over them."""

from __future__ import annotations

from market.listings.document import INDEX as LISTINGS
from market.local.running import found_settings
from market.needs.document import INDEX as NEEDS
from market.search.commands import search_commands

INDEXES = (LISTINGS, NEEDS)

commands = search_commands(INDEXES, found_settings)
