"""A backup: one directory with everything that a market is made of, taken while it runs.

The database is dumped first and the files are copied after it: files are never changed and only swept away long after
nobody names them, so that every file the dump names is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from market.attachments.files import blobs_of
from market.config import Settings
from market.core.blobs import blobs_in, get_blob
from market.local.postgres import binary
from market.local.program import LocalServiceError
from market.local.sealing import seal
from market.local.secrets import private_directory, write_private

FORMAT = 1
DUMP, BLOBS, TEMPLATES, SEALED, MANIFEST = "database.dump", "blobs", "templates", "secrets.sealed", "manifest.json"
STEP = 1024 * 1024


class BadBackup(LocalServiceError):
    """The directory is no whole backup of a version that this program reads; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup consists of. Written last: a directory without one is a backup cut short."""

    format: int
    taken_at: str
    """RFC 3339, UTC; what was committed before it is in the backup."""
    revision: str
    """Of the schema."""
    files: dict[str, tuple[int, str]]
    """Bytes and SHA-256 by path."""


async def write_backup(settings: Settings, directory: Path, *, passphrase: str) -> Manifest:
    """Write a backup into a directory that is not there yet, or is empty.

    Raises:
        LocalServiceError: the directory is not empty, the database cannot be dumped, the passphrase is too short.
        Unavailable, BlobDamaged: a file cannot be read.
    """
    if settings.database_url is None or settings.secret_key is None:
        raise LocalServiceError("no running market was found: set MARKET_DATABASE_URL and MARKET_SECRET_KEY")
    _require_new(directory)
    sealed = seal(json.dumps({"secret_key": settings.secret_key.get_secret_value()}).encode(), passphrase)
    private_directory(directory)
    taken_at = datetime.now(UTC).isoformat()
    url = settings.database_url.get_secret_value()
    revision = await _revision(url)
    run_tool("pg_dump", url, "--format=custom", "--compress=1", "--no-owner", f"--file={directory / DUMP}")
    await _copy_blobs(settings, directory / BLOBS)
    if (own := settings.data_dir / TEMPLATES).is_dir():
        shutil.copytree(own, directory / TEMPLATES)
    (directory / SEALED).write_bytes(sealed)
    files = {str(path.relative_to(directory)): measured(path) for path in files_in(directory)}
    manifest = Manifest(format=FORMAT, taken_at=taken_at, revision=revision, files=files)
    write_private(directory / MANIFEST, json.dumps(asdict(manifest), indent=1) + "\n")
    return manifest


def _require_new(directory: Path) -> None:
    if directory.exists() and any(directory.iterdir()):
        raise LocalServiceError(f"{directory} is not empty: name a new directory")


async def _revision(url: str) -> str:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        return str(await connection.fetchval("SELECT version_num FROM alembic_version"))
    finally:
        await connection.close()


async def _copy_blobs(settings: Settings, into: Path) -> None:
    store = blobs_of(settings)
    async for page in blobs_in(store):
        for kept in page:
            place = into / kept.sha256[:2] / kept.sha256
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(await get_blob(store, kept.sha256))


def read_manifest(directory: Path) -> Manifest:
    """The manifest, after every file was held against it.

    Raises:
        BadBackup: it is missing or of another format, or a file is missing or altered.
    """
    try:
        manifest = Manifest(**json.loads((directory / MANIFEST).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BadBackup(f"{directory} has no {MANIFEST}: it is no backup, or one that was cut short") from None
    except (ValueError, TypeError):
        raise BadBackup(f"{directory / MANIFEST} cannot be read: take another backup") from None
    if manifest.format != FORMAT:
        raise BadBackup(f"the backup has format {manifest.format}, this program reads {FORMAT}: use its own version")
    wrong = [
        name
        for name, kept in manifest.files.items()
        if not (directory / name).is_file() or measured(directory / name) != tuple(kept)
    ]
    if wrong:
        raise BadBackup(f"missing or altered in {directory}: {', '.join(wrong[:5])}; use another backup")
    return manifest


def files_in(directory: Path) -> Iterator[Path]:
    """Every file below a directory, in order."""
    return (path for path in sorted(directory.rglob("*")) if path.is_file())


def measured(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while part := file.read(STEP):
            digest.update(part)
            size += len(part)
    return size, digest.hexdigest()


def run_tool(name: str, url: str, *arguments: str) -> None:
    """Run a program of PostgreSQL against a database: the wheel's, or this machine's where there is no wheel.

    Raises:
        LocalServiceError: there is none, or it failed; with what it said.
    """
    parts = urlsplit(url)
    given = {
        "PGHOST": parts.hostname or "127.0.0.1",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }
    done = subprocess.run(
        [_tool(name), *arguments], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise LocalServiceError(f"{name} failed: {done.stderr.strip()[-2000:]}")


def _tool(name: str) -> str:
    try:
        return str(binary(name))
    except LocalServiceError:
        found = shutil.which(name)
        if found is None:
            raise LocalServiceError(
                f"no {name} here: install PostgreSQL's client programs, or the extra `local`"
            ) from None
        return found
