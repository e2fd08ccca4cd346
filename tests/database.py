"""What the tests watch in every session: that changed rows are logged, and how many statements a thing costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import ORMExecuteState, Session

from market.core.changes import Change
from market.core.db import Entity

OWED = "changes_owed"


class UnloggedChange(AssertionError):
    """A row of an entity was written and the change log was not told in the same transaction."""


def _owe(session: Session, _context: object) -> None:
    written = [*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted]
    owed = session.info.setdefault(OWED, set())
    owed.update((row.__tablename__, row.id) for row in written if isinstance(row, Entity))


def _pay(state: ORMExecuteState) -> None:
    if not state.is_insert or state.bind_mapper is None or state.bind_mapper.class_ is not Change:
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

    event.listen(engine.sync_engine, "before_cursor_execute", listen)
    try:
        yield counted
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", listen)
