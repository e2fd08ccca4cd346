"""The database's writer: it does all that API and worker do, and cannot touch what was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.app import create_app
from market.column_facts import COLUMNS as FACTS
from market.config import Settings
from market.core.clock import now
from market.core.db import create_engine, create_sessions
from market.core.followers import follow_once
from market.core.roles import READER, WRITER
from market.lifetime import close_resources
from market.migrate import grant_roles
from market.reference.catalogue import Catalogue
from market.worker import followers_of, schedules_of
from tests.agreements.stories import LINE, done, effective, table
from tests.people import Client, connected

PASSWORD = "chi-danh-cho-phep-thu"
WRITTEN = "('a', gen_random_uuid(), 1, 'create', '{}'::jsonb, 'system', now())"
COLUMNS = "entity, entity_id, version, verb, diff, actor_kind, at"


@pytest.fixture
async def writing(own_settings: Settings, tmp_path: Path) -> Settings:
    """Settings of this test's database as its writer reaches it."""
    await grant_roles(own_settings.model_copy(update={"database_writer_password": SecretStr(PASSWORD)}))
    assert own_settings.database_url is not None
    parts = urlsplit(own_settings.database_url.get_secret_value())
    url = parts._replace(netloc=f"{WRITER}:{PASSWORD}@{parts.hostname}:{parts.port}").geturl()
    return own_settings.model_copy(update={"database_url": SecretStr(url), "data_dir": tmp_path})


@pytest.fixture
async def engine_of_writer(writing: Settings) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(writing.sqlalchemy_url())
    yield engine
    await engine.dispose()


@pytest.fixture
def writer(engine_of_writer: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return create_sessions(engine_of_writer)


@pytest.fixture
async def client(writing: Settings, engine_of_writer: AsyncEngine, catalogue: Catalogue) -> AsyncIterator[Client]:
    """An HTTP client of an application that knows the database only as its writer."""
    app = create_app(writing, state={"engine": engine_of_writer, "sessions": create_sessions(engine_of_writer)})
    async with connected(app) as client:
        yield client
    await close_resources(app)


async def test_the_writer_does_all_that_api_and_worker_do(
    client: Client, writer: async_sessionmaker[AsyncSession], writing: Settings
) -> None:
    around = await table(client)
    agreement = await effective(around, lines=[LINE])
    body = {"line": agreement["lines"][0]["id"], "delivered_on": now().date().isoformat(), "quantity": "2"}
    delivered = await around.seller.post(f"/agreements/{agreement['id']}/deliveries", body)
    assert delivered.status_code == 201, delivered.text
    await done(around.organizer, agreement, "terminate", {"cause": "quality"})
    for follower in followers_of(None):
        while await follow_once(writer, follower):
            pass
    for schedule in schedules_of(writing):
        async with writer.begin() as session:
            await schedule.run(session)
    async with writer() as session:
        assert await session.scalar(text("SELECT current_user")) == WRITER
        assert await session.scalar(text("SELECT count(*) FROM agreement_link")) > 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE change SET verb = 'create'",
        "DELETE FROM change",
        "TRUNCATE change",
        "ALTER TABLE change DISABLE TRIGGER change_append_only",
        "DROP TRIGGER change_append_only ON change",
        f"INSERT INTO change (xid, {COLUMNS}) SELECT 1, * FROM (VALUES {WRITTEN}) AS row",
        f"INSERT INTO change (id, {COLUMNS}) OVERRIDING SYSTEM VALUE SELECT 1, * FROM (VALUES {WRITTEN}) AS row",
        "UPDATE agreement_link SET hash = ''",
        "DELETE FROM agreement_link",
        "TRUNCATE agreement_link",
        "ALTER TABLE agreement_link DISABLE TRIGGER ALL",
        "UPDATE agreement_content SET sha256 = ''",
        "DELETE FROM delivery",
        "UPDATE quote_line SET price_vnd = 1",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION market_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TABLE mine (id int)",
        "UPDATE alembic_version SET version_num = ''",
        "ALTER ROLE market_writer SUPERUSER",
        "SET ROLE market",
    ],
)
async def test_the_writer_cannot_alter_what_was_recorded(
    writer: async_sessionmaker[AsyncSession], statement: str
) -> None:
    async with writer() as session:
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner|must have|Only roles"):
            await session.execute(text(statement))


async def test_granting_twice_changes_nothing(writing: Settings, own_settings: Settings) -> None:
    await grant_roles(own_settings)
    await asyncio.gather(grant_roles(own_settings))
    assert writing.database_url is not None
    connection = await asyncpg.connect(writing.database_url.get_secret_value())
    refused = await connection.fetchval("SELECT has_table_privilege('change', 'UPDATE, DELETE, TRUNCATE')")
    await connection.close()
    assert refused is False


SECRETS = frozenset({"hash", "code_hash", "password_hash", "totp_secret", "signing_key", "secret", "previous_secret"})


async def test_the_reader_sees_neither_secrets_nor_ways_to_reach_people(own_engine: AsyncEngine) -> None:
    tables = {table for table, facts in FACTS.items() if SECRETS.intersection(facts.get("sensitive", "").split())}
    hidden = tables | {"user_contact", "organization_invitation", "idempotent_answer"}
    async with AsyncSession(own_engine) as session:
        may = select(func.has_table_privilege(READER, literal("agreement"), "SELECT"))
        assert await session.scalar(may) is True
        for table in sorted(hidden):
            allowed = select(func.has_table_privilege(READER, literal(table), "SELECT"))
            assert await session.scalar(allowed) is False, table


@pytest.mark.parametrize("table", ["listing", "organization", "event_registration", "lot"])
async def test_the_reader_sees_no_key_of_a_cover(own_engine: AsyncEngine, table: str) -> None:
    async with AsyncSession(own_engine) as session:

        async def may_read(column: str) -> bool | None:
            return await session.scalar(
                select(func.has_column_privilege(READER, literal(table), literal(column), "SELECT"))
            )

        assert (await may_read("photo"), await may_read("id"), await may_read("created_at")) == (False, True, True)
