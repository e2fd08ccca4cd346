"""`market import`."""

from __future__ import annotations

from market.imports.commands import import_commands
from market.local.running import found_settings

commands = import_commands(found_settings)
