"""Reads from a replica made by pg_basebackup: nobody misses what they wrote, and nobody notices when it is gone."""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from market.config import Settings
from market.local.backup import run_tool
from market.local.postgres import RunningPostgres, start_postgres
from market.local.program import free_port
from tests.local.first_start import filled_postgres
from tests.operations.standing import SECRET, Standing, serving
from tests.operations.test_moment import belongs_to_server
from tests.operations.test_rolling import registered

LISTING = {"concept": "dragon-fruit-red", "province": {"code": "82", "version": "2025"}, "unit": "KGM", "publish": True}
PAUSES = 5


@dataclass(frozen=True)
class Pair:
    """A market on a primary, with a replica beside it."""

    market: Standing
    replica: RunningPostgres

    def written(self, token: str) -> tuple[str, str]:
        """A new public listing: its address, and the position of the write."""
        body = LISTING | {"title": f"Thanh long {uuid.uuid4().hex}", "another": True}
        made = self.market.http.post("/api/v1/listings", json=body, headers={"Authorization": f"Bearer {token}"})
        assert made.status_code == 201, made.text
        return f"/api/v1/listings/{made.json()['id']}", made.headers["market-position"]

    def status(self, path: str, **headers: str) -> int:
        """Of a read, with these headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.market.http.get(path, headers=named).status_code


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    place = tmp_path_factory.mktemp("pair")
    place.chmod(0o755)
    primary = start_postgres(filled_postgres(place / "primary"))
    replica: RunningPostgres | None = None
    try:
        url = SecretStr(primary.url())
        settings = Settings(data_dir=place / "data", database_url=url, secret_key=SECRET, port=free_port())
        replica = replica_of(primary, place)
        more = {"MARKET_DATABASE_READ_URL": replica.url(), "MARKET_REQUEST_SECONDS": "60"}
        with serving(settings, **more) as (http, api):
            market = Standing(settings, primary, http, api)
            market.until_ready()
            yield Pair(market, replica)
    finally:
        if replica is not None:
            replica.stop()
        primary.stop()


def replica_of(primary: RunningPostgres, place: Path) -> RunningPostgres:
    """A streaming replica."""
    (place / "replica").mkdir()
    shutil.copy(place / "primary" / "secrets.json", place / "replica" / "secrets.json")
    cluster = place / "replica" / "cluster"
    run_tool("pg_basebackup", primary.url(), f"--pgdata={cluster}", "--checkpoint=fast", "--write-recovery-conf")
    belongs_to_server(cluster)
    return start_postgres(place / "replica")


async def replay(replica: RunningPostgres, verb: str) -> None:
    """Pause or resume the replica."""
    connection = await asyncpg.connect(replica.url())
    try:
        await connection.execute(f"SELECT pg_wal_replay_{verb}()")
    finally:
        await connection.close()


def until_seen(pair: Pair, path: str) -> float:
    """Seconds until somebody without a name sees it."""
    began = time.monotonic()
    while pair.status(path) != 200:
        assert time.monotonic() - began < 60
        time.sleep(0.05)
    return time.monotonic() - began


def seen_while_paused(pair: Pair, token: str) -> int:
    """What nobody known is told of a write that the replica has not replayed; who wrote it sees it in every way."""
    asyncio.run(replay(pair.replica, "pause"))
    try:
        path, position = pair.written(token)
        nobody = pair.status(path)
        assert pair.status(path, Market_Position=position) == 200
        assert pair.status(path, Authorization=f"Bearer {token}") == 200
        assert pair.status(path, Market_Position=position, Authorization=f"Bearer {token}") == 200
        until_seen(pair, path)
    finally:
        asyncio.run(replay(pair.replica, "resume"))
    return nobody


def test_who_wrote_sees_it_whatever_the_replica_has_replayed(pair: Pair) -> None:
    token = registered(pair.market)
    path, position = pair.written(token)
    assert position.isdigit()
    until_seen(pair, path)
    # Without a name and a position it is the replica that answers, as long as it is near: on a busy machine a pause may
    # be over before it was asked.
    assert any(seen_while_paused(pair, token) == 404 for _ in range(PAUSES))
    path, position = pair.written(token)
    assert pair.status(path, Market_Position=position) == 200
    assert pair.status(path, Market_Position="no number") == 200


def test_nobody_notices_when_the_replica_is_gone(pair: Pair) -> None:
    token = registered(pair.market)
    path, position = pair.written(token)
    until_seen(pair, path)
    pair.replica.process.send_signal(signal.SIGKILL)
    statuses: Counter[int] = Counter()
    base = f"http://127.0.0.1:{pair.market.settings.port}"
    end = time.monotonic() + 4
    while time.monotonic() < end:
        statuses[httpx.get(f"{base}{path}", timeout=60).status_code] += 1
        statuses[httpx.get(f"{base}{path}", headers={"Market-Position": position}, timeout=60).status_code] += 1
    assert set(statuses) == {200}, statuses
