from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import meilisearch
import msgspec
import pytest

from market.engine.administration import read_index_settings, settings_agree
from market.engine.gateway import Engine, EngineDown, EngineRefused, TaskFailed
from market.search.index import read_settings
from tests.search.conftest import SEARCH_DIR
from tests.search.stalls import listing

MANGO = "00000000-0000-7000-8000-000000000001"


async def _add(engine: Engine, *documents: dict[str, object]) -> None:
    await engine.wait([await engine.upsert("listings", documents)])


def _query(engine: Engine, **query: object) -> dict[str, object]:
    return {"indexUid": engine.index_name("listings"), "q": "", "attributesToRetrieve": ["id", "card"]} | query


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@asynccontextmanager
async def _broken_server(answer: bytes) -> AsyncIterator[str]:
    """A server that gives this answer to everything; nothing at all when it is empty."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        if not answer:
            await reader.read()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def test_a_card_comes_back_byte_for_byte(search_engine: Engine) -> None:
    card = {"title": "Dừa sáp  \u00e9", "price": 1.50, "order": {"b": 1, "a": None}}
    await _add(search_engine, listing(MANGO, title="Dừa sáp") | {"card": card})
    (found,) = await search_engine.search([_query(search_engine)])
    assert found.hits[0].card == '{"title":"Dừa sáp  é","price":1.5,"order":{"b":1,"a":null}}'
    assert (found.hits[0].id, found.estimated_total_hits) == (MANGO, 1)


async def test_cards_that_an_earlier_market_stored_are_read(search_engine: Engine) -> None:
    client = meilisearch.Client(search_engine.url, search_engine.key)
    stored = listing(MANGO, title="Dừa sáp") | {"card": {"title": "Dừa sáp", "price": 1.5}}
    task = await asyncio.to_thread(client.index(search_engine.index_name("listings")).add_documents, [stored])
    await search_engine.wait([task.task_uid])
    (found,) = await search_engine.search([_query(search_engine)])
    assert msgspec.json.decode(found.hits[0].card) == {"title": "Dừa sáp", "price": 1.5}


async def test_only_the_card_and_the_id_leave_the_engine(search_engine: Engine) -> None:
    await _add(search_engine, listing(MANGO, title="Dừa sáp"))
    settings = await read_index_settings(search_engine, search_engine.index_name("listings"))
    assert settings is not None
    assert settings["displayedAttributes"] == ["id", "card"]


async def test_a_deleted_document_is_not_found(search_engine: Engine) -> None:
    await _add(search_engine, listing(MANGO, title="Xoài"))
    await search_engine.wait([await search_engine.delete("listings", [MANGO])])
    assert await search_engine.document_count("listings") == 0


async def test_a_missing_index_counts_as_an_engine_that_is_down(bare_engine: Engine) -> None:
    with pytest.raises(EngineDown):
        await bare_engine.search([_query(bare_engine)])
    assert await bare_engine.document_count("listings") is None
    assert not bare_engine.closed


async def test_a_query_the_engine_refuses_does_not_close_it(search_engine: Engine) -> None:
    with pytest.raises(EngineRefused) as refused:
        await search_engine.search([_query(search_engine, filter="concept ===")])
    assert refused.value.code == "invalid_search_filter"
    assert not search_engine.closed


async def test_a_document_without_an_id_fails_its_task(search_engine: Engine) -> None:
    task = await search_engine.upsert("listings", [{"title": "nobody"}])
    with pytest.raises(TaskFailed):
        await search_engine.wait([task])


async def test_a_dead_engine_is_not_asked_again_for_a_second_and_then_probed() -> None:
    engine = Engine(f"http://127.0.0.1:{_free_port()}")
    with pytest.raises(EngineDown, match="Cannot connect"):
        await engine.search([])
    with pytest.raises(EngineDown, match="dead a moment ago"):
        await engine.search([])
    engine._closed_until = time.monotonic()
    with pytest.raises(EngineDown, match="Cannot connect"):
        await engine.search([])
    assert not await engine.healthy()
    await engine.close()


async def test_an_engine_that_came_back_is_asked_again(search_engine: Engine) -> None:
    search_engine._failures, search_engine._closed_until = 3, time.monotonic()
    await search_engine.search([_query(search_engine)])
    assert not search_engine.closed
    assert await search_engine.healthy()


async def test_a_failing_engine_is_closed_after_three_failures() -> None:
    async with _broken_server(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as url:
        engine = Engine(url)
        for _ in range(3):
            assert not engine.closed
            with pytest.raises(EngineDown, match="status 503"):
                await engine.search([])
        assert engine.closed
        await engine.close()


async def test_garbage_instead_of_an_answer_counts_as_down() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]"
    async with _broken_server(b"SSH-2.0-nobody\r\n") as url, _broken_server(answer) as other:
        engine = Engine(other)
        with pytest.raises(EngineDown):
            await engine.search([])
        await engine.close()
        engine = Engine(url)
        with pytest.raises(EngineDown):
            await engine.search([])
        await engine.close()


async def test_an_engine_that_stays_silent_counts_as_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.engine.gateway.SEARCH_SECONDS", 0.05)
    async with _broken_server(b"") as url:
        engine = Engine(url)
        with pytest.raises(EngineDown):
            await engine.search([])
        await engine.close()


async def test_an_index_has_the_settings_of_its_file(search_engine: Engine) -> None:
    actual = await read_index_settings(search_engine, search_engine.index_name("listings"))
    assert actual is not None
    wanted = read_settings(SEARCH_DIR, "listings")
    assert settings_agree(actual, wanted)
    assert not settings_agree(actual, wanted | {"prefixSearch": "disabled"})
