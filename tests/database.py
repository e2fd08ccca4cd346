"""What the tests watch in every session: that changed rows are logged, and how many statements a thing costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import ORMExecuteState, Session

from market.core.changes import Change
from market.core.db import Entity
from market.core.kept_statements import KeptStatement

OWED = "changes_owed"
INSERTED = re.compile(
    r"INSERT INTO (\w+) \([^)]*\) SELECT .*? FROM jsonb_populate_recordset\(.*? CAST\(:(\w+) AS jsonb"
)


class UnloggedChange(AssertionError):
    """A row of an entity was written and the change log was not told in the same transaction."""


def _owe(session: Session, _context: object) -> None:
    written = [*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted]
    owed = session.info.setdefault(OWED, set())
    owed.update((row.__tablename__, row.id) for row in written if isinstance(row, Entity))


def _owe_or_pay_many(state: ORMExecuteState) -> bool:
    """Whether it is a statement of `insert_together`: of entities' rows, of the entries that tell of them, or both."""
    if not isinstance(state.statement, TextClause):
        return False
    owed = state.session.info.setdefault(OWED, set())
    # Told of at the end of the statement: first what is written, then the entries.
    inserted = sorted(INSERTED.findall(str(state.statement)), key=lambda found: found[0] == Change.__tablename__)
    for table, parameter in inserted:
        rows = json.loads(state.parameters[parameter])  # type: ignore[index]
        if table == Change.__tablename__:
            owed.difference_update((entry["entity"], UUID(entry["entity_id"])) for entry in rows)
        elif table in {kind.__tablename__ for kind in Entity.__subclasses__()}:
            owed.update((table, UUID(row["id"])) for row in rows)
    return bool(inserted)


def _pay(state: ORMExecuteState) -> None:
    if _owe_or_pay_many(state) or not state.is_insert:
        return
    if state.bind_mapper is None or state.bind_mapper.class_ is not Change:
        return
    given: Any = state.parameters or []
    entries = given if isinstance(given, list) else [given]
    owed = state.session.info.setdefault(OWED, set())
    owed.difference_update((entry["entity"], entry["entity_id"]) for entry in entries)


def _settle(session: Session) -> None:
    session.flush()
    if owed := session.info.pop(OWED, None):
        raise UnloggedChange(f"written without an entry in the change log: {sorted(map(str, owed))}")


def _forgive(session: Session, _previous: object) -> None:
    session.info.pop(OWED, None)


def demand_change_entries() -> None:
    """From now on every commit of this process fails that leaves an entity's row unlogged."""
    event.listen(Session, "after_flush", _owe)
    event.listen(Session, "do_orm_execute", _pay)
    event.listen(Session, "before_commit", _settle)
    event.listen(Session, "after_soft_rollback", _forgive)


@dataclass
class Counted:
    """The statements of a block."""

    statements: list[str]

    def __len__(self) -> int:
        return len(self.statements)


CountQueries = Callable[[], AbstractContextManager[Counted]]


@contextmanager
def counted_queries(engine: AsyncEngine) -> Iterator[Counted]:
    """Count what is sent to the database inside the block; savepoints do not count."""
    counted = Counted([])

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            counted.statements.append(statement)

    async def kept(statement: KeptStatement, driver: Any, values: Mapping[str, Any]) -> Any:
        counted.statements.append(statement.words)
        return await ask(statement, driver, values)

    ask = KeptStatement.value
    KeptStatement.value = kept  # type: ignore[method-assign, assignment]
    event.listen(engine.sync_engine, "before_cursor_execute", listen)
    try:
        yield counted
    finally:
        KeptStatement.value = ask  # type: ignore[method-assign]
        event.remove(engine.sync_engine, "before_cursor_execute", listen)
