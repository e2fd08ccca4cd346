from __future__ import annotations

import pytest
from litestar import Litestar

from market.core.db import create_sessions
from market.matching.alerts.follower import alerts_follower
from tests.matching.alerts.stories import Watched
from tests.people import Client


@pytest.fixture
def watched(own_client: Client, own_app: Litestar) -> Watched:
    """A market that commits, and the follower that tells its people."""
    return Watched(own_client, create_sessions(own_app.state.engine), alerts_follower())
