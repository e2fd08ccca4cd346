"""Processes of the last release go on under the schema of this one, which may add, and take away what is unused.

`migrations/release.json` names the last release: the revision of its schema, its commit, and in `unused` what it no
longer used although its schema still had it (`column listing.colour`, `table old`): only that may go. Both schemas are
made here and held against each other; `make trials` runs the processes themselves where the commit is at hand.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr

from market.config import PROJECT_ROOT, Settings
from market.local.upgrade import pending_migrations, steps_of
from market.migrate import upgrade_database
from tests.services import Services
from tests.test_migrations import empty_database

RELEASE: dict[str, Any] = json.loads((PROJECT_ROOT / "migrations" / "release.json").read_text(encoding="utf-8"))
OURS = "n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relname NOT LIKE 'alembic%'"
COLUMNS = f"""
SELECT c.relname AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS demanded,
       a.atthasdef OR a.attidentity <> '' AS filled
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {OURS} AND a.attnum > 0 AND NOT a.attisdropped
"""
FUNCTIONS = """
SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
RULES = """
SELECT c.relname AS relation, k.conname AS name, pg_get_constraintdef(k.oid) AS says,
       ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)) AS columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND k.contype IN ('c', 'u', 'f', 'x')
"""

Schema = dict[str, Any]


async def schema_of(database: asyncpg.Connection[Any]) -> Schema:
    """What a process can meet in a database."""
    columns = {(row["relation"], row["name"]): row for row in await database.fetch(COLUMNS)}
    rules = {(row["relation"], row["name"]): row for row in await database.fetch(RULES)}
    functions = {row["name"] for row in await database.fetch(FUNCTIONS)}
    return {"columns": columns, "rules": rules, "functions": functions}


def missed(old: Schema, new: Schema, *, unused: set[str]) -> list[str]:
    """What a process that knows the old schema would stumble over in the new one."""
    had, has = old["columns"], new["columns"]
    tables = {relation for relation, _ in had}
    found = [f"table {name} is gone" for name in tables - {relation for relation, _ in has} - _named(unused, "table")]
    for (relation, name), column in had.items():
        now = has.get((relation, name))
        if now is None:
            gone = f"column {relation}.{name}"
            found += [] if {gone, f"table {relation}"} & unused else [f"{gone} is gone"]
        elif now["type"] != column["type"]:
            found.append(f"column {relation}.{name} was {column['type']} and is {now['type']}")
        elif now["demanded"] and not column["demanded"]:
            found.append(f"column {relation}.{name} could be empty")
    for (relation, name), column in has.items():
        if relation in tables and (relation, name) not in had and column["demanded"] and not column["filled"]:
            found.append(f"column {relation}.{name} is new, and nothing fills it")
    found += [f"function {name} is gone" for name in old["functions"] - new["functions"]]
    for (relation, name), rule in new["rules"].items():
        of_old_columns = any((relation, column) in had for column in rule["columns"])
        before = old["rules"].get((relation, name))
        if of_old_columns and (before is None or before["says"] != rule["says"]):
            found += [] if f"rule {name}" in unused else [f"rule {name} of {relation} is new: {rule['says']}"]
    return sorted(found)


def _named(unused: set[str], kind: str) -> set[str]:
    return {name.removeprefix(f"{kind} ") for name in unused if name.startswith(f"{kind} ")}


async def test_the_last_release_runs_on_under_this_schema(services: Services) -> None:
    async with empty_database(services) as settings:
        assert settings.database_url is not None
        await asyncio.to_thread(upgrade_database, settings, RELEASE["revision"])
        database = await asyncpg.connect(settings.database_url.get_secret_value())
        try:
            old = await schema_of(database)
            await asyncio.to_thread(upgrade_database, settings)
            new = await schema_of(database)
        finally:
            await database.close()
    assert len(old["columns"]) > 500
    assert missed(old, new, unused=set(RELEASE["unused"])) == []


def test_migrations_since_the_last_release_take_nothing_away() -> None:
    nowhere = Settings(database_url=SecretStr("postgresql://nobody@localhost/none"))
    scripts = pending_migrations(nowhere, RELEASE["revision"])
    taken = {script.revision: steps_of(Path(script.path).read_text("utf-8"))[0] for script in scripts}
    stopping = {revision: steps for revision, steps in taken.items() if steps}
    assert not stopping or RELEASE["unused"], stopping


@pytest.fixture(scope="module")
async def migrated(services: Services) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A database of this schema."""
    async with empty_database(services) as settings:
        assert settings.database_url is not None
        await asyncio.to_thread(upgrade_database, settings)
        database = await asyncpg.connect(settings.database_url.get_secret_value())
        try:
            yield database
        finally:
            await database.close()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("ALTER TABLE listing DROP COLUMN title CASCADE", "column listing.title is gone"),
        ("ALTER TABLE listing RENAME COLUMN title TO heading", "column listing.title is gone"),
        ("ALTER TABLE listing ADD COLUMN colour text NOT NULL", "column listing.colour is new, and nothing fills it"),
        ("ALTER TABLE listing ALTER COLUMN price_vnd SET NOT NULL", "column listing.price_vnd could be empty"),
        (
            "ALTER TABLE listing ALTER COLUMN price_vnd TYPE numeric",
            "column listing.price_vnd was bigint and is numeric",
        ),
        ("ALTER TABLE listing ADD CONSTRAINT dear CHECK (price_vnd > 1)", "rule dear of listing is new"),
        ("DROP TABLE sign_of_life", "table sign_of_life is gone"),
        ("DROP FUNCTION market_grant_roles()", "function market_grant_roles() is gone"),
        ("ALTER TABLE listing ADD COLUMN colour text NOT NULL DEFAULT ''", ""),
        ("CREATE TABLE shed (id int PRIMARY KEY, name text NOT NULL UNIQUE)", ""),
    ],
)
async def test_what_would_stop_it_is_named(migrated: asyncpg.Connection[Any], change: str, complaint: str) -> None:
    transaction = migrated.transaction()
    await transaction.start()
    try:
        old = await schema_of(migrated)
        await migrated.execute(change)
        found = missed(old, await schema_of(migrated), unused=set())
    finally:
        await transaction.rollback()
    assert any(said.startswith(complaint) for said in found) if complaint else found == [], found
