from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.accounts.models import User
from market.core.access import SYSTEM, Actor
from market.core.changes import Change, Cursor, record_change, record_changes, settled_changes
from tests.database import UnloggedChange


def person(name: str, **columns: object) -> User:
    return User(full_name=name, email=f"{name}@thu.example", password_hash="không có", platform_roles=[], **columns)


async def entries_of(session: AsyncSession, row: User) -> list[Change]:
    return list(await session.scalars(select(Change).where(Change.entity_id == row.id).order_by(Change.id)))


async def test_every_change_is_a_version_with_an_entry(session: AsyncSession) -> None:
    user = person("an")
    await record_change(session, SYSTEM, user, verb="create")
    user.platform_roles = ["officer"]
    await record_change(session, SYSTEM, user, verb="grant")

    created, granted = await entries_of(session, user)
    assert (created.version, created.verb, granted.version, granted.verb) == (1, "create", 2, "grant")
    assert granted.diff == {"platform_roles": [[], ["officer"]]}
    assert granted.at == user.updated_at


async def test_private_values_are_only_said_to_change(session: AsyncSession) -> None:
    user = person("binh", phone="+84912345678")
    await record_change(session, SYSTEM, user, verb="create")
    user.phone = "+84912345679"
    await record_change(session, SYSTEM, user, verb="edit")

    entries = await entries_of(session, user)
    assert entries[1].diff == {"phone": ["***", "***"]}
    assert not {"binh", "9123456", "không có"} & set(str([entry.diff for entry in entries]).split("'"))


async def test_an_entry_says_who_did_it_for_whom_and_in_which_request(session: AsyncSession) -> None:
    someone, organization, device = (UUID(int=number) for number in (1, 2, 3))
    actor = Actor(
        kind="device", user_id=someone, credential_id=device, on_behalf_of=organization, request_id="yeu-cau-1"
    )
    user = person("chi")
    await record_change(session, actor, user, verb="create", details={"value": Decimal("1.5"), "seen": {someone}})

    (entry,) = await entries_of(session, user)
    assert (entry.actor_kind, entry.user_id, entry.credential_id) == ("device", someone, device)
    assert (entry.on_behalf_of, entry.request_id) == (organization, "yeu-cau-1")
    assert entry.diff["value"] == "1.5"
    assert entry.diff["seen"] == [str(someone)]


async def test_many_rows_cost_one_insert_of_entries(session: AsyncSession) -> None:
    users = [person(f"nguoi{number}") for number in range(20)]
    await record_changes(session, SYSTEM, users, verb="create")

    entries = (await session.scalars(select(Change).where(Change.verb == "create"))).all()
    assert {entry.entity_id for entry in entries} == {user.id for user in users}
    assert {entry.version for entry in entries} == {1}


async def test_nothing_is_logged_for_no_rows(session: AsyncSession) -> None:
    await record_changes(session, SYSTEM, [], verb="create")
    assert (await session.scalars(select(Change))).all() == []


@pytest.mark.parametrize("statement", ["UPDATE change SET verb = 'other'", "DELETE FROM change", "TRUNCATE change"])
async def test_the_log_is_append_only(session: AsyncSession, statement: str) -> None:
    await record_change(session, SYSTEM, person("dung"), verb="create")
    with pytest.raises(DBAPIError, match="append-only"):
        await session.execute(text(statement))


async def test_a_commit_that_leaves_a_row_unlogged_fails_in_the_tests(session: AsyncSession) -> None:
    session.add(person("em"))
    with pytest.raises(UnloggedChange):
        await session.commit()


async def read_from(session: AsyncSession, cursor: Cursor) -> tuple[list[str], Cursor]:
    entries = (await session.scalars(settled_changes(cursor, limit=100))).all()
    verbs = [entry.verb for entry in entries]
    place = Cursor(entries[-1].xid, entries[-1].id) if entries else cursor
    await session.rollback()
    return verbs, place


async def test_a_late_commit_is_read_although_others_came_after_it(own_engine: AsyncEngine) -> None:
    async with (
        AsyncSession(own_engine) as early,
        AsyncSession(own_engine) as late,
        AsyncSession(own_engine) as reader,
    ):
        await record_change(early, SYSTEM, person("som"), verb="began_first")
        await record_change(late, SYSTEM, person("muon"), verb="began_second")
        await late.commit()
        seen, cursor = await read_from(reader, Cursor())
        assert seen == []

        await early.commit()
        seen, cursor = await read_from(reader, cursor)
        assert seen == ["began_first", "began_second"]
        assert await read_from(reader, cursor) == ([], cursor)


async def test_a_lower_id_that_commits_last_is_not_lost(own_engine: AsyncEngine) -> None:
    """The first to write its entry is not the first to get a transaction id."""
    async with (
        AsyncSession(own_engine) as first_xid,
        AsyncSession(own_engine) as first_id,
        AsyncSession(own_engine) as reader,
    ):
        await first_xid.execute(text("SELECT pg_current_xact_id()"))
        await record_change(first_id, SYSTEM, person("mot"), verb="lower_id")
        await first_id.commit()
        _, cursor = await read_from(reader, Cursor())
        await record_change(first_xid, SYSTEM, person("hai"), verb="lower_xid")
        await first_xid.commit()

        assert (await read_from(reader, cursor))[0] == ["lower_xid", "lower_id"]


async def test_what_is_rolled_back_leaves_no_entry(own_engine: AsyncEngine) -> None:
    async with AsyncSession(own_engine) as writer, AsyncSession(own_engine) as reader:
        await record_change(writer, SYSTEM, person("khong"), verb="create")
        await writer.rollback()
        assert (await read_from(reader, Cursor()))[0] == []
