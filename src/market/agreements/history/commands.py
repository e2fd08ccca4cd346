"""`market audit`: whether the history of agreements is what was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.audit import Audit
from market.agreements.history.audit import verify as verify_history
from market.config import Settings
from market.core.db import create_engine

DataDir = Annotated[Path | None, typer.Option(help="Directory of a running `market up` to belong to.")]


def audit_commands(settings: Callable[[Path | None], Settings]) -> typer.Typer:
    """The commands.

    Args:
        settings: gives the settings when a command runs, those of the `market up` running in a directory included.
    """
    app = typer.Typer(
        help="Whether the history of agreements is what was recorded.", no_args_is_help=True, add_completion=False
    )

    @app.callback()
    def several() -> None:
        """Whether the history of agreements is what was recorded."""

    @app.command()
    def verify(
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of sentences.")] = False,
        known: Annotated[str | None, typer.Option(help="Hash of a link that was written down earlier.")] = None,
        data_dir: DataDir = None,
    ) -> None:
        """Walk the log, contents, ledger, chain and agreements; name the first row altered, missing or put in.

        Exit code 0 only when all of it is what was recorded.
        """
        found = asyncio.run(_verify(settings(data_dir), known=known))
        typer.echo(msgspec.json.encode(asdict(found)) if as_json else told(found))
        raise typer.Exit(1 if found.finding else 0)

    return app


def told(audit: Audit) -> str:
    """The audit in sentences."""
    sentences = [f"{audit.links} links hold; the newest has the hash {audit.head}."]
    if audit.pending:
        sentences.append(f"{audit.pending} entries of the log are still to be followed; the worker does that.")
    if audit.finding:
        sentences.append(f"NOT what was recorded: {audit.finding.sentence}.")
    else:
        sentences.append("Every agreement, version, delivery and log entry is what was recorded.")
    return "\n".join(sentences)


async def _verify(settings: Settings, *, known: str | None) -> Audit:
    engine = create_engine(settings.sqlalchemy_url(), pool_size=1)
    try:
        async with engine.connect() as connection:
            still = await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            return await verify_history(AsyncSession(still), known=known)
    finally:
        await engine.dispose()
