"""`market audit`."""

from __future__ import annotations

from market.agreements.history.commands import audit_commands
from market.local.running import found_settings

commands = audit_commands(found_settings)
