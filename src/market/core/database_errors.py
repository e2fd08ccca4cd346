"""What the database refuses, as errors of the market: violated constraints, unstorable values, nobody there."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping

import asyncpg
import structlog
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from market.core.errors import AlreadyExists, Conflict, FieldError, MarketError, Unavailable, ValidationFailed
from market.core.language import Message

log = structlog.get_logger(__name__)

ConstraintErrors = Mapping[str, type[MarketError]]

UNSTORABLE = (
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.UntranslatableCharacterError,
    asyncpg.NumericValueOutOfRangeError,
    asyncpg.StringDataRightTruncationError,
)
"""Beside these, the driver itself raises plain `DataError` for what does not fit a column's type."""
UNSTORABLE_VALUE = Message(
    vi="Có giá trị không lưu được: ký tự NUL, hoặc số quá lớn.",
    en="It holds a value that cannot be stored: a NUL character, or a number too large.",
)
BUSY = (
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)

NOBODY_THERE = (ConnectionError, TimeoutError, socket.gaierror)
UNWRAPPED: type[Exception] = AsyncAdapt_asyncpg_dbapi.Error
"""What a connection taken from the pool by hand raises when the server refuses it (it starts up, or has too many)."""
NO_ANSWER = (SQLAlchemyError, UNWRAPPED, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""Whatever a database that should answer may raise instead."""


FROM_DATABASE = (DBAPIError, UNWRAPPED, asyncpg.PostgresError)


class Inconsistent(Conflict):
    code = "inconsistent"
    title = Message(vi="Dữ liệu không nhất quán", en="Inconsistent")
    detail = Message(vi="Dữ liệu này mâu thuẫn với dữ liệu đã có.", en="This contradicts what is already recorded.")


def database_refusal(error: Exception, constraints: ConstraintErrors) -> MarketError | None:
    """The market's own error for one of the database or its driver; None for anything else."""
    if isinstance(error, IntegrityError):
        return _violation(error, constraints)
    causes = tuple(_causes(error)) if isinstance(error, FROM_DATABASE) else (error,)
    if any(isinstance(cause, UNSTORABLE) or type(cause) is asyncpg.DataError for cause in causes):
        log.warning("unstorable_value")
        return ValidationFailed(errors=[FieldError("", "unstorable-value", UNSTORABLE_VALUE)])
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or any(isinstance(cause, (*BUSY, PoolTimeout, *NOBODY_THERE)) for cause in causes):
        log.warning("database_unavailable", reason=type(causes[-1]).__name__)
        return Unavailable(headers={"Retry-After": "2"})
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _violation(error: IntegrityError, constraints: ConstraintErrors) -> MarketError:
    name = str(getattr(getattr(error.orig, "__cause__", None), "constraint_name", None))
    if kind := constraints.get(name):
        return kind()
    log.warning("unexpected_constraint_violation", constraint=name)
    return AlreadyExists() if name.startswith(("uq_", "pk_")) else Inconsistent()
