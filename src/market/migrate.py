"""Brings the database to the newest revision, from the command line or from `market up`."""

from __future__ import annotations

from alembic import command
from alembic.config import Config

from market.config import Settings


def alembic_config(settings: Settings) -> Config:
    """Alembic's configuration for this database, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(settings.migrations_dir))
    config.attributes["database_url"] = settings.sqlalchemy_url()
    return config


def upgrade_database(settings: Settings, revision: str = "head") -> None:
    """Apply the migrations up to `revision`; does nothing when they are applied."""
    command.upgrade(alembic_config(settings), revision)


def downgrade_database(settings: Settings, revision: str) -> None:
    """Undo the migrations down to `revision` (`base` undoes all)."""
    command.downgrade(alembic_config(settings), revision)
