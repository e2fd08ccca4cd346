"""`market user`."""

from __future__ import annotations

from market.accounts.commands import user_commands
from market.local.running import found_settings

commands = user_commands(found_settings)
