"""Keeping a chunk of rows: all of it in one transaction, exactly once, however the database fails meanwhile."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.database_errors import database_refusal
from market.core.errors import FieldError, MarketError, Unavailable
from market.imports.kinds import Kind, Outcomes
from market.imports.rows import Row
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue

FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 0.2, 5.0
UNKNOWN_STATE = "in progress"

T = TypeVar("T")


Entry = tuple[Row, UUID, Any]
"""A row, its owner, and the row checked."""


class Stopped(Exception):
    """Told to stop while the database was away: the chunk was not kept, or, `in_doubt`, nobody knows."""

    def __init__(self, *, in_doubt: bool = False) -> None:
        super().__init__("the database is away")
        self.in_doubt = in_doubt


@dataclass(slots=True)
class Attempt:
    """One try to keep a chunk: what became of its rows if it was committed, and the transaction it was in."""

    outcomes: Outcomes = field(default_factory=list)
    transaction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Keeps rows.

    Args:
        dry_run: do everything, then take it back.
        stop: ends the waiting for a database that is away.
        waiting: told why, whenever the database is waited for.
    """

    sessions: async_sessionmaker[AsyncSession]
    kind: Kind
    catalogue: Catalogue
    dry_run: bool
    stop: asyncio.Event
    waiting: Callable[[str], None]

    async def keep(self, rows: Sequence[Entry]) -> None:
        """Keep rows with their owners and checked models; notes on each refused row why.

        A chunk that the database refuses as a whole is halved until the row it stumbles over stands alone.

        Raises:
            Stopped: told to stop before the database was back.
        """
        if not rows:
            return
        try:
            outcomes = await self._surely_once(rows)
        except MarketError as error:
            if len(rows) > 1:
                middle = len(rows) // 2
                await self.keep(rows[:middle])
                await self.keep(rows[middle:])
                return
            rows[0][0].errors.extend(error.errors or [FieldError("", error.code, error.detail, error.parameters)])
            return
        for (row, _, _), errors in zip(rows, outcomes, strict=True):
            row.errors.extend(errors)

    async def patiently(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """The result of a read, tried again while the database is away.

        Raises:
            Stopped: told to stop before the database was back.
        """
        delay = FIRST_RETRY_SECONDS
        while True:
            try:
                async with self.sessions() as session:
                    return await work(session)
            except Exception as error:
                await self._wait(_unavailable(error), delay)
                delay = min(delay * 2, LAST_RETRY_SECONDS)

    async def _surely_once(self, rows: Sequence[Entry]) -> Outcomes:
        delay = FIRST_RETRY_SECONDS
        while True:
            attempt = Attempt()
            try:
                await self._write(rows, attempt)
                return attempt.outcomes
            except Exception as error:
                away = _unavailable(error)
            try:
                await self._wait(away, delay)
                # The commit may have reached the database although its answer did not reach us.
                if attempt.transaction and await self._was_committed(attempt.transaction):
                    return attempt.outcomes
            except Stopped:
                raise Stopped(in_doubt=bool(attempt.transaction)) from away
            delay = min(delay * 2, LAST_RETRY_SECONDS)

    async def _write(self, rows: Sequence[Entry], attempt: Attempt) -> None:
        outcomes: dict[int, Sequence[FieldError]] = {}
        async with self.sessions() as session:
            organizations = await _organizations(session, {owner for _, owner, _ in rows})
            for owner, positions in _by_owner(rows).items():
                models = [rows[position][2] for position in positions]
                kept = await self.kind.keep(session, models, organizations[owner], self.catalogue)
                outcomes |= dict(zip(positions, kept, strict=True))
            attempt.outcomes = [outcomes[position] for position in range(len(rows))]
            if self.dry_run:
                await session.rollback()
                return
            attempt.transaction = await session.scalar(text("SELECT pg_current_xact_id()::text"))
            await session.commit()

    async def _was_committed(self, transaction: str) -> bool:
        async def ask(session: AsyncSession) -> Any:
            return await session.scalar(text("SELECT pg_xact_status(CAST(:xid AS text)::xid8)"), {"xid": transaction})

        state = await self.patiently(ask)
        while state == UNKNOWN_STATE:
            await self._wait(Unavailable(), FIRST_RETRY_SECONDS)
            state = await self.patiently(ask)
        return bool(state == "committed")

    async def _wait(self, away: Unavailable, delay: float) -> None:
        self.waiting(str(away.__cause__ or away))
        try:
            await asyncio.wait_for(self.stop.wait(), delay)
        except TimeoutError:
            return
        raise Stopped


def _unavailable(error: Exception) -> Unavailable:
    """The error as one that time heals.

    Raises:
        MarketError: the database refused what it was given.
        Exception: the error itself, when it is none of the database's.
    """
    if isinstance(error, MarketError):
        refusal: MarketError | None = error
    else:
        refusal = Unavailable() if isinstance(error, OSError) else database_refusal(error, {})
    if refusal is None:
        raise error
    if not isinstance(refusal, Unavailable):
        raise refusal from error
    refusal.__cause__ = error
    return refusal


def _by_owner(rows: Sequence[Entry]) -> Mapping[UUID, list[int]]:
    positions: defaultdict[UUID, list[int]] = defaultdict(list)
    for position, (_, owner, _) in enumerate(rows):
        positions[owner].append(position)
    return positions


async def _organizations(session: AsyncSession, ids: set[UUID]) -> dict[UUID, Organization]:
    found = await session.scalars(select(Organization).where(Organization.id.in_(ids)))
    return {organization.id: organization for organization in found}
