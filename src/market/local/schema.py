"""The command `market migrate`, and which revision it leads to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from market.config import Settings
from market.core.db import create_engine, create_sessions
from market.core.eras import begin_era
from market.local.program import LocalServiceError
from market.local.running import found_settings
from market.migrate import alembic_config, upgrade_database


def newest_revision(settings: Settings) -> str | None:
    """The revision that the migrations end in; None when there is none.

    Raises:
        ValueError: the settings name no database.
    """
    return ScriptDirectory.from_config(alembic_config(settings)).get_current_head()


async def current_revision(settings: Settings) -> str | None:
    """The revision that the database is at; None when it holds no market.

    Raises:
        OSError: it does not answer.
    """
    engine = create_engine(settings.sqlalchemy_url(), pool_size=1)
    try:
        async with engine.connect() as connection:
            if not await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
                return None
            revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision
    finally:
        await engine.dispose()


def require_not_behind(settings: Settings, revision: str) -> None:
    """Refuse to pretend that the database was brought back to an older schema: that would lose rows.

    Raises:
        LocalServiceError: it is further than that, or there is no such revision.
    """
    scripts = ScriptDirectory.from_config(alembic_config(settings))
    present = asyncio.run(current_revision(settings))
    try:
        wanted = scripts.get_revision(revision)
        before = {script.revision for script in scripts.iterate_revisions(present, "base")} if present else set()
    except CommandError as error:
        raise LocalServiceError(f"{error}; the newest is {scripts.get_current_head()}") from error
    if wanted is not None and wanted.revision in before - {present}:
        raise LocalServiceError(
            f"the database is at {present}, further than {wanted.revision}: going back would lose rows. "
            "Restore a backup of before the upgrade (`market restore`) and run the older version on it"
        )


def migrate(
    *,
    revision: Annotated[str, typer.Option(help="How far to go.")] = "head",
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up`.")] = None,
) -> None:
    """Bring the database of MARKET_DATABASE_URL, or of a running `market up`, to the newest schema.

    Several at once do it once. A revision older than the database's is refused.
    """
    settings = found_settings(data_dir)
    require_not_behind(settings, revision)
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
