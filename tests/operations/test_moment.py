"""The drill of `docs/operations.md` with the database's own programs: back to the moment before a mistake."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from datetime import datetime
from pathlib import Path

import asyncpg
from pydantic import SecretStr

from market.config import Settings
from market.local.backup import run_tool
from market.local.postgres import NOBODY, RunningPostgres, start_postgres
from tests.operations.standing import SECRET, ran

ARCHIVED = "SELECT last_archived_wal >= $1 FROM pg_stat_archiver"
TITLES = "SELECT array_agg(DISTINCT title) FROM listing"


def belongs_to_server(place: Path) -> None:
    """A root's server runs as nobody, and must own its files."""
    if os.geteuid() == 0:
        for path in (place, *place.rglob("*")):
            os.chown(path, *NOBODY)


def configured(cluster: Path, **settings: str) -> None:
    lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
    with (cluster / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.writelines(lines)


def archiving(directory: Path, archive: Path) -> RunningPostgres:
    """A new server that hands over each piece of its log."""
    start_postgres(directory).stop()
    archive.mkdir()
    belongs_to_server(archive)
    configured(directory / "cluster", archive_mode="on", archive_command=f"cp %p {archive}/%f", archive_timeout="60")
    return start_postgres(directory)


async def asked(url: str, statement: str, *values: object) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement, *values)
    finally:
        await connection.close()


async def everything_archived(url: str) -> None:
    last = await asked(url, "SELECT pg_walfile_name(pg_switch_wal())")
    deadline = time.monotonic() + 60
    while not await asked(url, ARCHIVED, last):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


def brought_back(base: Path, directory: Path, archive: Path, *, until: datetime) -> RunningPostgres:
    """A server made of a copy and the log after it, up to a moment."""
    target = {"recovery_target_time": until.isoformat(), "recovery_target_action": "promote"}
    configured(base, restore_command=f"cp {archive}/%f %p", archive_mode="off", **target)
    (base / "recovery.signal").touch()
    shutil.move(base, directory / "cluster")
    belongs_to_server(directory / "cluster")
    return start_postgres(directory)


def a_market_with_a_mistake(tmp_path: Path, archive: Path) -> tuple[datetime, object]:
    """Taken a copy of while empty, then lived in; the moment before the mistake, and the titles of then."""
    server = archiving(tmp_path / "old", archive)
    try:
        url = server.url()
        settings = Settings(data_dir=tmp_path / "data", database_url=SecretStr(url), secret_key=SECRET)
        filled = ran(settings, "market.local.contents")
        assert filled.returncode == 0, filled.stderr
        run_tool("pg_basebackup", url, f"--pgdata={tmp_path / 'base'}", "--wal-method=none", "--checkpoint=fast")
        seeded = ran(settings, "market", "seed", "synthetic", "--listings", "20", "--needs", "2", "--agreements", "2")
        assert seeded.returncode == 0, seeded.stderr
        moment = asyncio.run(asked(url, "SELECT clock_timestamp()"))
        titles = asyncio.run(asked(url, TITLES))
        asyncio.run(asked(url, "UPDATE listing SET title = 'mất hết' RETURNING 1"))
        asyncio.run(everything_archived(url))
    finally:
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server.stop()
    assert isinstance(moment, datetime)
    return moment, titles


def test_a_market_goes_back_to_the_moment_before_a_mistake(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    archive = tmp_path / "archive"
    moment, titles = a_market_with_a_mistake(tmp_path, archive)
    (tmp_path / "new").mkdir()
    shutil.copy(tmp_path / "old" / "secrets.json", tmp_path / "new" / "secrets.json")
    shutil.rmtree(tmp_path / "old")
    server = brought_back(tmp_path / "base", tmp_path / "new", archive, until=moment)
    try:
        url = server.url()
        deadline = time.monotonic() + 60
        while asyncio.run(asked(url, "SELECT pg_is_in_recovery()")):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert titles
        assert asyncio.run(asked(url, TITLES)) == titles
        settings = Settings(data_dir=tmp_path / "data", database_url=SecretStr(url), secret_key=SECRET)
        era = ran(settings, "market", "new-era")
        assert (era.returncode, "Era 2 has begun" in era.stdout) == (0, True), era.stderr
        audited = ran(settings, "market", "audit", "verify")
        assert audited.returncode == 0, audited.stdout + audited.stderr
    finally:
        server.stop()
