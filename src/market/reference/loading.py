"""Seed files into the database, as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic_core import to_json
from sqlalchemy import CursorResult, Executable, Table, inspect, or_, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.db import Base
from market.reference.catalogue import Catalogue
from market.reference.decisions import next_reference_version
from market.reference.files import read_records
from market.reference.tables import SEED_TABLES, Values

MOST_VALUES_AT_ONCE = 1000
"""Rows of a table that are sent value by value."""


@dataclass(frozen=True, slots=True)
class TableReport:
    """What loading did to one table, in rows."""

    table: str
    rows: int
    changed: int
    """Inserted, or different from before."""
    retired: int
    """No longer in the files: kept, because records refer to them, but offered to nobody."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading did."""

    tables: tuple[TableReport, ...]

    @property
    def changed(self) -> int:
        return sum(table.changed + table.retired for table in self.tables)


async def load_reference(session: AsyncSession, directory: Path) -> LoadReport:
    """Bring the reference tables to the state of the seed files; the caller commits.

    Raises:
        OSError: a file is missing.
        pydantic.ValidationError: a record is malformed.
        InconsistentReference: the files contradict each other; nothing was written.
    """
    records = read_records(directory)
    Catalogue(records)
    tables = [await _load_table(session, table.model, table.rows(records)) for table in SEED_TABLES]
    report = LoadReport(tuple(tables))
    if report.changed:
        await next_reference_version(session)
    return report


async def _load_table(session: AsyncSession, model: type[Base], rows: list[Values]) -> TableReport:
    table = cast("Table", model.__table__)
    columns = {attribute.key: attribute.columns[0] for attribute in inspect(model).column_attrs}
    values = [{columns[name].name: value for name, value in row.items()} for row in rows]
    keys = [column.name for column in table.primary_key]
    rest = [column.name for column in table.columns if column.name not in keys]
    if len(values) > MOST_VALUES_AT_ONCE:
        return await _load_many(session, table, values)
    statement = insert(table).values(values)
    upsert = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in rest},
        where=or_(*(table.c[name].is_distinct_from(statement.excluded[name]) for name in rest)),
    )
    changed = await _rows_touched(session, upsert)
    here = tuple_(*(table.c[key] for key in keys)).in_([tuple(row[key] for key in keys) for row in values])
    retired = await _rows_touched(session, update(table).where(~here, ~table.c.retired).values(retired=True))
    return TableReport(table.name, len(rows), changed, retired)


async def _load_many(session: AsyncSession, table: Table, values: list[Values]) -> TableReport:
    """As `_load_table`, with the rows as one parameter: a statement cannot have one for each of their values."""
    keys = [column.name for column in table.primary_key]
    rest = [column.name for column in table.columns if column.name not in keys]
    sent = {"rows": to_json(values).decode()}
    given = f"jsonb_populate_recordset(null::{table.name}, cast(:rows as jsonb))"
    columns, same = ", ".join([*keys, *rest]), " AND ".join(f"given.{key} = kept.{key}" for key in keys)
    update_of = ", ".join(f"{name} = excluded.{name}" for name in rest)
    differs = " OR ".join(f"kept.{name} IS DISTINCT FROM excluded.{name}" for name in rest)
    upsert = text(
        f"INSERT INTO {table.name} AS kept ({columns}) SELECT {columns} FROM {given} "  # noqa: S608
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {update_of} WHERE {differs}"
    )
    retire = text(
        f"UPDATE {table.name} AS kept SET retired = true "  # noqa: S608
        f"WHERE NOT retired AND NOT EXISTS (SELECT FROM {given} AS given WHERE {same})"
    )
    changed = await _rows_touched(session, upsert, sent)
    retired = await _rows_touched(session, retire, sent)
    return TableReport(table.name, len(values), changed, retired)


async def _rows_touched(session: AsyncSession, statement: Executable, sent: Values | None = None) -> int:
    return cast("CursorResult[Any]", await session.execute(statement, sent)).rowcount
