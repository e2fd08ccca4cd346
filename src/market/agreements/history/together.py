"""The audit of a long history by several processes, each on a stretch of it, all on one snapshot of the database."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.history.audit import Audit, Walked, completed, verify
from market.agreements.history.audit_rows import FIRST_ID, LAST_ID, first_differing_row
from market.agreements.history.findings import Finding
from market.agreements.history.walking import Walk
from market.agreements.models import Agreement, AgreementLink
from market.core.db import create_engine
from market.core.garbage import collected_seldom

WORTH_A_PROCESS = 20_000
"""Links that are walked before another process would be ready to help."""
MOST_PROCESSES = 8


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the history: links by their places, agreements by their ids; each behind the one, up to the other."""

    links: tuple[int, int]
    agreements: tuple[UUID, UUID]


@asynccontextmanager
async def still(url: str, *, snapshot: str | None = None) -> AsyncIterator[AsyncSession]:
    """A session that reads the database as it is now, or as another session exported it, whatever others write.

    Args:
        url: as SQLAlchemy takes it.
        snapshot: what `pg_export_snapshot` gave.
    """
    engine = create_engine(url, pool_size=1)
    try:
        async with engine.connect() as connection:
            reading = await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            if snapshot is not None:
                # It is no value that could be bound; PostgreSQL names snapshots in hexadecimal digits and dashes.
                await reading.execute(text(f"SET TRANSACTION SNAPSHOT '{snapshot}'"))
            yield AsyncSession(reading)
    finally:
        await engine.dispose()


def of_processes(count: int) -> Executor:
    """Workers that share nothing with this process, nor with each other."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


async def verify_together(
    session: AsyncSession,
    url: str,
    *,
    known: str | None = None,
    processes: int | None = None,
    pool: Callable[[int], Executor] = of_processes,
) -> Audit:
    """As `verify`, by as many processes as this machine has processors, where there is enough to walk.

    Args:
        session: of `still`.
        url: where other processes read the same database.
        processes: how many, whatever there is to walk.
        pool: makes the workers.
    """
    links = await session.scalar(select(func.max(AgreementLink.seq))) or 0
    wanted = processes or min(os.cpu_count() or 1, MOST_PROCESSES, links // WORTH_A_PROCESS)
    if wanted < 2 or links < wanted:
        with collected_seldom():
            return await verify(session, known=known)
    snapshot = await session.scalar(select(func.pg_export_snapshot()))
    stretches = await _stretches(session, links, wanted)
    loop = asyncio.get_running_loop()
    with pool(wanted) as workers:
        parts = [loop.run_in_executor(workers, walked, url, str(snapshot), stretch, known) for stretch in stretches]
        done = await asyncio.gather(*parts)
    chain = [chain for chain, _ in done]
    rows = next((finding for _, finding in done if finding is not None), None)
    reached = next((one for one in chain if one.finding is not None), chain[-1])
    seen = any(one.known_seen for one in chain)
    whole = Walked(reached.links, reached.head, seen, reached.finding)
    return await completed(session, whole, rows, known=known)


async def _stretches(session: AsyncSession, links: int, count: int) -> Sequence[Stretch]:
    places = [links * number // count for number in range(count + 1)]
    agreements = await session.scalar(select(func.count()).select_from(Agreement)) or 0
    middles = [
        await session.scalar(select(Agreement.id).order_by(Agreement.id).offset(agreements * number // count).limit(1))
        for number in range(1, count)
    ]
    ids = [FIRST_ID, *(id_ or LAST_ID for id_ in middles), LAST_ID]
    return [Stretch(*bounds) for bounds in zip(pairwise(places), pairwise(ids), strict=True)]


def walked(url: str, snapshot: str, stretch: Stretch, known: str | None) -> tuple[Walked, Finding | None]:
    """One process's part: how far the chain holds in a stretch, and the first agreement of it that differs."""
    with collected_seldom():
        return asyncio.run(_walked(url, snapshot, stretch, known))


async def _walked(url: str, snapshot: str, stretch: Stretch, known: str | None) -> tuple[Walked, Finding | None]:
    async with still(url, snapshot=snapshot) as session:
        walk = Walk(known=known, after=stretch.links[0], until=stretch.links[1])
        finding = await walk.to_the_end(session)
        after, until = stretch.agreements
        rows = None if finding else await first_differing_row(session, after=after, until=until)
        return Walked(walk.links, walk.head, walk.known_seen, finding), rows
