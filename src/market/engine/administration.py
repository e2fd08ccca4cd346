"""Indexes as things: made, told their settings, swapped, dropped. The official client, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import meilisearch
from meilisearch.errors import MeilisearchApiError, MeilisearchCommunicationError, MeilisearchTimeoutError

from market.engine.gateway import Engine, EngineDown, EngineRefused

ADMINISTRATION_SECONDS = 30

UNORDERED = {
    "sortableAttributes",
    "stopWords",
    "dictionary",
    "separatorTokens",
    "nonSeparatorTokens",
    "disableOnWords",
    "disableOnAttributes",
}
"""Settings that are sets: the engine gives them back in an order of its own."""

T = TypeVar("T")
IndexState = Literal["good", "missing", "empty", "other settings"]


async def create_index(engine: Engine, uid: str, settings: Mapping[str, Any]) -> None:
    """Make an index with these settings, and wait for both.

    Raises:
        EngineDown, EngineRefused
    """
    await engine.wait([await _ask(engine, lambda client: client.create_index(uid, {"primaryKey": "id"}).task_uid)])
    await engine.wait([await _ask(engine, lambda client: client.index(uid).update_settings(dict(settings)).task_uid)])


async def drop_index(engine: Engine, uid: str) -> None:
    """Remove an index if it is there.

    Raises:
        EngineDown, EngineRefused
    """
    if await read_index_settings(engine, uid) is not None:
        await engine.wait([await _ask(engine, lambda client: client.delete_index(uid).task_uid)])


async def swap_indexes(engine: Engine, one: str, other: str) -> None:
    """Exchange the content of two existing indexes at once.

    Raises:
        EngineDown, EngineRefused
    """
    await engine.wait([await _ask(engine, lambda client: client.swap_indexes([{"indexes": [one, other]}]).task_uid)])


async def read_index_settings(engine: Engine, uid: str) -> dict[str, Any] | None:
    """All settings of an index, defaults included; None when it does not exist.

    Raises:
        EngineDown, EngineRefused
    """
    try:
        return await _ask(engine, lambda client: client.index(uid).get_settings())
    except EngineRefused as refusal:
        if refusal.code == "index_not_found":
            return None
        raise


def settings_agree(actual: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether an index has what is wanted; what is not mentioned does not matter, nor the order of unordered lists."""
    return all(_agrees(name, actual.get(name), value) for name, value in wanted.items())


def _agrees(name: str, actual: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(actual, Mapping) and settings_agree(actual, wanted)
    if name in UNORDERED:
        return sorted(actual or ()) == sorted(wanted or ())
    return bool(actual == wanted)


async def _ask(engine: Engine, question: Callable[[meilisearch.Client], T]) -> T:
    client = meilisearch.Client(engine.url, engine.key, timeout=ADMINISTRATION_SECONDS)
    try:
        return await asyncio.to_thread(question, client)
    except MeilisearchApiError as error:
        raise EngineRefused(error.code or "unknown", error.message) from error
    except (MeilisearchCommunicationError, MeilisearchTimeoutError) as error:
        raise EngineDown(str(error)) from error
