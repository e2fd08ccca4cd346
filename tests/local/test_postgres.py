"""The PostgreSQL of `market up`."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from market.local.postgres import RunningPostgres, start_postgres
from market.local.program import stop
from tests.local.processes import is_alive


async def ask(url: str, *statements: str) -> Any:
    """Run statements on a connection of their own; the answer is the first value of the last one."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


def kill(server: RunningPostgres) -> None:
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()


async def test_a_second_start_on_the_same_directory_continues_with_the_data(tmp_path: Path) -> None:
    first = start_postgres(tmp_path / "postgres")
    await ask(first.url(), "CREATE TABLE crop (name text)", "INSERT INTO crop VALUES ('dừa')", "SELECT 1")
    first.stop()
    second = start_postgres(tmp_path / "postgres")
    try:
        assert await ask(second.url(), "SELECT name FROM crop") == "dừa"
    finally:
        second.stop()


async def test_a_start_after_kill_9_recovers_what_was_committed(tmp_path: Path) -> None:
    first = start_postgres(tmp_path / "postgres")
    await ask(first.url(), "CREATE TABLE crop (name text)", "INSERT INTO crop VALUES ('dứa')", "SELECT 1")
    kill(first)
    assert (tmp_path / "postgres" / "cluster" / "postmaster.pid").exists()
    second = start_postgres(tmp_path / "postgres")
    try:
        assert await ask(second.url(), "SELECT name FROM crop") == "dứa"
    finally:
        second.stop()


async def test_a_stale_pid_file_that_names_another_living_program_does_not_stop_a_start(tmp_path: Path) -> None:
    first = start_postgres(tmp_path / "postgres", durable=False)
    kill(first)
    pid_file = tmp_path / "postgres" / "cluster" / "postmaster.pid"
    lines = pid_file.read_text(encoding="utf-8").splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n", encoding="utf-8")
    second = start_postgres(tmp_path / "postgres", durable=False)
    try:
        assert await ask(second.url(), "SELECT 1") == 1
    finally:
        second.stop()


async def test_a_server_left_running_in_the_directory_is_ended_before_the_next_starts(tmp_path: Path) -> None:
    left_over = start_postgres(tmp_path / "postgres", durable=False)
    second = start_postgres(tmp_path / "postgres", durable=False)
    try:
        assert left_over.process.wait(10) == 0
        assert await ask(second.url(), "SELECT 1") == 1
    finally:
        second.stop()
        left_over.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    running = start_postgres(tmp_path_factory.mktemp("server") / "postgres", durable=False)
    yield running
    running.stop()


async def test_nobody_connects_without_the_password(server: RunningPostgres) -> None:
    url = server.url().replace(server.server.password, "guess")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(url)


def test_the_password_is_readable_by_its_owner_only_and_absent_from_the_command_line(server: RunningPostgres) -> None:
    command_line = Path(f"/proc/{server.process.pid}/cmdline").read_text(encoding="utf-8")
    directory = Path(command_line.split("\0")[2]).parent
    assert directory.is_dir()
    assert stat.S_IMODE((directory / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert server.server.password in (directory / "secrets.json").read_text(encoding="utf-8")
    assert server.server.password not in command_line


async def test_the_server_listens_on_loopback_only(server: RunningPostgres) -> None:
    assert await ask(server.url(), "SHOW listen_addresses") == "127.0.0.1"
    assert await ask(server.url(), "SHOW unix_socket_directories") == ""


def test_the_server_never_runs_as_root(server: RunningPostgres) -> None:
    assert Path(f"/proc/{server.process.pid}").stat().st_uid != 0


async def test_vietnamese_letters_are_letters_to_the_database(server: RunningPostgres) -> None:
    trigrams = "SELECT similarity('dừa xiêm', 'DỪA XIÊM') = 1 AND array_length(show_trgm('dừa'), 1) = 4"
    assert await ask(server.url(), "CREATE EXTENSION IF NOT EXISTS pg_trgm", trigrams) is True
    assert await ask(server.url(), "SELECT lower('ĐƯỜNG BƯỞI')") == "đường bưởi"
    assert await ask(server.url(), "SELECT version() LIKE 'PostgreSQL 18.%'") is True


def test_a_stopped_server_leaves_no_process(tmp_path: Path) -> None:
    running = start_postgres(tmp_path / "postgres", durable=False)
    stop(running.server.program, running.process)
    assert not is_alive(running.process.pid)
    assert not (tmp_path / "postgres" / "cluster" / "postmaster.pid").exists()
