"""Documents that are not what their rows say are found without anybody asking, and put right."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.core.followers import follow_once
from market.engine.gateway import Engine
from market.search.comparing import Walk, compare_all, compare_sample
from market.search.follower import search_follower
from market.search.status import search_status
from tests.search.stalls import STALLS, Stall, listing, open_stalls

Sessions = async_sessionmaker[AsyncSession]


async def followed(engine: Engine, sessions: Sessions, *titles: str) -> list[Stall]:
    async with sessions.begin() as session:
        stalls = await open_stalls(session, *titles)
    while await follow_once(sessions, search_follower(engine, [STALLS])):
        pass
    return stalls


async def spoilt(engine: Engine, stalls: list[Stall]) -> None:
    """One document altered, one lost, one of a thing that is not there."""
    stranger = listing("00000000-0000-7000-8000-000000000001", title="Không có") | {"rev": "x"}
    altered = listing(str(stalls[0].id), title="Đã bị sửa") | {"rev": "y"}
    await engine.wait([await engine.upsert("listings", [stranger, altered])])
    await engine.wait([await engine.delete("listings", [str(stalls[1].id)])])


async def is_true(engine: Engine, sessions: Sessions) -> bool:
    return (await search_status(engine, sessions, [STALLS])).true


async def test_all_of_them_are_compared_and_what_is_wrong_is_put_right(
    search_engine: Engine, stall_sessions: Sessions
) -> None:
    stalls = await followed(search_engine, stall_sessions, *(f"Bưởi số {number}" for number in range(25)))
    assert (await compare_all(search_engine, stall_sessions, [STALLS], size=10)).wrong == 0
    await spoilt(search_engine, stalls)
    assert not await is_true(search_engine, stall_sessions)
    assert (await compare_all(search_engine, stall_sessions, [STALLS], size=10)).wrong == 3
    assert await is_true(search_engine, stall_sessions)
    async with stall_sessions() as session:
        noted = "SELECT detail->>'wrong' FROM sign_of_life WHERE name = 'documents:listings'"
        assert await session.scalar(text(noted)) == "3"


async def test_samples_come_to_every_document_in_turn(search_engine: Engine, stall_sessions: Sessions) -> None:
    stalls = await followed(search_engine, stall_sessions, *(f"Xoài số {number}" for number in range(12)))
    await spoilt(search_engine, stalls)
    walk, wrong = Walk(), 0
    for _ in range(4):
        wrong += (await compare_sample(search_engine, stall_sessions, STALLS, walk, size=5)).wrong
    assert (walk.turns, wrong) == (1, 3)
    assert await is_true(search_engine, stall_sessions)


async def test_a_document_that_is_only_late_is_left_to_the_follower(
    search_engine: Engine, stall_sessions: Sessions
) -> None:
    stalls = await followed(search_engine, stall_sessions, "Cam")
    async with stall_sessions.begin() as session:
        await open_stalls(session, "Quýt")
    found = await compare_sample(search_engine, stall_sessions, STALLS, Walk())
    assert (found.documents, found.wrong) == (3, 0)
    assert await search_engine.document_count("listings") == len(stalls)
