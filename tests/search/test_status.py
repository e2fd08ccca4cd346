from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.followers import follow_once
from market.engine.gateway import Engine
from market.search.follower import search_follower
from market.search.index import revision
from market.search.status import IndexStatus, search_status
from tests.search.stalls import STALLS, Stall, listing, open_stalls

Sessions = async_sessionmaker[AsyncSession]


async def _status(engine: Engine, sessions: Sessions) -> tuple[IndexStatus, int]:
    status = await search_status(engine, sessions, [STALLS])
    assert status.true == status.indexes[0].true
    return status.indexes[0], status.backlog


async def _three_stalls(engine: Engine, sessions: Sessions) -> list[Stall]:
    async with sessions.begin() as session:
        stalls = await open_stalls(session, "Bưởi", "Xoài", "Cam")
    await follow_once(sessions, search_follower(engine, [STALLS]))
    return stalls


async def test_an_index_that_says_what_the_rows_say_is_true(search_engine: Engine, stall_sessions: Sessions) -> None:
    await _three_stalls(search_engine, stall_sessions)
    index, behind = await _status(search_engine, stall_sessions)
    assert (index, behind) == (IndexStatus("listings", 3, 3, 0, 0, 0), 0)
    assert index.true


async def test_a_document_that_got_lost_is_missing(search_engine: Engine, stall_sessions: Sessions) -> None:
    stalls = await _three_stalls(search_engine, stall_sessions)
    await search_engine.wait([await search_engine.delete("listings", [str(stalls[0].id)])])
    index, _ = await _status(search_engine, stall_sessions)
    assert (index, index.true) == (IndexStatus("listings", 3, 2, 1, 0, 0), False)


async def test_a_row_changed_behind_the_log_is_stale(search_engine: Engine, stall_sessions: Sessions) -> None:
    stalls = await _three_stalls(search_engine, stall_sessions)
    async with stall_sessions.begin() as session:
        await session.execute(update(Stall).where(Stall.id == stalls[0].id).values(price_vnd=1))
    index, _ = await _status(search_engine, stall_sessions)
    assert (index, index.true) == (IndexStatus("listings", 3, 3, 0, 1, 0), False)


async def test_a_document_nobody_may_see_any_more_is_surplus(search_engine: Engine, stall_sessions: Sessions) -> None:
    stalls = await _three_stalls(search_engine, stall_sessions)
    async with stall_sessions.begin() as session:
        await session.execute(update(Stall).where(Stall.id == stalls[0].id).values(open=False))
    index, _ = await _status(search_engine, stall_sessions)
    assert (index, index.true) == (IndexStatus("listings", 2, 3, 0, 0, 1), False)


async def test_an_engine_that_lost_its_files_misses_everything(bare_engine: Engine, stall_sessions: Sessions) -> None:
    async with stall_sessions.begin() as session:
        await open_stalls(session, "Bưởi", "Xoài")
    index, behind = await _status(bare_engine, stall_sessions)
    assert (index, behind) == (IndexStatus("listings", 2, None, 2, 0, 0), 2)
    assert not index.true


def test_a_revision_depends_on_the_content_and_not_on_its_order() -> None:
    document = listing("1", title="Bưởi")
    assert revision(document) == revision(dict(reversed(document.items())))
    assert revision(document) != revision(document | {"price_vnd_kg": 1})
