from __future__ import annotations

import asyncio
import json
import socket

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from typer.testing import CliRunner, Result

from market.config import Settings
from market.engine.gateway import Engine
from market.search.commands import NoEngine, search_commands
from tests.search.stalls import STALLS, open_stalls

Sessions = async_sessionmaker[AsyncSession]


async def _run(settings: Settings, engine: Engine, *arguments: str) -> Result:
    """Run a command as the command line does, on an event loop of its own."""
    told = settings.model_copy(update={"meili_index_prefix": engine.prefix})
    app = search_commands([STALLS], lambda _data_dir: told)
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


async def test_rebuild_makes_status_true(own_settings: Settings, bare_engine: Engine, stall_sessions: Sessions) -> None:
    async with stall_sessions.begin() as session:
        await open_stalls(session, "Bưởi", "Xoài")
    before = await _run(own_settings, bare_engine, "status")
    assert (before.exit_code, "no index" in before.output) == (1, True)
    rebuilt = await _run(own_settings, bare_engine, "rebuild", "listings")
    assert rebuilt.exit_code == 0, rebuilt.output
    after = await _run(own_settings, bare_engine, "status", "--json", "--wait", "1")
    assert after.exit_code == 0
    index = {"name": "listings", "expected": 2, "indexed": 2, "missing": 0, "stale": 0, "surplus": 0}
    assert json.loads(after.output) == {"indexes": [index], "backlog": 2, "true": True}


async def test_an_unknown_index_is_bad_usage(own_settings: Settings, bare_engine: Engine) -> None:
    wrong = await _run(own_settings, bare_engine, "rebuild", "people")
    assert (wrong.exit_code, "no such index: people" in wrong.output) == (2, True)


@pytest.mark.parametrize("configured", [True, False])
async def test_without_an_engine_the_commands_say_so(
    own_settings: Settings, bare_engine: Engine, configured: bool
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}" if configured else None
        told = own_settings.model_copy(update={"meili_url": url})
        result = await _run(told, bare_engine, "status")
    assert isinstance(result.exception, NoEngine)
