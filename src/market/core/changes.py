"""The change log: one row for every state change, in the transaction of the change. Everything else follows it.

A reader never loses a late commit: a row carries the id of its transaction, readers go in `(xid, id)`
order and stop below the oldest transaction still running, because that one may still add rows with a
lower id than rows already visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, Select, bindparam, insert, inspect, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstanceState, Mapped, mapped_column

from market.core import clock
from market.core.access import Actor
from market.core.db import Base, Entity, insert_both, insert_rows

CHANNEL = "market_change"
"""PostgreSQL notification channel; the log's trigger notifies it once a statement."""

PRIVATE: dict[str, bool] = {"private": True}
"""`info` of a column whose values never enter the log (contacts, secrets, personal names)."""

UNLOGGED_COLUMNS = frozenset({"id", "version", "created_at", "updated_at"})


class Change(Base):
    """One entry of the log. The table refuses UPDATE and DELETE by trigger."""

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_reading_order", "xid", "id"),
        Index("ix_change_entity", "entity", "entity_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text::bigint)"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    entity: Mapped[str]
    entity_id: Mapped[UUID]
    version: Mapped[int]
    verb: Mapped[str]
    diff: Mapped[dict[str, Any]]
    actor_kind: Mapped[str]
    user_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None]
    credential_id: Mapped[UUID | None]
    on_behalf_of: Mapped[UUID | None]
    request_id: Mapped[str | None]


BEFORE_ALL = -(2**62)
"""Below every transaction's number: those of a restored log are below zero (see `eras.py`)."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the log: everything up to and including `(xid, id)` has been read."""

    xid: int = BEFORE_ALL
    id: int = 0


_AS_THEY_ARE = frozenset({type(None), bool, int, float, str})


def _json_value(value: Any) -> Any:
    if type(value) in _AS_THEY_ARE:
        return value
    match value:
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return value.value
        case UUID() | Decimal():
            return str(value)
        case Mapping():
            return {str(key): _json_value(item) for key, item in value.items()}
        case Iterable():
            return [_json_value(item) for item in value]
    return str(value)


def difference(row: Entity) -> dict[str, Any]:
    """What a flush of `row` would change, as `{column: [before, after]}`; private values are only said to change."""
    state = inspect(row)
    diff: dict[str, Any] = {}
    personal = _personal(row, state)
    for key, private in _logged_columns(type(row)):
        before, after = _before_and_after(state, key) if state.persistent else (None, state.dict.get(key))
        if before != after:
            diff[key] = ["***", "***"] if private or key in personal else [_json_value(before), _json_value(after)]
    return diff


def _personal(row: Entity, state: InstanceState[Any]) -> frozenset[str]:
    """Columns whose values are personal, in the row as it was or as it will be."""
    deciding = type(row).DECIDES_WHAT_IS_PERSONAL
    if not deciding:
        return frozenset()
    after = {key: getattr(row, key, None) for key in deciding}
    changed = {key: _before_and_after(state, key)[0] for key in deciding} if state.persistent else {}
    before = after | {key: value for key, value in changed.items() if value is not None}
    return type(row).personal_columns(after) | type(row).personal_columns(before)


@cache
def _logged_columns(kind: type[Entity]) -> list[tuple[str, bool]]:
    """Names of the columns that the log tells of, and whether their values are private."""
    attributes = [attribute for attribute in inspect(kind).column_attrs if attribute.key not in UNLOGGED_COLUMNS]
    return [(attribute.key, attribute.columns[0].info.get("private", False)) for attribute in attributes]


def _before_and_after(state: InstanceState[Any], key: str) -> tuple[Any, Any]:
    history = state.attrs[key].history
    return (history.deleted[0] if history.deleted else None, history.added[0] if history.added else None)


