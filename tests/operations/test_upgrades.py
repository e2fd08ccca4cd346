"""What an upgrade does is said before, done once however many do it, and never undone in silence."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from pydantic import SecretStr

from market.config import PROJECT_ROOT, Settings
from market.local.program import LocalServiceError
from market.local.upgrade import pending_migrations, planned, steps_of
from market.migrate import alembic_config, upgrade_database
from tests.services import Services


@pytest.fixture
async def empty(services: Services) -> AsyncIterator[Settings]:
    """A database without a schema."""
    name = f"upgraded_{secrets.token_hex(4)}"
    server = await asyncpg.connect(services.database_url)
    await server.execute(f"CREATE DATABASE {name}")
    yield Settings(database_url=SecretStr(services.database(name)), meili_url=None, secret_key=SecretStr("k" * 40))
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


def command(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    assert settings.database_url is not None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARKET_")}
    environment |= {"MARKET_DATABASE_URL": settings.database_url.get_secret_value(), "MARKET_SECRET_KEY": "k" * 40}
    return subprocess.Popen(
        [sys.executable, "-m", "market", *arguments],
        cwd=PROJECT_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=180)
    return process.returncode, output


async def test_three_who_migrate_an_empty_database_at_once_do_it_once(empty: Settings) -> None:
    processes = [command(empty, "migrate") for _ in range(3)]
    outcomes = await asyncio.gather(*(asyncio.to_thread(said, process) for process in processes))
    assert [code for code, _ in outcomes] == [0, 0, 0], outcomes
    assert not any("Traceback" in output for _, output in outcomes)


async def test_an_older_revision_is_refused_with_what_to_do(empty: Settings) -> None:
    await asyncio.to_thread(upgrade_database, empty, "0200")
    for revision, sentence in (("0130", "going back would lose rows"), ("9999", "Can't locate revision")):
        code, output = await asyncio.to_thread(said, command(empty, "migrate", "--revision", revision))
        assert (code, "Traceback" in output) == (1, False), output
        assert sentence in output
    assert (await asyncio.to_thread(said, command(empty, "migrate", "--revision", "0200")))[0] == 0


async def test_what_would_happen_is_said_and_nothing_done(empty: Settings) -> None:
    newest, second, third, present, *_ = (
        script.revision for script in ScriptDirectory.from_config(alembic_config(empty)).walk_revisions()
    )
    await asyncio.to_thread(upgrade_database, empty, present)
    code, output = await asyncio.to_thread(said, command(empty, "upgrade", "--check"))
    assert [script.revision for script in pending_migrations(empty, present)] == [third, second, newest]
    assert all(f"schema {revision}: " in output for revision in (third, second, newest)), output
    assert code == int(any(step.stops for step in await planned(empty)))
    code, output = await asyncio.to_thread(said, command(empty, "upgrade"))
    assert code == 0, output
    assert await planned(empty) == []


async def test_a_program_older_than_its_database_says_so(empty: Settings) -> None:
    with pytest.raises(LocalServiceError, match="older than the database"):
        pending_migrations(empty, "zzzz")


def test_what_a_migration_takes_away_is_told_from_what_it_adds() -> None:
    source = """
def upgrade():
    op.create_table("new", sa.Column("id"))
    op.create_index("ix_new_id", "new", ["id"])
    op.create_index("ix_listing_x", "listing", ["x"])
    op.drop_column("listing", "old")
    op.add_column("listing", sa.Column("colour", sa.Text(), nullable=False))
    op.add_column("listing", sa.Column("size", sa.Text(), nullable=False, server_default=""))
    op.alter_column("listing", "title", nullable=False)
    op.execute("ALTER TABLE need RENAME COLUMN a TO b")

def downgrade():
    op.drop_table("new")
"""
    taken = ["drop column listing old", "rename column", "demand listing.colour", "demand listing.title"]
    assert steps_of(source) == (taken, ["listing"])
