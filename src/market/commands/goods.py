"""`market goods`."""

from __future__ import annotations

from market.local.running import found_settings
from market.naming.commands import goods_commands

commands = goods_commands(found_settings)
