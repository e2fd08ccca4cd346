"""Whether rows of today are what the log told of them last: quotes, proposals, certificates, claims.

They have no content of their own with a digest, as agreements have: what is chained of them is each entry of the log
with the values that it tells. Columns that the log keeps private are not compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import DateTime, Numeric, RowMapping, func, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.findings import Finding
from market.agreements.history.told_quotes import first_quote_told_otherwise
from market.agreements.models import AgreementProposal
from market.certificates.models import Certificate
from market.core.changes import UNLOGGED_COLUMNS, Change, values_for_log
from market.core.db import Entity, among
from market.organizations.claims.models import Claim
from market.quotes.models import Quote

TOLD_KINDS: tuple[type[Entity], ...] = (Quote, AgreementProposal, Certificate, Claim)
ROWS_AT_ONCE = 2000
FIRST_ID = UUID(int=0)

NEWEST_TOLD = text("""
SELECT DISTINCT ON (change.entity_id, told.key) change.entity_id, told.key, told.value -> 1 AS newest
FROM change CROSS JOIN LATERAL jsonb_each(change.diff) AS told
WHERE change.entity = :entity AND change.entity_id = ANY (:ids)
ORDER BY change.entity_id, told.key, change.xid DESC, change.id DESC
""")


async def first_row_told_otherwise(session: AsyncSession) -> Finding | None:
    """The first row that is another than the log says, that it knows nothing of, or that is gone."""
    for kind in TOLD_KINDS:
        if finding := await _first_gone(session, kind):
            return finding
        last = FIRST_ID
        while rows := await _page(session, kind, last):
            if finding := await _first_other(session, kind, rows):
                return finding
            last = rows[-1]["id"]
    return await first_quote_told_otherwise(session)


async def _page(session: AsyncSession, kind: type[Entity], last: UUID) -> Sequence[RowMapping]:
    columns = [getattr(kind, attribute.key) for attribute in inspect(kind).column_attrs]
    page = select(*columns).where(kind.id > last).order_by(kind.id).limit(ROWS_AT_ONCE)
    return (await session.execute(page)).mappings().all()


async def _first_gone(session: AsyncSession, kind: type[Entity]) -> Finding | None:
    """Nothing of these kinds is ever deleted."""
    table = kind.__tablename__
    there = select(kind.id).where(kind.id == Change.entity_id).exists()
    gone = select(Change.entity_id, Change.id).where(Change.entity == table, ~there).order_by(Change.id).limit(1)
    if found := (await session.execute(gone)).one_or_none():
        return Finding("missing", table, str(found.entity_id), found.id, f"change {found.id} tells of it")
    return None


async def _first_other(session: AsyncSession, kind: type[Entity], rows: Sequence[RowMapping]) -> Finding | None:
    table, ids = kind.__tablename__, [row["id"] for row in rows]
    newest = select(Change.entity_id, func.max(Change.version), func.max(Change.id))
    newest = newest.where(Change.entity == table, among(Change.entity_id, ids)).group_by(Change.entity_id)
    versions = {id_: (version, entry) for id_, version, entry in await session.execute(newest)}
    told: defaultdict[UUID, dict[str, Any]] = defaultdict(dict)
    for id_, name, value in await session.execute(NEWEST_TOLD, {"entity": table, "ids": ids}):
        told[id_][name] = value
    for row in rows:
        if row["id"] not in versions:
            return Finding("inserted", table, str(row["id"]), None, "the log tells of no such row")
        version, entry = versions[row["id"]]
        if differing := _differing(kind, row, told[row["id"]]):
            return Finding("altered", table, str(row["id"]), entry, ", ".join(differing))
        if row["version"] != version:
            why = f"it is version {row['version']}, the log tells of version {version}"
            return Finding("altered", table, str(row["id"]), entry, why)
    return None


def _differing(kind: type[Entity], row: RowMapping, told: Mapping[str, Any]) -> list[str]:
    """The columns whose value is another than the log told last."""
    spelt = msgspec.json.decode(msgspec.json.encode(values_for_log(kind, dict(row))))
    return sorted(
        name
        for name, column in _compared(kind).items()
        if _alike(column.type, told.get(name, _untold(column))) != _alike(column.type, spelt.get(name, (None, None))[1])
    )


@cache
def _compared(kind: type[Entity]) -> dict[str, Any]:
    columns = {attribute.key: attribute.columns[0] for attribute in inspect(kind).column_attrs}
    told_of = {name: column for name, column in columns.items() if not column.info.get("private", False)}
    return {name: column for name, column in told_of.items() if name not in UNLOGGED_COLUMNS}


def _untold(column: Any) -> Any:
    """What a column is of which the log never told: the entry of a new row leaves out what its model fills in."""
    return column.default.arg if column.default is not None and column.default.is_scalar else None


def _alike(kind: Any, spelt: Any) -> Any:
    """A value as it compares: the log spells one number and one instant in several ways."""
    if spelt is None or spelt == []:
        return None
    if isinstance(kind, Numeric):
        return Decimal(str(spelt))
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(spelt)
    return spelt