def entry(
    actor: Actor, kind: type[Entity], row: Mapping[str, Any], *, verb: str, at: datetime, diff: Mapping[str, Any]
) -> dict[str, Any]:
    """The log entry of one row as insert values; of the row its `id` and `version` count."""
    return {
        "at": at,
        "entity": kind.__tablename__,
        "entity_id": row["id"],
        "version": row["version"],
        "verb": verb,
        "diff": dict(diff),
        "actor_kind": actor.kind,
        "user_id": actor.user_id,
        "organization_id": actor.organization_id,
        "credential_id": actor.credential_id,
        "on_behalf_of": actor.on_behalf_of,
        "request_id": actor.request_id,
    }


def values_for_log(kind: type[Entity], row: Mapping[str, Any]) -> dict[str, Any]:
    """What the entry of a new row tells of its columns, given their values.

    Dates, decimals and ids stay as they are: whoever encodes the entry spells them as `_json_value` would.
    """
    personal = kind.personal_columns(row)
    return {
        # The encoder would end an instant in Z, and the log says +00:00 everywhere.
        key: ["***", "***"]
        if private or key in personal
        else [None, value.isoformat() if type(value) is datetime else value]
        for key, private in _logged_columns(kind)
        if (value := row.get(key)) is not None
    }


async def record_change(
    session: AsyncSession, actor: Actor, row: Entity, *, verb: str, details: Mapping[str, Any] | None = None
) -> None:
    """Flush `row` as its next version and log the change in the same transaction.

    Args:
        verb: what was done, in the past-tense-free form of the API (`create`, `publish`, `verify`).
        details: what belongs to the change but is not a column of the row, e.g. rows below it.
    """
    await record_changes(session, actor, [row], verb=verb, details=[details or {}])


async def record_changes(
    session: AsyncSession,
    actor: Actor,
    rows: Sequence[Entity],
    *,
    verb: str,
    details: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """As `record_change` for many rows of one verb: one flush and one insert however many there are."""
    if not rows:
        return
    instant = clock.now()
    diffs: list[dict[str, Any]] = []
    for position, row in enumerate(rows):
        more = {key: _json_value(value) for key, value in details[position].items()} if details else {}
        diffs.append(difference(row) | more)
        if inspect(row).persistent:
            row.version += 1
        row.updated_at = instant
        session.add(row)
    await session.flush()
    entries = [
        entry(actor, type(row), {"id": row.id, "version": row.version}, verb=verb, at=instant, diff=diff)
        for row, diff in zip(rows, diffs, strict=True)
    ]
    await session.execute(insert(Change), entries)


async def record_new(
    session: AsyncSession,
    actor: Actor,
    kind: type[Entity],
    rows: Sequence[dict[str, Any]],
    *,
    details: Sequence[Mapping[str, Any]],
    at_once: bool = False,
) -> None:
    """As `record_changes` with `create` for rows that nobody holds as objects, in two statements: for very many.

    Args:
        at_once: in one statement, for one row that somebody waits for.
        rows: values by column, `id` included and the defaults of the model not; version and instants are added here.
        details: of each row, what belongs to it but is no column of it.
    """
    instant = clock.now()
    entries: list[dict[str, Any]] = []
    for row, more in zip(rows, details, strict=True):
        diff = {**values_for_log(kind, row), **more}
        row.update(version=1, created_at=instant, updated_at=instant)
        entries.append(entry(actor, kind, row, verb="create", at=instant, diff=diff))
    if at_once:
        await insert_both(session, (kind.__table__, rows), (Change.__table__, entries))
        return
    await insert_rows(session, kind.__table__, rows)
    await insert_rows(session, Change.__table__, entries)


def settled_changes(after: Cursor, *, limit: int) -> Select[Change]:
    """The next entries after a cursor whose transactions can no longer be overtaken."""
    horizon = text("change.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    place = tuple_(bindparam("after_xid", after.xid), bindparam("after_id", after.id))
    return (
        select(Change)
        .where(tuple_(Change.xid, Change.id) > place, horizon)
        .order_by(Change.xid, Change.id)
        .limit(limit)
    )
