"""Commands of rooms that know of no `market up`, given the settings of the one that runs."""

from __future__ import annotations

from market.accounts.commands import user_commands
from market.agreements.commands import audit_commands
from market.imports.commands import import_commands
from market.local.running import found_settings

imports = import_commands(found_settings)
users = user_commands(found_settings)
audit = audit_commands(found_settings)
