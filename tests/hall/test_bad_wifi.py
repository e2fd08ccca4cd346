"""Four devices on a bad line, against a real server: at once, in any order, again and again, cut in the middle."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from market.agreements.models import Agreement
from market.config import Settings
from market.core import clock
from market.core.db import create_sessions
from market.events.desk.models import DeskItem
from market.local.program import free_port
from tests.events.meetings.stories import Hall, accepted, hall
from tests.hall.test_desk import device, noted, paper, verified
from tests.operations.standing import serving
from tests.people import Client

CONTRACTS, MOUS = 28, 18


def papers() -> list[dict[str, Any]]:
    """What was signed: each known by the id that its device made."""
    today = clock.now()
    return [
        noted("paper", paper(f"HTX {n}", f"Siêu thị {n}", instrument="sale" if n < CONTRACTS else "mou"), sequence=n)
        | {"at": today.isoformat()}
        for n in range(CONTRACTS + MOUS)
    ]


@pytest.fixture
def server(own_settings: Settings) -> Iterator[httpx.Client]:
    with serving(own_settings.model_copy(update={"port": free_port()})) as (http, _):
        until = time.monotonic() + 60
        while True:
            try:
                assert http.get("/health/live").status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < until
                time.sleep(0.1)
        yield http


async def signed(engine: AsyncEngine) -> dict[str, int]:
    rows = select(Agreement.instrument, func.count()).where(Agreement.status == "signed").group_by(Agreement.instrument)
    async with create_sessions(engine)() as session:
        return {row.instrument: row[1] for row in await session.execute(rows)}


async def today_hall(client: Client) -> Hall:
    today = clock.today().isoformat()
    there = await hall(client, sellers=0, buyers=0, starts_on=today, ends_on=today, sessions=[])
    await verified(client, there.organizer)
    return there


async def test_four_devices_at_once_send_everything_three_times_and_end_in_28_contracts_and_18_mous(
    own_client: Client, own_engine: AsyncEngine, server: httpx.Client
) -> None:
    there, everything = await today_hall(own_client), papers()
    tokens = [(await device(there, f"Bàn {number}"))[0].token for number in range(4)]
    chance = random.Random(11)

    async def send_all(http: httpx.AsyncClient, token: str | None) -> list[dict[str, Any]]:
        answers = []
        for _ in range(3):
            items = chance.sample(everything, len(everything))
            for part in (items[:20], items[15:35], items[30:]):
                body = {"sent_at": clock.now().isoformat(), "items": part}
                answer = await http.post(
                    f"/api/v1{there.path}/desk/replay", json=body, headers={"Authorization": f"Bearer {token}"}
                )
                assert answer.status_code == 200, answer.text
                answers.append(answer.json())
        return answers

    async with httpx.AsyncClient(base_url=str(server.base_url), timeout=60) as http:
        answers = await asyncio.gather(*(send_all(http, token) for token in tokens))

    flat = [answer for each in answers for answer in each]
    assert await signed(own_engine) == {"sale": CONTRACTS, "mou": MOUS}
    assert sum(answer["kept"] for answer in flat) == CONTRACTS + MOUS
    assert sum(answer["duplicates"] + answer["refused"] for answer in flat) == 0
    numbers: dict[str, set[str]] = {}
    for answer in flat:
        for result in answer["results"]:
            numbers.setdefault(result["id"], set()).add(result["number"])
    assert all(len(each) == 1 for each in numbers.values())


async def test_a_line_cut_in_the_middle_of_a_replay_doubles_nothing_and_loses_nothing(
    own_client: Client, own_engine: AsyncEngine, server: httpx.Client
) -> None:
    there, everything = await today_hall(own_client), papers()
    desk = (await device(there))[0]
    assert desk.token is not None
    whole = msgspec.json.encode({"sent_at": clock.now().isoformat(), "items": everything})

    # Cut while it is being sent: nothing has come. Cut before the answer: everything may have.
    for sent in (whole[: len(whole) // 2], whole, whole):
        await asyncio.to_thread(_cut_after, server, f"/api/v1{there.path}/desk/replay", desk.token, sent, len(whole))
    async with httpx.AsyncClient(base_url=str(server.base_url), timeout=60) as http:
        headers = {"Authorization": f"Bearer {desk.token}", "Content-Type": "application/json"}
        answer = await http.post(f"/api/v1{there.path}/desk/replay", content=whole, headers=headers)

    said = answer.json()
    assert answer.status_code == 200, answer.text
    assert said["kept"] + said["known"] == CONTRACTS + MOUS
    assert await signed(own_engine) == {"sale": CONTRACTS, "mou": MOUS}
    async with create_sessions(own_engine)() as session:
        assert await session.scalar(select(func.count()).select_from(DeskItem)) == CONTRACTS + MOUS


def _cut_after(server: httpx.Client, path: str, token: str, sent: bytes, length: int) -> None:
    """Send so much of a request, wait for nothing, and drop the line without a goodbye."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: market.test\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
    line = socket.create_connection(("127.0.0.1", server.base_url.port or 80), timeout=10)
    line.sendall(head.encode() + sent)
    time.sleep(0.15)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    line.close()


