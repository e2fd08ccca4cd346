"""The feed as it happens: on a line that is held, as server-sent events, trimmed and filtered, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from market.core.errors import Unavailable
from market.integrations import watching
from market.integrations.watching import LogWatch
from tests.integrations.test_changes import Phone, listed
from tests.people import Client
from tests.waiting import eventually

WRITERS, WRITES = 20, 4


@pytest.fixture
async def htx(own_client: Client) -> Client:
    return await own_client.register("producer", name="HTX Trực Tuyến")


async def place(client: Client) -> str:
    phone = Phone(client)
    await phone.sync()
    assert phone.cursor is not None
    return phone.cursor


def events_of(body: str) -> list[dict[str, Any]]:
    return [json.loads(data) for data in re.findall(r"^data: (.*)$", body, re.MULTILINE)]


async def test_who_waits_is_answered_when_something_changes(own_client: Client, htx: Client) -> None:
    cursor = await place(own_client)
    waiting = asyncio.create_task(own_client.get("/changes", params={"since": cursor, "wait": 20}))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    started, listing = time.monotonic(), await listed(htx)
    answer = await waiting
    assert time.monotonic() - started < 10
    assert [(item["change"], item["id"]) for item in answer.json()["items"]] == [("created", listing)]


async def test_who_waits_for_other_things_hears_nothing_and_the_place_moves(own_client: Client, htx: Client) -> None:
    cursor = await place(own_client)
    await listed(htx, publish=False)
    answer = (await own_client.get("/changes", params={"since": cursor, "wait": 0.3, "entity": "listing,need"})).json()
    assert answer["items"] == []
    assert answer["next_cursor"] != cursor


async def test_kinds_and_fields_are_chosen(own_client: Client, htx: Client) -> None:
    listing = await listed(htx)
    params = {"entity": "listing", "fields": "id,title,status"}
    answer = (await own_client.get("/changes", params=params)).json()
    (told,) = answer["items"]
    assert (told["id"], set(told["data"])) == (listing, {"id", "title", "status"})
    whole = (await own_client.get("/changes")).json()["items"]
    assert {item["entity"] for item in whole} == {"organization", "listing"}
    wrong = await own_client.get("/changes", params={"entity": "listing", "fields": "id,lines"})
    assert [error["code"] for error in wrong.json()["errors"]] == ["unknown-fields"]
    assert (await own_client.get("/changes", params={"entity": "people"})).status_code == 400
    assert (await own_client.get("/changes", params={"wait": 26})).status_code == 400


async def test_what_goes_with_its_organization_is_told_to_who_wants_listings_only(
    own_client: Client, htx: Client
) -> None:
    listing, officer = await listed(htx), await own_client.officer()
    cursor = await place(own_client)
    await officer.post(f"/organizations/{htx.organization['id']}/suspend")
    told = (await own_client.get("/changes", params={"since": cursor, "entity": "listing"})).json()["items"]
    assert [(item["change"], item["id"]) for item in told] == [("gone", listing)]


@pytest.fixture
def long_streams(own_client: Client) -> Any:
    before = own_client.app.state.settings
    own_client.app.state.settings = before.model_copy(update={"stream_seconds": 4})
    yield
    own_client.app.state.settings = before


@pytest.mark.usefixtures("long_streams")
async def test_a_stream_tells_what_changes_and_goes_on_after_the_last_event(own_client: Client, htx: Client) -> None:
    await place(own_client)
    streaming = asyncio.create_task(own_client.get("/changes/stream", params={"entity": "listing"}))
    await asyncio.sleep(0.5)
    listing = await listed(htx)
    answer = await streaming
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [(event["change"], event["id"]) for event in events_of(answer.text)] == [("created", listing)]
    last = re.findall(r"^id: (.*)$", answer.text, re.MULTILINE)[-1]
    await htx.post(f"/listings/{listing}/pause")
    again = await own_client.get("/changes/stream", headers={"Last-Event-ID": last})
    assert [(event["change"], event["id"]) for event in events_of(again.text)] == [("gone", listing)]
    assert (await own_client.get("/changes/stream", headers={"Last-Event-ID": "x"})).status_code == 400


async def test_twenty_writers_and_one_reader_lose_nothing_and_repeat_nothing(
    own_client: Client, htx: Client, own_engine: AsyncEngine
) -> None:
    """A write that commits late, with a lower place in the log than what was read already, included."""
    reader, done = Phone(own_client), asyncio.Event()
    told: Counter[str] = Counter()

    async def read() -> None:
        while not done.is_set():
            for item in (await reader.page(entity="listing", fields="id,version", wait=0.5, limit=7))["items"]:
                told[f"{item['id']} {item['data']['version']}"] += 1

    async def write() -> list[str]:
        return [await listed(htx) for _ in range(WRITES)]

    reading = asyncio.create_task(read())
    async with AsyncSession(own_engine) as slow, slow.begin():
        await slow.execute(text("SELECT pg_current_xact_id()"))
        first = await write()
    written = first + [one for each in await asyncio.gather(*(write() for _ in range(WRITERS))) for one in each]

    async def all_told() -> bool:
        if reading.done():
            reading.result()
        return len(told) >= len(written)

    await eventually(all_told, what="every write told")
    done.set()
    await reading
    assert told == Counter(f"{listing} 1" for listing in written)


async def test_no_more_wait_in_a_process_than_it_can_bear(own_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_WAITING", 1)
    watch, sessions = LogWatch(), own_client.app.state.sessions
    async with watch.watching(sessions):
        with pytest.raises(Unavailable):
            async with watch.watching(sessions):
                pass


@pytest.mark.parametrize("path", ["/changes/stream", "/changes", "/changes?wait=25"])
async def test_a_head_of_the_feed_ends_at_once(own_client: Client, htx: Client, path: str) -> None:
    await listed(htx)
    if "wait" in path:  # and there is nothing to tell
        path += f"&since={(await own_client.get('/changes')).json()['next_cursor']}"
    answer = await asyncio.wait_for(own_client.request("HEAD", path), 5)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith(("text/event-stream", "application/json"))
