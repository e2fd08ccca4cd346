"""The commands `market backup` and `market restore`."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from market.config import Settings
from market.local.backup import write_backup
from market.local.restore import restore_backup
from market.local.running import found_settings
from market.local.sealing import read_passphrase

Passphrase = Annotated[
    Path | None, typer.Option("--passphrase-file", help="Its first line seals the secrets [MARKET_BACKUP_PASSPHRASE].")
]


def backup(
    directory: Annotated[Path, typer.Argument(help="A new directory.")],
    *,
    passphrase_file: Passphrase = None,
    data_dir: Annotated[Path | None, typer.Option(help="Directory of a running `market up`.")] = None,
) -> None:
    """Write database, files, templates and sealed secrets into a directory, while the market runs."""
    began = time.monotonic()
    settings = found_settings(data_dir)
    manifest = asyncio.run(write_backup(settings, directory, passphrase=read_passphrase(passphrase_file)))
    size = sum(size for size, _ in manifest.files.values())
    typer.echo(
        f"{directory}: {len(manifest.files)} files, {size / 1e6:.1f} MB, everything committed before "
        f"{manifest.taken_at}, in {time.monotonic() - began:.1f} s. Keep the passphrase elsewhere."
    )


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
