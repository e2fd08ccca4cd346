"""The command `market migrate`, and which revision it leads to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from alembic.script import ScriptDirectory

from market.config import Settings
from market.core.db import create_engine, create_sessions
from market.core.eras import begin_era
from market.local.running import found_settings
from market.migrate import alembic_config, upgrade_database


def newest_revision(settings: Settings) -> str | None:
    """The revision that the migrations end in; None when there is none.

    Raises:
        ValueError: the settings name no database.
    """
    return ScriptDirectory.from_config(alembic_config(settings)).get_current_head()


def migrate(
    *,
    revision: Annotated[str, typer.Option(help="How far to go.")] = "head",
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up`.")] = None,
) -> None:
    """Bring the database of MARKET_DATABASE_URL, or of a running `market up`, to the newest schema."""
    settings = found_settings(data_dir)
    upgrade_database(settings, revision)
    typer.echo(f"The database is at revision {newest_revision(settings) if revision == 'head' else revision}.")


def new_era(
    *,
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up`.")] = None,
) -> None:
    """Tell a database that was restored from another cluster that it lives here now; `market restore` does it itself.

    Stop the API and the worker first.
    """
    number = asyncio.run(_begin_era(found_settings(data_dir)))
    typer.echo(f"Era {number} has begun; cursors of the feed given before are answered with 410.")


async def _begin_era(settings: Settings) -> int:
    engine = create_engine(settings.sqlalchemy_url(), pool_size=1)
    try:
        async with create_sessions(engine).begin() as session:
            return await begin_era(session)
    finally:
        await engine.dispose()
