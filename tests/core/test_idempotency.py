from __future__ import annotations

import asyncio
import copy
from datetime import timedelta
from typing import Annotated, Any

import pytest
from litestar import Litestar, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient

from market.accounts.models import User
from market.core import clock
from market.core.access import Access
from market.core.errors import Conflict
from market.core.idempotency import StoredAnswer, forget_old_answers
from tests.people import Client

REGISTRATION: dict[str, Any] = {
    "organization": {
        "name": "HTX Gửi Hai Lần",
        "kinds": ["producer"],
        "legal_form": "cooperative",
        "province": {"code": "82", "version": "2025"},
    },
    "user": {"full_name": "Người Gửi", "email": "gui@hailan.example", "password": "mot-cau-du-dai"},
}


def registration(name: str, email: str) -> dict[str, Any]:
    body = copy.deepcopy(REGISTRATION)
    body["organization"]["name"], body["user"]["email"] = name, email
    return body


async def test_the_same_request_is_done_once_and_answered_alike(client: Client, session: AsyncSession) -> None:
    headers = {"Idempotency-Key": "mot-lan"}
    first = await client.post("/auth/register", REGISTRATION, headers=headers)
    second = await client.post("/auth/register", REGISTRATION, headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["cache-control"] == "no-store"
    assert await session.scalar(select(func.count()).select_from(User)) == 1


async def test_a_key_serves_one_request_only(client: Client) -> None:
    headers = {"Idempotency-Key": "mot-lan", "Accept-Language": "en"}
    await client.post("/auth/register", REGISTRATION, headers=headers)
    other_body = await client.post("/auth/register", registration("HTX Khác", "khac@thu.example"), headers=headers)
    other_path = await client.post("/auth/token", {"identifier": "a@b.vn", "password": "x"}, headers=headers)
    other_query = await client.post("/auth/register?fields=name", REGISTRATION, headers=headers)

    assert [answer.status_code for answer in (other_body, other_path, other_query)] == [422, 422, 422]
    assert other_body.json()["code"] == "idempotency-key-reused"


async def test_two_people_may_use_the_same_key(client: Client) -> None:
    one, other = await client.register(), await client.register()
    for person in (one, other):
        path = f"/organizations/{person.organization['id']}"
        answer = await person.patch(path, {"description": "Như nhau"}, headers={"Idempotency-Key": "chung"})
        assert answer.status_code == 200
        assert "idempotent-replayed" not in answer.headers


async def test_a_refused_request_keeps_no_answer_and_may_be_sent_again(client: Client, session: AsyncSession) -> None:
    headers = {"Idempotency-Key": "sua-roi-gui-lai"}
    wrong = registration("", "gui@hailan.example")
    assert (await client.post("/auth/register", wrong, headers=headers)).status_code == 400
    assert (await session.scalars(select(StoredAnswer))).all() == []
    assert (await client.post("/auth/register", REGISTRATION, headers=headers)).status_code == 201


async def test_a_key_is_forgotten_after_48_hours(client: Client, session: AsyncSession) -> None:
    headers = {"Idempotency-Key": "cu"}
    await client.post("/auth/register", REGISTRATION, headers=headers)
    with clock.shifted(timedelta(hours=47)):
        await forget_old_answers(session)
        assert (await client.post("/auth/register", REGISTRATION, headers=headers)).status_code == 201
    with clock.shifted(timedelta(hours=49)):
        again = await client.post("/auth/register", REGISTRATION, headers=headers)
        assert again.status_code == 409, "done anew, so the e-mail is taken"
        await forget_old_answers(session)
    assert (await session.scalars(select(StoredAnswer))).all() == []


async def test_what_is_kept_of_an_answer_shows_no_token_and_no_password(client: Client, session: AsyncSession) -> None:
    answer = await client.post("/auth/register", REGISTRATION, headers={"Idempotency-Key": "kin"})
    (kept,) = (await session.scalars(select(StoredAnswer))).all()
    assert answer.json()["tokens"]["refresh_token"].encode() not in kept.body
    assert b"refresh_token" not in kept.body


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "có dấu".encode(), b"\xff", b"a\x00"])
async def test_a_key_of_another_form_is_refused(client: Client, key: str | bytes) -> None:
    answer = await client.post("/auth/register", REGISTRATION, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/Idempotency-Key"


async def test_reading_needs_no_key(client: Client, session: AsyncSession) -> None:
    answer = await client.get("/organizations", headers={"Idempotency-Key": ""})
    assert answer.status_code == 200
    assert (await session.scalars(select(StoredAnswer))).all() == []


def slow_route(entered: asyncio.Event, leave: asyncio.Event) -> Any:
    @post("/test/slow", operation_id="slow", access=Access.ANYONE, status_code=200)
    async def slow(session: NamedDependency[AsyncSession]) -> dict[str, int]:
        await session.execute(text("CREATE TABLE IF NOT EXISTS slow_call (n int)"))
        await session.execute(text("INSERT INTO slow_call VALUES (1)"))
        entered.set()
        await leave.wait()
        return {"calls": await session.scalar(text("SELECT count(*) FROM slow_call")) or 0}

    return slow


async def test_while_the_first_is_running_the_second_is_told_to_wait(own_app: Litestar, own_client: Client) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    own_app.register(slow_route(entered, leave))
    headers = {"Idempotency-Key": "song-song"}
    first = asyncio.create_task(own_client.post("/test/slow", {}, headers=headers))
    await entered.wait()

    meanwhile = await own_client.post("/test/slow", {}, headers=headers)
    leave.set()
    answer = await first
    afterwards = await own_client.post("/test/slow", {}, headers=headers)

    assert meanwhile.status_code == 409
    assert meanwhile.json()["code"] == "idempotency-in-flight"
    assert int(meanwhile.headers["retry-after"]) >= 1
    assert answer.json() == afterwards.json() == {"calls": 1}
    assert afterwards.headers["idempotent-replayed"] == "true"


async def test_of_two_requests_at_once_one_is_done_and_the_other_told_so(own_app: Litestar, own_client: Client) -> None:
    """However they meet: in the handler, between the look and the lock, or when both have nearly ended."""

    @post("/test/count", operation_id="count", access=Access.ANYONE)
    async def count(session: NamedDependency[AsyncSession], data: JSONBody[dict[str, int]]) -> dict[str, int]:
        await session.execute(text("INSERT INTO counted_call VALUES (:pair)"), data)
        return data

    own_app.register(count)
    async with own_app.state.sessions.begin() as session:
        await session.execute(text("CREATE TABLE counted_call (pair int)"))
    pairs = range(60)
    raced = await asyncio.gather(
        *(
            own_client.post("/test/count", {"pair": pair}, headers={"Idempotency-Key": f"doi-{pair}"})
            for pair in pairs
            for _ in range(2)
        )
    )

    told = [(answer.status_code, answer.headers.get("idempotent-replayed")) for answer in raced]
    assert set(told) <= {(201, None), (201, "true"), (409, None)}
    assert told.count((201, None)) == len(pairs)
    assert {answer.json()["code"] for answer in raced if answer.status_code == 409} <= {"idempotency-in-flight"}
    async with own_app.state.sessions() as session:
        done = (await session.scalars(text("SELECT pair FROM counted_call ORDER BY pair"))).all()
    assert done == list(pairs)


async def test_an_answer_stored_after_the_look_undoes_the_second_request(own_app: Litestar, own_client: Client) -> None:
    """The first ends between the second's look and its lock: that is met when the second stores its answer."""
    held: list[StoredAnswer] = []

    @post("/test/late", operation_id="late", access=Access.ANYONE)
    async def late(session: NamedDependency[AsyncSession]) -> dict[str, int]:
        await session.execute(text("CREATE TABLE IF NOT EXISTS late_call (n int)"))
        await session.execute(text("INSERT INTO late_call VALUES (1)"))
        async with own_app.state.sessions.begin() as other:
            other.add_all(held)  # what the first has committed meanwhile
            held.clear()
        return {"calls": await session.scalar(text("SELECT count(*) FROM late_call")) or 0}

    own_app.register(late)
    headers = {"Idempotency-Key": "muon"}
    first = await own_client.post("/test/late", {}, headers=headers)
    async with own_app.state.sessions.begin() as session:
        stored = (await session.scalars(select(StoredAnswer))).one()
        await session.delete(stored)
    make_transient(stored)
    held.append(stored)

    second = await own_client.post("/test/late", {}, headers=headers)
    third = await own_client.post("/test/late", {}, headers=headers)

    assert (second.status_code, second.json()["code"]) == (409, "idempotency-in-flight")
    assert int(second.headers["retry-after"]) >= 1
    assert third.headers["idempotent-replayed"] == "true"
    assert third.json() == first.json()
    async with own_app.state.sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM late_call")) == 1


class Halfway(Conflict):
    code = "halfway"


async def test_the_answer_and_the_write_stand_or_fall_together(own_app: Litestar, own_client: Client) -> None:
    refuse = [True]

    @post("/test/halfway", operation_id="halfway", access=Access.ANYONE)
    async def halfway(session: NamedDependency[AsyncSession]) -> Annotated[None, "nothing"]:
        await session.execute(text("CREATE TABLE halfway (n int)"))
        if refuse:
            raise Halfway

    own_app.register(halfway)
    headers = {"Idempotency-Key": "nua-chung"}
    assert (await own_client.post("/test/halfway", {}, headers=headers)).status_code == 409
    refuse.clear()
    assert (await own_client.post("/test/halfway", {}, headers=headers)).status_code == 201
