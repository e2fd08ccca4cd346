from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Cursor, settled_changes
from market.core.eras import LogAhead, begin_era, era_of, require_own_log
from market.core.followers import move_cursor, read_cursor

ENTRY = """
INSERT INTO change (xid, at, entity, entity_id, version, verb, diff, actor_kind)
VALUES (:xid, now(), 'thing', :id, 1, 'create', '{}', 'system')
"""
FAR = 10**12


async def restored(session: AsyncSession) -> None:
    """A log of another cluster, of which a follower has read half."""
    for number in range(4):
        await session.execute(text(ENTRY), {"xid": FAR + number, "id": uuid4()})
    await move_cursor(session, "thing", Cursor(FAR + 1, 10**9))


async def test_a_log_that_is_ahead_of_its_cluster_is_refused(session: AsyncSession) -> None:
    await require_own_log(session)
    await restored(session)
    with pytest.raises(LogAhead, match="new-era"):
        await require_own_log(session)


async def test_a_new_era_keeps_the_order_and_lets_followers_go_on_where_they_were(session: AsyncSession) -> None:
    await restored(session)
    before = (await session.execute(text("SELECT id FROM change ORDER BY xid, id"))).all()
    assert await begin_era(session) == 2 == await era_of(session)
    await require_own_log(session)
    assert (await session.execute(text("SELECT id FROM change ORDER BY xid, id"))).all() == before
    cursor = await read_cursor(session, "thing")
    things = [
        change for change in await session.scalars(settled_changes(cursor, limit=100)) if change.entity == "thing"
    ]
    assert len(things) == 2
    newest = things[-1].xid
    await session.execute(
        text(
            "INSERT INTO change (at, entity, entity_id, version, verb, diff, actor_kind) "
            "VALUES (now(), 'thing', uuidv7(), 1, 'create', '{}', 'system')"
        )
    )
    assert await session.scalar(text("SELECT max(xid) FROM change")) > newest


async def test_the_log_stays_append_only_in_the_new_era(session: AsyncSession) -> None:
    await restored(session)
    await begin_era(session)
    with pytest.raises(Exception, match="append-only"):
        await session.execute(text("UPDATE change SET verb = 'forge'"))
