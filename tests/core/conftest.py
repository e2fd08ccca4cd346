from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncEngine

from market.app import close_resources, create_app
from market.config import Settings
from market.core.db import create_sessions
from market.reference.catalogue import Catalogue


@pytest.fixture(scope="session")
async def app_with_more_routes(
    committing_settings: Settings, committing_engine: AsyncEngine
) -> AsyncIterator[Litestar]:
    """An application to which these tests give routes of their own."""
    app = create_app(committing_settings, state={"engine": committing_engine})
    yield app
    await close_resources(app)


@pytest.fixture
def own_app(app_with_more_routes: Litestar, own_engine: AsyncEngine, catalogue: Catalogue) -> Litestar:
    """That application on a database of this test alone, in which it commits."""
    app_with_more_routes.state.sessions = create_sessions(own_engine)
    return app_with_more_routes
