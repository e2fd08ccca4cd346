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

from market.core.access import SYSTEM, Actor
from market.core.database_errors import database_refusal
from market.core.errors import MarketError, Unavailable
from market.imports.kinds.kind import Keeping, Kind, Options, Outcome, Outcomes
from market.imports.ledgers import Ledger, Place
from market.imports.rows import Row
from market.organizations.models import Organization
from market.reference.catalogue import Catalogue

FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS = 0.2, 5.0
UNKNOWN_STATE = "in progress"

T = TypeVar("T")


Entry = tuple[Row, UUID | None, Any]
"""A row, its owner, and the row prepared to be kept; of a row that is refused already only the row."""


class Stopped(Exception):
    """Told to stop while the database was away: the chunk was not kept, or, `in_doubt`, nobody knows."""

    def __init__(self, *, in_doubt: bool = False) -> None:
        super().__init__("the database is away")
        self.in_doubt = in_doubt


@dataclass(slots=True)
class Attempt:
    """One try to keep a chunk: what became of its rows if it was committed, and the transaction it was in."""

    outcomes: Outcomes = field(default_factory=list)
    """For each row, what became of it."""
    transaction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Keeps rows.

    Args:
        ledger: where it is written down what became of the rows.
        place: how far the file has come, moved with each chunk; None where nothing is kept of that.
        catalogue: what rows are checked against.
        dry_run: do everything, then take it back.
        stop: ends the waiting for a database that is away.
        waiting: told why, whenever the database is waited for.
    """

    sessions: async_sessionmaker[AsyncSession]
    kind: Kind
    ledger: Ledger
    place: Place | None
    dry_run: bool
    stop: asyncio.Event
    waiting: Callable[[str], None]
    catalogue: Catalogue
    actor: Actor = SYSTEM
    answers: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)

    async def keep(self, rows: Sequence[Entry], *, next_line: int) -> Outcomes:
        """Keep the good ones of these rows; the answer says what became of each, and errors stand on the rows.

        A chunk that the database refuses as a whole is halved until the row it stumbles over stands alone.

        Args:
            next_line: where the row after these begins, at the earliest.

        Raises:
            Stopped: told to stop before the database was back.
            ImportedMeanwhile: another run of the same import was quicker.
        """
        try:
            outcomes = await self._surely_once(rows, next_line)
        except MarketError as error:
            if len(rows) > 1:
                middle = len(rows) // 2
                first = await self.keep(rows[:middle], next_line=rows[middle][0].line)
                return first + await self.keep(rows[middle:], next_line=next_line)
            row = rows[0][0]
            row.errors.extend(Outcome.refused_by(error).errors)
            return await self.keep([(row, None, None)], next_line=next_line)
        for (row, _, _), outcome in zip(rows, outcomes, strict=True):
            row.errors[:] = outcome.errors
        self.ledger.settle()
        if self.place is not None:
            self.place.next_line = next_line
        return outcomes

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

    async def _surely_once(self, rows: Sequence[Entry], next_line: int) -> Outcomes:
        delay = FIRST_RETRY_SECONDS
        while True:
            attempt = Attempt()
            try:
                await self._write(rows, next_line, attempt)
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

    async def _write(self, rows: Sequence[Entry], next_line: int, attempt: Attempt) -> None:
        async with self.sessions() as session:
            attempt.outcomes = await self._kept(session, rows)
            if self.dry_run:
                await session.rollback()
            noted = list(zip((row for row, _, _ in rows), attempt.outcomes, strict=True))
            if self.place is not None:
                await self.place.move(session, next_line=next_line, noted=noted)
            if not self.dry_run:
                attempt.transaction = await session.scalar(text("SELECT pg_current_xact_id()::text"))
            await self.ledger.write(session, noted)
            await session.commit()

    async def _kept(self, session: AsyncSession, rows: Sequence[Entry]) -> Outcomes:
        outcomes = [Outcome.refused(*row.errors) for row, _, _ in rows]
        organizations = await _organizations(session, {owner for _, owner, _ in rows if owner is not None})
        keeping = Keeping(session, self.catalogue, self.actor, self.answers, self.options)
        for owner, positions in _by_owner(rows).items():
            prepared = [(rows[position][0], rows[position][2]) for position in positions]
            organization = organizations[owner] if owner is not None else None
            kept = await self.kind.keep(keeping, prepared, organization)
            for position, outcome in zip(positions, kept, strict=True):
                outcomes[position] = outcome
        return outcomes

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


def _by_owner(rows: Sequence[Entry]) -> Mapping[UUID | None, list[int]]:
    positions: defaultdict[UUID | None, list[int]] = defaultdict(list)
    for position, (_, owner, prepared) in enumerate(rows):
        if prepared is not None:
            positions[owner].append(position)
    return positions


async def _organizations(session: AsyncSession, ids: set[UUID]) -> dict[UUID, Organization]:
    found = await session.scalars(select(Organization).where(Organization.id.in_(ids)))
    return {organization.id: organization for organization in found}
