from __future__ import annotations

import pytest

from tests.attacks.letters import Letters
from tests.people import Client


@pytest.fixture
def letters(client: Client) -> Letters:
    return Letters(client.app.state.sessions, client.app.state.token_policy.secret)
