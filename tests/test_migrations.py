"""The migrations make the tables that the code declares, and can be undone to the last."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from alembic import command
from pydantic import SecretStr

from market.config import Settings
from market.core.sealing import unseal
from market.migrate import alembic_config, downgrade_database, upgrade_database
from tests.services import Services

KEY = "a key of thirty-two letters or more"
WEBHOOK = UUID("0192f8c5-7c2e-7a52-8f9b-3f0e5d0c8a01")


def _up_down_up(settings: Settings) -> None:
    upgrade_database(settings)
    command.check(alembic_config(settings))
    downgrade_database(settings, "base")
    upgrade_database(settings)


@asynccontextmanager
async def empty_database(services: Services) -> AsyncIterator[Settings]:
    """Settings of a database that holds nothing yet."""
    name = f"migrated_{secrets.token_hex(4)}"
    server = await asyncpg.connect(services.database_url)
    await server.execute(f"CREATE DATABASE {name}")
    try:
        yield Settings(database_url=SecretStr(services.database(name)), secret_key=SecretStr(KEY))
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


async def test_migrations_go_up_down_and_up_and_leave_nothing_undeclared(services: Services) -> None:
    async with empty_database(services) as settings:
        await asyncio.to_thread(_up_down_up, settings)


async def test_secrets_of_webhooks_are_sealed_and_opened_again(services: Services) -> None:
    async with empty_database(services) as settings:
        await asyncio.to_thread(upgrade_database, settings, "0190")
        assert settings.database_url is not None
        database = await asyncpg.connect(settings.database_url.get_secret_value())
        await database.execute("SET session_replication_role = replica")
        await database.execute(
            "INSERT INTO webhook (id, organization_id, url, event_types, body, status, secret) "
            "VALUES ($1, $1, 'https://htx.example', '{}', 'thin', 'active', $2)",
            WEBHOOK,
            "whsec_cGxhaW4=",
        )
        await asyncio.to_thread(upgrade_database, settings)
        assert (sealed := await database.fetchrow("SELECT secret, previous_secret FROM webhook")) is not None
        assert unseal(KEY, sealed["secret"], purpose=f"webhook {WEBHOOK}") == b"whsec_cGxhaW4="
        assert sealed["previous_secret"] is None
        await asyncio.to_thread(downgrade_database, settings, "0190")
        assert await database.fetchval("SELECT secret FROM webhook") == "whsec_cGxhaW4="
        await database.close()


async def test_files_of_lots_go_with_them_and_others_stay(services: Services) -> None:
    kept = (
        "INSERT INTO attachment (subject, subject_id, kind, sha256, size, content_type, file_name) "
        "VALUES ($1, $2, 'evidence', $3, 1, 'application/pdf', 'a.pdf')"
    )
    async with empty_database(services) as settings:
        await asyncio.to_thread(upgrade_database, settings, "0270")
        assert settings.database_url is not None
        database = await asyncpg.connect(settings.database_url.get_secret_value())
        for subject in ("lot", "certificate"):
            await database.execute(kept, subject, WEBHOOK, "0" * 64)
        await asyncio.to_thread(downgrade_database, settings, "0260")
        left = await database.fetch("SELECT subject FROM attachment")
        await database.close()
    assert [row["subject"] for row in left] == ["certificate"]
