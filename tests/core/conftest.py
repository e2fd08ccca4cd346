from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncEngine

from market.config import Settings
from market.core.db import create_sessions
from market.reference.catalogue import Catalogue
from tests.conftest import application_on


@pytest.fixture(scope="session")
async def app_with_more_routes(
    committing_settings: Settings, committing_engine: AsyncEngine
) -> AsyncIterator[Litestar]:
    """An application to which these tests give routes of their own."""
    async with application_on(committing_settings, committing_engine) as app:
        yield app


@pytest.fixture
def own_app(app_with_more_routes: Litestar, own_engine: AsyncEngine, catalogue: Catalogue) -> Litestar:
    """That application on a database of this test alone, in which it commits."""
    app_with_more_routes.state.sessions = create_sessions(own_engine)
    return app_with_more_routes
