"""The database's schema: bring it to the newest migration, or say how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from market.config import PROJECT_ROOT, Settings
from market.local.running import found_settings


def migration_config(settings: Settings) -> Config:
    """Alembic's configuration (pyproject.toml), with the settings in `attributes["settings"]` for `env.py`."""
    config = Config(toml_file=PROJECT_ROOT / "pyproject.toml")
    config.attributes["settings"] = settings
    return config


def upgrade_database(settings: Settings, *, revision: str = "head") -> None:
    """Run every migration up to `revision`. Not from within an event loop: `env.py` runs its own."""
    command.upgrade(migration_config(settings), revision)


def newest_revision(settings: Settings) -> str | None:
    """The revision that `migrations/` ends in; None when there is none yet."""
    return ScriptDirectory.from_config(migration_config(settings)).get_current_head()


def migrate(
    *,
    revision: Annotated[str, typer.Option(help="How far to go.")] = "head",
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up`.")] = None,
) -> None:
    """Bring the database of MARKET_DATABASE_URL, or of a running `market up`, to the newest schema."""
    settings = found_settings(data_dir)
    upgrade_database(settings, revision=revision)
    typer.echo(f"The database is at revision {newest_revision(settings) if revision == 'head' else revision}.")
