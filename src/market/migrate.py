"""Brings the database to the newest revision, from the command line or from `market up`."""

from __future__ import annotations

import asyncio

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from market.config import Settings
from market.core.db import create_engine
from market.core.roles import READER, WRITER

LOCK = "SELECT pg_advisory_lock(hashtextextended('market migrate', 0))"
"""Held by whoever changes the schema or its rights, until the connection ends."""


def alembic_config(settings: Settings) -> Config:
    """Alembic's configuration for this database, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(settings.migrations_dir))
    config.attributes["database_url"] = settings.sqlalchemy_url()
    config.attributes["secret_key"] = settings.secret_key
    return config


def upgrade_database(settings: Settings, revision: str = "head") -> None:
    """Apply the migrations up to `revision`, and let the roles of the database do in new tables what they should.

    Does nothing when all of it is done.
    """
    command.upgrade(alembic_config(settings), revision)
    asyncio.run(grant_roles(settings))


def downgrade_database(settings: Settings, revision: str) -> None:
    """Undo the migrations down to `revision` (`base` undoes all)."""
    command.downgrade(alembic_config(settings), revision)


LOGIN = """
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', CAST(:role AS text), CAST(:password AS text))
FROM pg_roles WHERE rolname = :role
"""


async def grant_roles(settings: Settings) -> None:
    """Grant to writer and reader what migrations say (see 0130), and let those with a password in the settings log in.

    Runs as the owner of the tables, who needs the right to make roles only where a password is set.
    """
    passwords = {WRITER: settings.database_writer_password, READER: settings.database_reader_password}
    engine = create_engine(settings.sqlalchemy_url(), pool_size=1)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(LOCK.replace("advisory_lock", "advisory_xact_lock")))
            if not await connection.scalar(text("SELECT to_regproc('market_grant_roles') IS NOT NULL")):
                return
            await connection.execute(text("SELECT market_grant_roles()"))
            for role, password in passwords.items():
                if password is not None:
                    values = {"role": role, "password": password.get_secret_value()}
                    login = await connection.scalar(text(LOGIN), values)
                    await connection.exec_driver_sql(login)
    finally:
        await engine.dispose()
