"""A market is destroyed and restored, and goes on as if nothing had been: what is written after is indexed and fed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from market.config import PROJECT_ROOT, Settings
from market.local.backup import BadBackup, files_in, read_manifest
from market.local.keeping import old_backups
from market.local.program import LocalServiceError
from market.local.restore import require_empty
from market.local.running import Running, find_running
from market.local.sealing import WrongPassphrase, seal, unseal

PASSPHRASE = "một câu đủ dài để niêm phong"
SIGN_IN = {"identifier": "sao.luu@thu.example", "password": "mot-cau-du-dai-de-thu"}
PATIENCE_SECONDS = 180.0
BURN = "DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
"""So many transactions that the log is far ahead of any new cluster."""


@contextmanager
def market_up(data_dir: Path, *arguments: str) -> Iterator[Running]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARKET_")}
    command = [sys.executable, "-m", "market", "up", "--data-dir", str(data_dir), "--port", "0", *arguments]
    with subprocess.Popen(
        command, env=environment, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while (running := find_running(data_dir)) is None:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def market(data_dir: Path, *arguments: str) -> str:
    """What `market ...` said on a data directory; it must succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARKET_")}
    done = subprocess.run(
        [sys.executable, "-m", "market", *arguments, "--data-dir", str(data_dir)],
        env={**environment, "MARKET_BACKUP_PASSPHRASE": PASSPHRASE},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def offered(api: httpx.Client, token: str, titles: list[str]) -> None:
    for title in titles:
        listing = {"title": title, "concept": "dragon-fruit-red", "province": {"code": "82"}, "unit": "KGM"}
        made = api.post("/listings", json=listing, headers={"Authorization": f"Bearer {token}"})
        assert made.status_code == 201, made.text
        path = f"/listings/{made.json()['id']}/publish"
        headers = {"Authorization": f"Bearer {token}", "If-Match": made.headers["etag"]}
        assert api.post(path, headers=headers).status_code == 200


def registered(api: httpx.Client) -> str:
    """A producer's access token."""
    organization = {"name": "HTX Sao Lưu", "kinds": ["producer"], "legal_form": "cooperative", "tax_code": None}
    person = {"full_name": "Người Thử", **SIGN_IN, "email": SIGN_IN["identifier"]}
    body = {"organization": {**organization, "province": {"code": "82", "version": "2025"}}, "user": person}
    del person["identifier"]
    made = api.post("/auth/register", json=body)
    assert made.status_code == 201, made.text
    return signed_in(api)


def signed_in(api: httpx.Client) -> str:
    return str(api.post("/auth/token", json=SIGN_IN).json()["access_token"])


def read_to_the_end(api: httpx.Client) -> str:
    cursor, more = None, True
    while more:
        page = api.get("/changes", params={"limit": 1000} | ({"since": cursor} if cursor else {})).json()
        cursor, more = page["next_cursor"], page["more"]
    assert cursor
    return str(cursor)


def told_since(api: httpx.Client, cursor: str) -> set[str]:
    page = api.get("/changes", params={"limit": 1000, "since": cursor}).json()
    return {item["data"]["title"] for item in page["items"] if item["entity"] == "listing" and item["data"]}


def found(api: httpx.Client, words: str) -> set[str]:
    return {item["title"] for item in api.get("/listings", params={"q": words, "limit": 50}).json()["items"]}


def eventually_found(api: httpx.Client, titles: list[str]) -> None:
    deadline = time.monotonic() + 60
    while not set(titles) <= found(api, "thanh long"):
        assert time.monotonic() < deadline, found(api, "thanh long")
        time.sleep(0.2)


@contextmanager
def api_of(running: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{running.api_url}/api/v1", timeout=30) as api:
        yield api


async def burn_transactions(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(BURN)
    finally:
        await connection.close()


def a_life(data_dir: Path, backup: Path) -> str:
    """A market with five listings, backed up while it runs; the cursor of a phone that has read everything."""
    with market_up(data_dir) as running, api_of(running) as api:
        asyncio.run(burn_transactions(running.database_url))
        token = registered(api)
        offered(api, token, BEFORE)
        eventually_found(api, BEFORE)
        cursor = read_to_the_end(api)
        assert "committed before" in market(data_dir, "backup", str(backup))
    return cursor


BEFORE = [f"Thanh long trước {number}" for number in range(5)]
AFTER = [f"Thanh long sau {number}" for number in range(5)]


def test_a_destroyed_market_is_restored_and_goes_on(tmp_path: Path) -> None:
    old, new, backup = tmp_path / "old", tmp_path / "new", tmp_path / "backup"
    cursor = a_life(old, backup)
    secret = json.loads((old / "secrets.json").read_text())["secret_key"]
    assert not any(secret.encode() in path.read_bytes() for path in files_in(backup))
    shutil.rmtree(old)
    said = market(new, "restore", str(backup))
    assert "era 2 has begun" in said
    assert "5 documents found again" in said
    with market_up(new) as running, api_of(running) as api:
        past = api.get("/changes", params={"since": cursor})
        assert (past.status_code, past.json()["code"]) == (410, "past-era")
        fresh = read_to_the_end(api)
        offered(api, signed_in(api), AFTER)
        eventually_found(api, [*BEFORE, *AFTER])
        assert set(AFTER) <= told_since(api, fresh)
        assert "what was recorded" in market(new, "audit", "verify")
        market(new, "search", "status", "--wait", "30")
        parts = httpx.get(f"{running.api_url}/health/ready").json()["parts"]
        assert {part["state"] for part in parts if part["name"] in {"log", "worker", "index", "database"}} == {"ok"}


def test_a_backup_that_is_cut_or_altered_is_refused(tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    backup.mkdir()
    with pytest.raises(BadBackup, match="cut short"):
        read_manifest(backup)
    (backup / "database.dump").write_bytes(b"anything")
    files = {"database.dump": [8, "0" * 64]}
    manifest = {"format": 1, "taken_at": "2026-01-01T00:00:00+00:00", "revision": "0200", "files": files}
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadBackup, match=r"altered in .*database\.dump"):
        read_manifest(backup)
    (backup / "manifest.json").write_text(json.dumps(manifest | {"format": 9}))
    with pytest.raises(BadBackup, match="format 9"):
        read_manifest(backup)


def test_only_old_backups_make_room_for_a_new_one(tmp_path: Path) -> None:
    for day, whole in ((1, True), (2, False), (3, True), (4, True), (5, False)):
        (tmp_path / f"2026-11-0{day}T020000Z").mkdir()
        if whole:
            (tmp_path / f"2026-11-0{day}T020000Z" / "manifest.json").touch()
    (tmp_path / "2026-11-01").mkdir()
    assert [path.name[9] for path in old_backups(tmp_path, 2)] == ["1", "2"]
    assert old_backups(tmp_path, 4) == []


async def test_a_restore_over_a_market_that_lives_is_refused(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    with pytest.raises(LocalServiceError, match="empty directory"):
        require_empty(Settings(data_dir=tmp_path))


def test_secrets_open_with_their_passphrase_only() -> None:
    sealed = seal(b"bi mat", PASSPHRASE)
    assert b"bi mat" not in sealed
    assert unseal(sealed, PASSPHRASE) == b"bi mat"
    with pytest.raises(WrongPassphrase):
        unseal(sealed, PASSPHRASE + "!")
    with pytest.raises(WrongPassphrase):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), PASSPHRASE)
    with pytest.raises(LocalServiceError, match="12 characters"):
        seal(b"", "ngắn")
