"""The commands `market backup` and `market restore`."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from market.config import Settings
from market.local.backup import MANIFEST, write_backup
from market.local.restore import restore_backup
from market.local.running import found_settings
from market.local.sealing import read_passphrase

NAMED_BY = "%Y-%m-%dT%H%M%SZ"
BY_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")

Passphrase = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Its first line seals the secrets [MARKET_BACKUP_PASSPHRASE].")
]


def backup(
    directory: Annotated[Path, typer.Argument(help="A new directory; with --keep the one that holds all of them.")],
    *,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Name it by the time, below DIRECTORY, and remove all but the newest N.")
    ] = None,
    passphrase_file: Passphrase = None,
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up`.")] = None,
) -> None:
    """Write database, files, templates and sealed secrets into a directory, while the market runs.

    With --keep it is what a timer calls: an old backup goes only when the new one is whole.
    """
    began = time.monotonic()
    holder, directory = directory, directory / f"{datetime.now(UTC):{NAMED_BY}}" if keep else directory
    settings = found_settings(data_dir)
    manifest = asyncio.run(write_backup(settings, directory, passphrase=read_passphrase(passphrase_file)))
    size = sum(size for size, _ in manifest.files.values())
    typer.echo(
        f"{directory}: {len(manifest.files)} files, {size / 1e6:.1f} MB, everything committed before "
        f"{manifest.taken_at}, in {time.monotonic() - began:.1f} s. Keep the passphrase elsewhere."
    )
    for old in old_backups(holder, keep) if keep else ():
        shutil.rmtree(old)
        typer.echo(f"Removed {old}.")


def old_backups(holder: Path, keep: int) -> list[Path]:
    """All but the newest whole backups, and those cut short before them; nothing else that lies there."""
    named = sorted(path for path in holder.iterdir() if path.is_dir() and BY_TIME.fullmatch(path.name))
    whole = [path for path in named if (path / MANIFEST).is_file()]
    return [path for path in named if len(whole) >= keep and path < whole[-keep]]


def restore(
    directory: Annotated[Path, typer.Argument(help="What `market backup` wrote.")],
    *,
    passphrase_file: Passphrase = None,
    data_dir: Annotated[Path | None, typer.Option(help="An empty directory for `market up` [MARKET_DATA_DIR].")] = None,
) -> None:
    """Make a market of a backup in an empty place (directory, or MARKET_DATABASE_URL), and verify it."""
    began = time.monotonic()
    settings = Settings() if data_dir is None else Settings(data_dir=data_dir)
    passphrase = read_passphrase(passphrase_file)
    done = asyncio.run(restore_backup(settings, directory, passphrase=passphrase, say=typer.echo))
    found = "indexes to be built by the worker" if done.documents is None else f"{done.documents} documents found again"
    typer.echo(
        f"Restored to {done.taken_at} in {time.monotonic() - began:.1f} s: {done.links} links of the history hold, "
        f"{found}; era {done.era} has begun. Start it with `market up --data-dir {settings.data_dir}`."
    )