async def test_a_device_whose_organizer_organizes_no_more_is_ended_with_it(client: Client) -> None:
    there = await hall(client, sellers=0, buyers=0)
    desk, _ = await device(there)
    officer = await client.officer()
    asked = {"organization": there.organizer.organization["id"], "subject": "kind"}
    for claim in (await officer.get("/claims", params=asked)).json()["items"]:
        await officer.post(f"/claims/{claim['id']}/suspend", {"note": "Quyết định hết hiệu lực"})

    after = await desk.get(f"{there.path}/roster")

    assert (after.status_code, after.json()["code"]) == (401, "device-ended")


async def test_a_paper_of_the_desk_counts_once_as_logged_and_each_party_confirms_or_contests_it(client: Client) -> None:
    there = await hall(client, sellers=1, buyers=1)
    await verified(client, there.organizer)
    seller, buyer = there.sellers[0], there.buyers[0]
    desk = (await device(there))[0]
    stranger = await client.register("producer")
    parties = [
        {"role": role, "organization": who.organization["id"]} for role, who in (("seller", seller), ("buyer", buyer))
    ]
    logged = await desk.post(f"{there.path}/agreements/batch", {"items": [{"instrument": "mou", "parties": parties}]})
    path = f"/agreements/{logged.json()['results'][0]['about']}"
    first = (await seller.get(path)).json()

    async def did(who: Client, verb: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        etag = (await who.get(path)).headers.get("etag", "")
        answer = await who.post(f"{path}/{verb}", body, headers={"If-Match": etag} if etag else {})
        return answer.status_code, answer.json()

    confirmed = await did(seller, "confirm", {})
    contested = await did(buyer, "contest", {"words": "Không phải chữ ký của chúng tôi"})
    others = await did(stranger, "confirm", {})
    by_device = await did(replace(desk), "confirm", {})

    assert (first["consent"], first["logged_by"]) == ("vouched", there.organizer.organization["id"])
    assert (confirmed[0], contested[0]) == (200, 200)
    assert [party["consent"] for party in contested[1]["parties"]] == ["confirmed", "contested"]
    assert (others[0] in (403, 404), by_device[0]) == (True, 403)
    summary = (await there.organizer.get(f"{there.path}/summary?as_of=2027-01-01")).json()
    assert (summary["papers"], summary["mous"]) == (0, 0)


async def test_people_are_checked_in_while_a_device_sends_what_it_noted_in_days(
    own_client: Client, own_engine: AsyncEngine
) -> None:
    there = await today_hall(own_client)
    for number in range(2):
        await accepted(there, await own_client.register("producer", name=f"HTX Tới Sớm {number}"))
    desk = (await device(there))[0]
    async with own_engine.connect() as other:
        await other.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"desk:{there.event['id']}", 0))))
        answer = await desk.post(f"{there.path}/check-ins", {"id": str(uuid4()), "name": "HTX Tới Sớm 1"})

    assert (answer.status_code, answer.json()["state"]) == (201, "kept")


async def test_one_person_at_two_desks_at_once_came_once(own_client: Client, own_engine: AsyncEngine) -> None:
    there = await today_hall(own_client)
    await accepted(there, await own_client.register("producer", name="HTX Hai Cửa"))
    desks = [(await device(there, f"Cửa {number}"))[0] for number in range(4)]

    answers = await asyncio.gather(
        *(desk.post(f"{there.path}/check-ins", {"id": str(uuid4()), "name": "htx hai cua"}) for desk in desks)
    )

    assert sorted(answer.json()["state"] for answer in answers) == ["duplicate", "duplicate", "duplicate", "kept"]
