"""A market made of a backup, in an empty place, and looked at before anybody is told that it is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.agreements.history.audit import verify
from market.attachments.files import blobs_of
from market.config import Settings
from market.core.blobs import put_blob
from market.core.db import create_engine, create_sessions
from market.core.eras import begin_era
from market.engine.gateway import Engine
from market.indexes import INDEXES
from market.local.backup import BLOBS, DUMP, SEALED, TEMPLATES, Manifest, files_in, read_manifest, run_tool
from market.local.meilisearch import find_engine, start_meilisearch
from market.local.postgres import start_postgres
from market.local.program import LocalServiceError
from market.local.running import held_directory
from market.local.sealing import unseal
from market.local.secrets import SECRETS_FILE, private_directory, write_private
from market.migrate import upgrade_database
from market.reference.types import known_catalogue
from market.search.index import read_settings
from market.search.rebuild import rebuild_index
from market.search.status import search_status

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What is there now."""

    taken_at: str
    links: int
    """Of the hash chain; all of them hold."""
    documents: int | None
    """Found again by searches; None without an engine, whose indexes the worker builds at its start."""
    era: int


async def restore_backup(settings: Settings, directory: Path, *, passphrase: str, say: Say) -> Restored:
    """Restore into the empty database of MARKET_DATABASE_URL, or into a new data directory for `market up`.

    Raises:
        BadBackup: the backup is not whole, or of another format.
        WrongPassphrase
        LocalServiceError: the place is not empty, or what was restored is not what was recorded.
    """
    manifest = await asyncio.to_thread(read_manifest, directory)
    secret_key = json.loads(unseal((directory / SEALED).read_bytes(), passphrase))["secret_key"]
    data_dir = private_directory(settings.data_dir.absolute())
    settings = settings.model_copy(update={"data_dir": data_dir, "secret_key": SecretStr(secret_key)})
    require_empty(settings)
    with held_directory(data_dir):
        async with _database(settings) as url, _engine(settings, say) as engine:
            whole = settings.model_copy(update={"database_url": SecretStr(url)})
            return await _restored(whole, directory, manifest, engine=engine, say=say)


def require_empty(settings: Settings) -> None:
    """Raises:
    LocalServiceError: the data directory holds (a part of) a market.
    """
    for name in ("postgres", "meilisearch", "blobs", SECRETS_FILE):
        if (settings.data_dir / name).exists():
            raise LocalServiceError(f"{settings.data_dir} holds a market ({name}): restore into an empty directory")


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[str]:
    if settings.database_url is None:
        server = await asyncio.to_thread(start_postgres, settings.data_dir / "postgres")
        try:
            yield server.url()
        finally:
            await asyncio.to_thread(server.stop)
        return
    url = settings.database_url.get_secret_value()
    connection = await asyncpg.connect(url, timeout=5)
    try:
        tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    if tables:
        raise LocalServiceError(f"the database is not empty ({tables} tables): restore into a new one")
    yield url


@asynccontextmanager
async def _engine(settings: Settings, say: Say) -> AsyncIterator[Engine | None]:
    source = find_engine(settings)
    if source is None:
        say("No search engine here; the worker builds the indexes when it finds one.")
        yield None
        return
    if source.binary is None:
        key = settings.meili_key.get_secret_value() if settings.meili_key else None
        engine = Engine(source.url or "", key=key, prefix=settings.meili_index_prefix)
        server = None
    else:
        server = await asyncio.to_thread(start_meilisearch, settings.data_dir / "meilisearch", source.binary)
        engine = Engine(server.url, key=server.key, prefix=settings.meili_index_prefix)
    try:
        yield engine
    finally:
        await engine.close()
        if server is not None:
            await asyncio.to_thread(server.stop)


async def _restored(
    settings: Settings, directory: Path, manifest: Manifest, *, engine: Engine | None, say: Say
) -> Restored:
    say(f"Restoring the database of {manifest.taken_at}.")
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    name = url.rpartition("/")[2]
    options = ("--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", f"--dbname={name}")
    await asyncio.to_thread(run_tool, "pg_restore", url, *options, str(directory / DUMP))
    await asyncio.to_thread(upgrade_database, settings)
    await _files_back(settings, directory)
    database = create_engine(settings.sqlalchemy_url(), pool_size=3)
    sessions = create_sessions(database)
    try:
        async with sessions.begin() as session:
            era = await begin_era(session)
        say("Verifying the history of agreements.")
        async with sessions() as session:
            audit = await verify(session)
            await known_catalogue(session)
        if audit.finding is not None:
            raise LocalServiceError(f"the restored history is not what was recorded: {audit.finding.sentence}")
        documents = await _indexed(settings, engine, sessions, say) if engine is not None else None
        return Restored(manifest.taken_at, audit.links, documents, era)
    finally:
        await database.dispose()


async def _files_back(settings: Settings, directory: Path) -> None:
    """Blobs, templates, and the secret key where `market up` keeps it."""
    store = blobs_of(settings)
    for path in files_in(directory / BLOBS) if (directory / BLOBS).is_dir() else ():
        await put_blob(store, path.read_bytes())
    for path in files_in(directory / TEMPLATES) if (directory / TEMPLATES).is_dir() else ():
        place = settings.data_dir / TEMPLATES / path.relative_to(directory / TEMPLATES)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())
    kept = settings.data_dir / SECRETS_FILE
    secrets = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if settings.secret_key is not None:
        secrets["secret_key"] = settings.secret_key.get_secret_value()
    write_private(kept, json.dumps(secrets, indent=2) + "\n")


async def _indexed(settings: Settings, engine: Engine, sessions: async_sessionmaker[AsyncSession], say: Say) -> int:
    """Build every index, and compare every document with its row."""
    for index in INDEXES:
        say(f"Building the index of {index.name}.")
        wanted = read_settings(settings.search_dir, index.name)
        await rebuild_index(engine, sessions, index, settings=wanted)
    status = await search_status(engine, sessions, INDEXES)
    if not status.true:
        raise LocalServiceError("the new indexes are not what the rows say: run `market search status`")
    return sum(index.indexed or 0 for index in status.indexes)
