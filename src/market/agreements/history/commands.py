"""`market audit`: whether the history of agreements is what was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.anchors.files import Anchor, UnreadableAnchor
from market.agreements.anchors.holding import hold
from market.agreements.anchors.publishing import AnchorSettings, HistoryRewritten, publish
from market.agreements.history.audit import Audit
from market.agreements.history.together import still, verify_together
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
        anchor: Annotated[
            Path | None, typer.Option(help="A signed head of the history, or a directory of them.")
        ] = None,
        key: Annotated[str | None, typer.Option(help="Fingerprint of the key that must have signed them.")] = None,
        data_dir: DataDir = None,
    ) -> None:
        """Walk the log, contents, ledger, chain and agreements; name the first row altered, missing or put in.

        Exit code 0 only when all of it is what was recorded.
        """
        try:
            found = asyncio.run(_verify(settings(data_dir), known=known, anchor=anchor, key=key))
        except UnreadableAnchor as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from error
        typer.echo(msgspec.json.encode(asdict(found)) if as_json else told(found))
        raise typer.Exit(1 if found.finding else 0)

    @app.command()
    def anchor(data_dir: DataDir = None) -> None:
        """Sign the head of the history now and write it, as the worker does each day; once a day."""
        try:
            made = asyncio.run(_publish(settings(data_dir)))
        except HistoryRewritten as error:
            typer.echo(f"NOT signed: {error}.", err=True)
            raise typer.Exit(1) from error
        typer.echo(f"{made.anchor.head.links} links, signed." if made else "Today has its anchor.")

    return app


async def _publish(settings: Settings) -> Anchor | None:
    directory, key_file = settings.anchors()
    anchors = AnchorSettings(directory=directory, key_file=key_file, market=settings.reached_at())
    engine = create_engine(settings.sqlalchemy_url(), pool_size=1)
    try:
        async with AsyncSession(engine) as session:
            return await publish(session, anchors)
    finally:
        await engine.dispose()


def told(audit: Audit) -> str:
    """The audit in sentences."""
    sentences = [f"{audit.links} links hold; the newest has the hash {audit.head}."]
    if audit.anchors:
        sentences.append(f"{audit.anchors} anchors of the key {audit.anchor_key} hold.")
    if audit.pending:
        sentences.append(f"{audit.pending} entries of the log are still to be followed; the worker does that.")
    if audit.finding:
        sentences.append(f"NOT what was recorded: {audit.finding.sentence}.")
    else:
        sentences.append("Every agreement, version, delivery and log entry is what was recorded.")
    return "\n".join(sentences)


async def _verify(settings: Settings, *, known: str | None, anchor: Path | None, key: str | None) -> Audit:
    url = settings.sqlalchemy_url()
    async with still(url) as session:
        audit = await verify_together(session, url, known=known)
        if anchor is None:
            return audit
        held = await hold(session, anchor, key=key)
        return replace(audit, anchors=held.anchors, anchor_key=held.key, finding=held.finding or audit.finding)
