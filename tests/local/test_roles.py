"""What the roles of a running market may do: the owner all, API and worker only what they need."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import asyncpg
import httpx
import pytest

from market.core.roles import READER, WRITER
from market.engine.keys import SEARCH, WORK
from tests.local.test_up import market_up


async def test_api_and_worker_run_as_the_writer_and_with_keys_of_their_own(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with market_up(data) as market:
        running = market.until_ready()
        body = {
            "organization": {
                "name": "HTX Thử",
                "kinds": ["producer"],
                "legal_form": "cooperative",
                "province": {"code": "82", "version": "2008"},
            },
            "user": {"full_name": "Người Thử", "email": "thu@thu.example", "password": "một câu dài dễ nhớ"},
        }
        answer = httpx.post(f"{running.api_url}/api/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        owner = await asyncpg.connect(running.database_url)
        users = {
            row[0]
            for row in await owner.fetch(
                "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name LIKE 'market%'"
            )
        }
        await owner.close()
        assert users == {WRITER}
        passwords = json.loads((data / "secrets.json").read_text(encoding="utf-8"))
        reader = await asyncpg.connect(running.database_url, user=READER, password=passwords[f"{READER}_password"])
        assert await reader.fetchval("SELECT count(*) FROM change") > 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.fetchval("SELECT password_hash FROM user_account")
        await reader.close()
        master = json.loads((data / "meilisearch" / "secrets.json").read_text(encoding="utf-8"))["meili_master_key"]
        assert running.meili_key == WORK.value(master)
        found = httpx.get(f"{running.api_url}/api/v1/listings", params={"q": "thanh long"})
        assert found.status_code == 200
        key = {"Authorization": f"Bearer {SEARCH.value(master)}"}
        searched = httpx.post(f"{running.meili_url}/indexes/listings/search", json={"q": "dừa"}, headers=key)
        written = httpx.post(f"{running.meili_url}/indexes/listings/documents", json=[{"id": "1"}], headers=key)
        listed = httpx.get(f"{running.meili_url}/keys", headers={"Authorization": f"Bearer {running.meili_key}"})
        assert (searched.status_code, written.status_code, listed.status_code) == (200, 403, 403)
        assert httpx.get(f"{running.api_url}/health/ready").json()["engine"] == "ok"
        assert market.end(signal.SIGINT) == (0, [])
