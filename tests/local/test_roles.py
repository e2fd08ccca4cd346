"""What the roles of a running market may do: the owner all, API and worker only what they need."""

from __future__ import annotations

import signal
from pathlib import Path

import asyncpg
import httpx
import pytest

from market.core.roles import READER, WRITER
from market.engine.keys import SEARCH, WORK
from market.local.running import Running
from market.local.secrets import kept_secret
from tests.local.test_up import market_up

REGISTRATION = {
    "organization": {
        "name": "HTX Thử",
        "kinds": ["producer"],
        "legal_form": "cooperative",
        "province": {"code": "82", "version": "2008"},
    },
    "user": {"full_name": "Người Thử", "email": "thu@thu.example", "password": "một câu dài dễ nhớ"},
}
USERS = "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name LIKE 'market%'"


async def test_api_and_worker_run_as_the_writer_and_with_keys_of_their_own(tmp_path: Path) -> None:
    with market_up(tmp_path / "data") as market:
        running = market.until_ready()
        async with httpx.AsyncClient(timeout=60) as http:
            answer = await http.post(f"{running.api_url}/api/v1/auth/register", json=REGISTRATION)
            assert answer.status_code == 201, answer.text
            await the_writer_works_and_the_reader_sees_no_passwords(running, tmp_path / "data")
            await each_key_does_only_its_own(running, tmp_path / "data", http)
        assert market.end(signal.SIGINT) == (0, [])


async def the_writer_works_and_the_reader_sees_no_passwords(running: Running, data_dir: Path) -> None:
    owner = await asyncpg.connect(running.database_url)
    assert {row[0] for row in await owner.fetch(USERS)} == {WRITER}
    await owner.close()
    password = kept_secret(data_dir, f"{READER}_password")
    reader = await asyncpg.connect(running.database_url, user=READER, password=password)
    assert await reader.fetchval("SELECT count(*) FROM change") > 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reader.fetchval("SELECT password_hash FROM user_account")
    await reader.close()


async def each_key_does_only_its_own(running: Running, data_dir: Path, http: httpx.AsyncClient) -> None:
    master = kept_secret(data_dir / "meilisearch", "meili_master_key")
    assert running.meili_key == WORK.value(master)
    search, work = ({"Authorization": f"Bearer {kind.value(master)}"} for kind in (SEARCH, WORK))
    index = f"{running.meili_url}/indexes/listings"
    searched = await http.post(f"{index}/search", json={"q": "dừa"}, headers=search)
    # The engine refuses before it has read the body, and may answer nothing more on that connection.
    alone = search | {"Connection": "close"}
    written = await http.post(f"{index}/documents", json=[{"id": "1"}], headers=alone)
    listed = await http.get(f"{running.meili_url}/keys", headers=work)
    assert (searched.status_code, written.status_code, listed.status_code) == (200, 403, 403)
    assert (await http.get(f"{running.api_url}/api/v1/listings", params={"q": "dừa"})).status_code == 200
    assert (await http.get(f"{running.api_url}/health/ready")).json()["engine"] == "ok"
