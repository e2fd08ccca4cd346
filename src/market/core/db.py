"""The database: engine, declarative base, session. Who commits stands in `transaction.py`."""

from __future__ import annotations

import enum
import socket
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Enum,
    FromClause,
    MetaData,
    Text,
    Uuid,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, Session, mapped_column

from market.core import clock
from market.core.ids import new_id
from market.core.traces import watch_statements

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Vnd = Annotated[int, mapped_column(BigInteger)]
"""Whole đồng."""


class Base(DeclarativeBase):
    """Declarative base of every table. Constraints have names, so that violations can be told apart."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        UUID: Uuid,
        str: Text,
        dict[str, Any]: JSONB,
        dict[str, str]: JSONB,
        # A closed list of words is text with a ceiling, so that a new word needs no migration.
        Literal: Enum(enum.Enum, native_enum=False, length=40),
        list[str]: ARRAY(Text),
        list[UUID]: ARRAY(Uuid),
        list[int]: ARRAY(BigInteger),
        list[dict[str, Any]]: JSONB,
    }


class Entity(Base):
    """A row that people know by id and whose every change is logged (see `changes.record_change`)."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("uuidv7()"), sort_order=-10)
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"), sort_order=90)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now(), sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now(), sort_order=92)

    DECIDES_WHAT_IS_PERSONAL: ClassVar[tuple[str, ...]] = ()
    """Columns by whose values others are somebody's own affair or the public's."""

    @classmethod
    def personal_columns(cls, row: Mapping[str, Any]) -> frozenset[str]:  # noqa: ARG003
        """Columns whose values, in a row like this, are personal and never enter the log."""
        return frozenset()


POOL_SECONDS, CONNECT_SECONDS = 2.0, 3.0
"""How long a request waits for a free connection, and a connection for its server."""
SILENCE_SECONDS = 20
"""A connection whose other end acknowledges nothing for so long is given up, by either side."""


@dataclass(frozen=True, slots=True)
class Patience:
    """After how many seconds a statement, and the wait for a lock, gives up."""

    statement: float = 30
    lock: float = 10


FOR_REQUESTS = Patience(statement=20, lock=3)
"""Of statements that a caller waits for: his deadline (`deadline.py`) mostly comes first."""


def create_engine(
    url: str,
    *,
    pool_size: int = 10,
    planned_anew: bool = False,
    patience: Patience = Patience(),
    idle_seconds: int = 0,
) -> AsyncEngine:
    """An engine on asyncpg.

    Statements and locks give up, so that one stuck request cannot hold the followers back.

    Args:
        patience: when they do.
        planned_anew: plan a statement each time it is sent. Plans that were made while a table was small, and kept,
            read all of it for each row of a batch when it has grown: who sends few statements of many rows, beside
            an import, does well to pay for the planning.
        idle_seconds: after how long PostgreSQL ends a transaction in which nothing happens; 0 for never.
    """
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=False,
        pool_recycle=1800,
        # Parameters hold personal data, and errors go to the log.
        hide_parameters=True,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "server_settings": {
                "application_name": "market",
                "timezone": "UTC",
                "statement_timeout": f"{patience.statement}s",
                "lock_timeout": f"{patience.lock}s",
                "tcp_user_timeout": f"{SILENCE_SECONDS}s",
                "tcp_keepalives_idle": str(SILENCE_SECONDS // 2),
                "tcp_keepalives_interval": "5",
                "tcp_keepalives_count": "2",
                "idle_in_transaction_session_timeout": f"{idle_seconds}s",
                "jit": "off",
                "plan_cache_mode": "force_custom_plan" if planned_anew else "auto",
            },
        },
    )
    event.listen(engine.sync_engine, "connect", _notice_silence)
    watch_statements(engine.sync_engine)
    return engine


def _notice_silence(connection: Any, _record: Any) -> None:
    # The driver has no such option. Where the platform has none either, the server's own settings must do.
    transport = getattr(connection.driver_connection, "_transport", None)
    raw: socket.socket | None = transport.get_extra_info("socket") if transport is not None else None
    if raw is None or raw.family not in (socket.AF_INET, socket.AF_INET6):
        return
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    wanted = {"TCP_KEEPIDLE": SILENCE_SECONDS // 2, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 2}
    for name, value in {**wanted, "TCP_USER_TIMEOUT": SILENCE_SECONDS * 1000}.items():
        if (option := getattr(socket, name, None)) is not None:
            raw.setsockopt(socket.IPPROTO_TCP, option, value)


def create_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """A factory of sessions whose rows stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)


def among(
    column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Collection[Any], of: type[Uuid[Any] | Text] = Uuid
) -> ColumnElement[bool]:
    """Whether a column is one of these ids or texts, however many: one parameter, and one text of the statement.

    A join, not a list: where PostgreSQL knows too little of a table (a first import, not analyzed yet) it may choose
    another index and look each row that it finds there up in the whole list, one by one.
    """
    return column.in_(select(func.unnest(literal(list(values), ARRAY(of)))))


class ReadingSession(Session):
    """A session that writes nothing: where each statement stands alone, half of a change could stay."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Nothing.

        Raises:
            RuntimeError: there is something to write.
        """
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("a request that only reads has changed something")
        super().flush(objects)


@lru_cache(maxsize=8)
def for_reading(sessions: async_sessionmaker[AsyncSession]) -> async_sessionmaker[AsyncSession]:
    """The same sessions for what only reads: no BEGIN and no COMMIT, which are two round trips of every request.

    Sessions that share one connection (a test's) stay in its transaction.
    """
    options = {**sessions.kw, "sync_session_class": ReadingSession}
    if isinstance(options["bind"], AsyncEngine):
        options["bind"] = options["bind"].execution_options(isolation_level="AUTOCOMMIT")
    return async_sessionmaker(**options)


Rows = Sequence[Mapping[str, Any]]
"""Values by column. All have the same columns; the others get the database's defaults, never those of the models."""


async def insert_rows(session: AsyncSession, table: FromClause, rows: Rows) -> None:
    """Insert rows in one statement with one parameter, however many there are: several times quicker than objects or a
    statement for each row."""
    await insert_together(session, [(table, rows)])


async def insert_together(session: AsyncSession, tables: Sequence[tuple[FromClause, Rows]]) -> None:
    """Insert rows of several tables, as `insert_rows` those of one, in one statement and round trip.

    Rows may name each other by foreign keys that are checked at the end of a statement.
    """
    filled = [(table.description, rows) for table, rows in tables if rows]
    if not filled:
        return
    *before, last = [_insertion(name, list(rows[0]), position) for position, (name, rows) in enumerate(filled)]
    named = ", ".join(f"written_{position} AS ({insertion})" for position, insertion in enumerate(before))
    values = {f"rows_{at}": msgspec.json.encode(rows).decode() for at, (_, rows) in enumerate(filled)}
    await session.execute(text(f"WITH {named} {last}" if named else last), values)


def _insertion(table: str, names: Sequence[str], position: int) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {table} ({columns}) "  # noqa: S608  (names of our own tables and columns)
        f"SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows_{position} AS jsonb))"
    )
