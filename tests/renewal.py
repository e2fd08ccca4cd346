"""A database that is as the template was, for each test that commits: cleaned, and copied anew only when it must be."""

from __future__ import annotations

from dataclasses import dataclass, field

import asyncpg

from tests.services import Services

TABLES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
OTHERS_END = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
SEQUENCES = """
SELECT coalesce(string_agg(format(
    'SELECT setval(%L, %s, %L)', quote_ident(schemaname) || '.' || quote_ident(sequencename),
    coalesce(last_value, start_value), last_value IS NOT NULL
), '; '), '') FROM pg_sequences
"""
"""The statements that bring every sequence back to where it is now."""
CATALOGS = ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc", "pg_type", "pg_namespace")


@dataclass
class RenewedDatabase:
    """One database of this worker, under one name.

    A copy of the template takes PostgreSQL a thousand files; deleting what a test wrote takes milliseconds. What was
    written is what a transaction later than the copy wrote: rows say which one did (`xmin`). When a row of the template
    is gone or changed, or anything of the schema but tables that were added, the database is copied anew.
    """

    services: Services
    server: asyncpg.Connection
    template: str
    name: str
    _first: int = 0
    """The transaction after the copy was made."""
    _tables: list[str] = field(default_factory=list)
    _rows: list[int] = field(default_factory=list)
    _sequences: str = ""

    async def renew(self) -> None:
        """Bring it to the state of the template."""
        if not (self._first and await self._cleaned()):
            await self._copy()

    async def _copy(self) -> None:
        await self.server.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        await self.server.execute(f"CREATE DATABASE {self.name} TEMPLATE {self.template}")
        database = await self._connected()
        try:
            self._first = int(await database.fetchval("SELECT pg_current_xact_id()::text"))
            self._tables = [row[0] for row in await database.fetch(TABLES)]
            self._rows = await self._counted(database)
            self._sequences = await database.fetchval(SEQUENCES)
        finally:
            await database.close()

    async def _cleaned(self) -> bool:
        """Delete what was written since the copy; whether nothing else is different from the template."""
        database = await self._connected()
        try:
            await database.execute(OTHERS_END)
            tables = {row[0] for row in await database.fetch(TABLES)}
            if not tables.issuperset(self._tables):
                return False
            if added := sorted(tables.difference(self._tables)):
                await database.execute(f"DROP TABLE {', '.join(added)}")
            if await self._schema_changed(database):
                return False
            async with database.transaction():
                # No triggers, and no foreign keys asked: whatever came later goes, in any order.
                await database.execute("SET LOCAL session_replication_role = replica")
                await database.execute(";".join(f"DELETE FROM {name} WHERE {self._later}" for name in self._tables))
                await database.execute(self._sequences)
                return await self._counted(database) == self._rows
        finally:
            await database.close()

    @property
    def _later(self) -> str:
        return f"xmin::text::bigint >= {self._first}"

    async def _schema_changed(self, database: asyncpg.Connection) -> bool:
        changed = " OR ".join(f"EXISTS (SELECT FROM {name} WHERE {self._later})" for name in CATALOGS)
        return bool(await database.fetchval(f"SELECT {changed}"))

    async def _counted(self, database: asyncpg.Connection) -> list[int]:
        counts = ", ".join(f"(SELECT count(*) FROM {name})" for name in self._tables)
        return list(await database.fetchrow(f"SELECT {counts}") or ())

    async def _connected(self) -> asyncpg.Connection:
        return await asyncpg.connect(self.services.database(self.name))
