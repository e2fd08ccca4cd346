from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from market.config import PROJECT_ROOT
from market.core.db import create_sessions
from market.engine.administration import create_index, drop_index
from market.engine.gateway import Engine
from market.search.index import read_settings
from tests.search.stalls import make_stall_table
from tests.services import Services

SEARCH_DIR = PROJECT_ROOT / "search"
INDEXES = ("listings", "needs", "listings-rebuild", "needs-rebuild")


@pytest.fixture
def listings_settings() -> dict[str, Any]:
    return read_settings(SEARCH_DIR, "listings")


@pytest.fixture
async def bare_engine(services: Services) -> AsyncIterator[Engine]:
    """A gateway with a prefix of its own and no index."""
    engine = Engine(services.meili_url, key=services.meili_key, prefix=f"t{secrets.token_hex(4)}_")
    yield engine
    for name in INDEXES:
        await drop_index(engine, engine.index_name(name))
    await engine.close()


@pytest.fixture
async def search_engine(bare_engine: Engine, listings_settings: dict[str, Any]) -> Engine:
    """A gateway with an empty index of listings."""
    await create_index(bare_engine, bare_engine.index_name("listings"), listings_settings)
    return bare_engine


@pytest.fixture
async def stall_sessions(own_engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Committing sessions on a database of this test, with a table of stalls."""
    await make_stall_table(own_engine)
    return create_sessions(own_engine)
