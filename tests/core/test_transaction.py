from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.accounts.models import User
from market.core.access import Access
from market.core.db import create_engine
from market.core.errors import Conflict
from market.core.transaction import keep_changes
from tests.people import Client


@pytest.fixture
async def _notes(own_engine: AsyncEngine) -> None:
    async with own_engine.begin() as connection:
        await connection.execute(
            text("CREATE TABLE note (words text CONSTRAINT uq_note_words UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        )


async def notes(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        return list((await connection.scalars(text("SELECT words FROM note ORDER BY words"))).all())


async def write(session: AsyncSession, words: str) -> None:
    await session.execute(text("INSERT INTO note VALUES (:words)"), {"words": words})


@post("/test/notes/{words:str}", operation_id="writeNote", access=Access.ANYONE)
async def write_note(words: FromPath[str], session: NamedDependency[AsyncSession]) -> dict[str, str]:
    await write(session, words)
    return {"words": words}


@post("/test/refused", operation_id="writeAndRefuse", access=Access.ANYONE)
async def write_and_refuse(session: NamedDependency[AsyncSession]) -> None:
    await write(session, "refused")
    raise Conflict


@post("/test/remembered", operation_id="writeRefuseAndKeep", access=Access.ANYONE)
async def write_refuse_and_keep(session: NamedDependency[AsyncSession]) -> None:
    await write(session, "remembered")
    keep_changes(session)
    raise Conflict


@post("/test/broken", operation_id="writeAndBreak", access=Access.ANYONE)
async def write_and_break(session: NamedDependency[AsyncSession]) -> None:
    await write(session, "broken")
    raise RuntimeError("a secret detail")


@get("/test/streamed", operation_id="streamNotes", access=Access.ANYONE)
async def stream(session: NamedDependency[AsyncSession]) -> Stream:
    async def parts() -> AsyncIterator[str]:
        for words in (await session.scalars(text("SELECT words FROM note ORDER BY words"))).all():
            yield words

    return Stream(parts())


@get("/test/instants", operation_id="readTwice", access=Access.ANYONE)
async def read_twice(session: NamedDependency[AsyncSession]) -> int:
    instants = {await session.scalar(text("SELECT now()")) for _ in range(2)}
    return len(instants)


@get("/test/written", operation_id="writeWhileReading", access=Access.ANYONE)
async def write_while_reading(session: NamedDependency[AsyncSession]) -> None:
    session.add(User(full_name="Người thử", email="ai@thu.example", password_hash="-"))


@pytest.fixture(scope="session")
def _routes(app_with_more_routes: Litestar) -> None:
    writing = (write_note, write_and_refuse, write_refuse_and_keep, write_and_break)
    for route in (*writing, stream, read_twice, write_while_reading):
        app_with_more_routes.register(route)


@pytest.fixture
async def desk(own_client: Client, _routes: None, _notes: None) -> Client:
    return own_client


async def test_a_write_is_committed_before_its_answer_leaves(desk: Client, own_engine: AsyncEngine) -> None:
    assert (await desk.post("/test/notes/mot")).status_code == 201
    assert await notes(own_engine) == ["mot"]


async def test_what_is_refused_is_rolled_back(desk: Client, own_engine: AsyncEngine) -> None:
    assert (await desk.post("/test/refused")).status_code == 409
    assert await notes(own_engine) == []


async def test_a_refusal_that_must_be_remembered_is_committed(desk: Client, own_engine: AsyncEngine) -> None:
    assert (await desk.post("/test/remembered")).status_code == 409
    assert await notes(own_engine) == ["remembered"]


async def test_a_fault_of_ours_writes_nothing_and_tells_no_detail(desk: Client, own_engine: AsyncEngine) -> None:
    answer = await desk.post("/test/broken")
    assert answer.status_code == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text
    assert await notes(own_engine) == []


@pytest.mark.parametrize("key", [None, "lan-hai"])
async def test_a_commit_that_fails_is_no_success(desk: Client, own_engine: AsyncEngine, key: str | None) -> None:
    await desk.post("/test/notes/hai")
    headers = {"Idempotency-Key": key} if key else {}
    answer = await desk.post("/test/notes/hai", headers=headers)

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "already-exists"
    assert answer.headers["x-request-id"]
    assert await notes(own_engine) == ["hai"]


async def test_a_long_answer_is_streamed(desk: Client) -> None:
    for words in ("ba", "bon"):
        await desk.post(f"/test/notes/{words}")
    answer = await desk.get("/test/streamed")
    assert (answer.status_code, answer.text) == (200, "babon")


async def test_what_only_reads_opens_no_transaction(desk: Client) -> None:
    assert (await desk.get("/test/instants")).text == "2"


async def test_a_request_to_read_can_write_nothing(desk: Client, own_engine: AsyncEngine) -> None:
    async def people() -> int:
        async with own_engine.connect() as connection:
            return int(await connection.scalar(text("SELECT count(*) FROM user_account")) or 0)

    before = await people()
    assert (await desk.get("/test/written")).status_code == 500
    assert await people() == before


async def test_without_a_database_it_says_to_come_back(desk: Client, own_app: Litestar) -> None:
    nowhere = create_engine(own_app.state.engine.url.set(port=1).render_as_string(hide_password=False))
    own_app.state.sessions.configure(bind=nowhere)
    answer = await desk.get("/organizations", headers={"Accept-Language": "en"})
    await nowhere.dispose()

    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert int(answer.headers["retry-after"]) >= 1
