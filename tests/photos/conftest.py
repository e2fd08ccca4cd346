"""Where the pictures of a test lie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from market.config import Settings
from tests.people import Client


@pytest.fixture
def blobs(client: Client, tmp_path: Path) -> Iterator[Path]:
    """A data directory of this test alone; the pictures lie in it."""
    settings: Settings = client.app.state.settings
    before, settings.data_dir = settings.data_dir, tmp_path
    yield tmp_path / "blobs"
    settings.data_dir = before
