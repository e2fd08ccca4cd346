"""One `market up` for a directory, and how other commands find it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from market.config import Settings
from market.local.running import (
    AlreadyRunning,
    Running,
    environment_of,
    find_running,
    held_directory,
    settings_with_running,
    write_run_file,
)
from market.local.secrets import kept_secret
from tests.local.processes import python_script, wait_until_gone

HOLDER = """
import sys, time
from pathlib import Path
from market.local.running import Running, held_directory, write_run_file
with held_directory(Path(sys.argv[1])):
    write_run_file(Path(sys.argv[1]), Running(
        pid=1, started_at="2026-11-30T07:00:00+00:00", api_url="http://127.0.0.1:8123",
        database_url="postgresql://market:s3cret@127.0.0.1:5999/market", secret_key="k" * 43,
        meili_url="http://127.0.0.1:7999", meili_key="m" * 43))
    print("held", flush=True)
    time.sleep(600)
"""

RUNNING = Running(
    pid=1,
    started_at="2026-11-30T07:00:00+00:00",
    api_url="http://127.0.0.1:8123",
    database_url="postgresql://market:s3cret@127.0.0.1:5999/market",
    secret_key="k" * 43,
    meili_url="http://127.0.0.1:7999",
    meili_key="m" * 43,
)


def unset(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir, database_url=None, meili_url=None, meili_key=None, secret_key=None)


def test_a_second_up_on_a_held_directory_is_refused_and_told_where_the_first_is(tmp_path: Path) -> None:
    with held_directory(tmp_path):
        write_run_file(tmp_path, RUNNING)
        with pytest.raises(AlreadyRunning, match=r"http://127\.0\.0\.1:8123"), held_directory(tmp_path):
            pass
    with held_directory(tmp_path):
        assert find_running(tmp_path) is None


def test_a_killed_up_is_not_found_and_does_not_keep_the_directory(tmp_path: Path) -> None:
    holder = python_script(HOLDER, str(tmp_path))
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert find_running(tmp_path) == RUNNING
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert wait_until_gone([holder.pid]) == []
    assert (tmp_path / "run.json").exists()
    assert find_running(tmp_path) is None
    with held_directory(tmp_path):
        pass


def test_what_a_killed_up_wrote_is_nothing_to_the_next_one(tmp_path: Path) -> None:
    write_run_file(tmp_path, RUNNING)
    with held_directory(tmp_path):
        assert find_running(tmp_path) is None


def test_the_run_file_and_the_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    write_run_file(tmp_path, RUNNING)
    kept_secret(tmp_path, "secret_key")
    for name in ("run.json", "secrets.json"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_what_is_unset_comes_from_the_running_market(tmp_path: Path) -> None:
    with held_directory(tmp_path):
        write_run_file(tmp_path, RUNNING)
        found = environment_of(settings_with_running(unset(tmp_path)))
    assert found["MARKET_DATABASE_URL"] == RUNNING.database_url
    assert found["MARKET_SECRET_KEY"] == RUNNING.secret_key
    assert (found["MARKET_MEILI_URL"], found["MARKET_MEILI_KEY"]) == (RUNNING.meili_url, RUNNING.meili_key)


def test_a_configured_database_is_never_mixed_with_the_running_market(tmp_path: Path) -> None:
    configured = unset(tmp_path).model_copy(update={"database_url": SecretStr("postgresql://a:b@127.0.0.1:1/other")})
    with held_directory(tmp_path):
        write_run_file(tmp_path, RUNNING)
        assert settings_with_running(configured) == configured


def test_without_a_running_market_the_settings_stay_as_they_are(tmp_path: Path) -> None:
    assert settings_with_running(unset(tmp_path)) == unset(tmp_path)


def test_a_secret_is_made_once_and_differs_by_name_and_place(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "a", "secret_key")
    assert kept_secret(tmp_path / "a", "secret_key") == first
    assert len({first, kept_secret(tmp_path / "a", "other"), kept_secret(tmp_path / "b", "secret_key")}) == 3
    assert len(first) >= 32
