"""The migrations make the tables that the code declares, and can be undone to the last."""

from __future__ import annotations

import asyncio
import secrets

import asyncpg
from alembic import command
from pydantic import SecretStr

from market.config import Settings
from market.migrate import alembic_config, downgrade_database, upgrade_database
from tests.services import Services


def _up_down_up(settings: Settings) -> None:
    upgrade_database(settings)
    command.check(alembic_config(settings))
    downgrade_database(settings, "base")
    upgrade_database(settings)


async def test_migrations_go_up_down_and_up_and_leave_nothing_undeclared(services: Services) -> None:
    name = f"migrated_{secrets.token_hex(4)}"
    server = await asyncpg.connect(services.database_url)
    await server.execute(f"CREATE DATABASE {name}")
    try:
        await asyncio.to_thread(_up_down_up, Settings(database_url=SecretStr(services.database(name))))
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()
