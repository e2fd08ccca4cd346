"""`market up --demo` and `market tour` as a person runs them: processes, a console, exit codes."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from market.demo.passwords import FILE
from market.demo.tour import STEPS
from market.local.running import Running, find_running
from tests.local.processes import descendants, wait_until_gone

START_SECONDS = 120.0


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARKET_")}
    return {**kept, "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}


def market(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "market", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env=_environment(),
    )


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "console"


@pytest.fixture(scope="module")
def running(console: Path) -> Iterator[Running]:
    """A market with the demo story in it, ended after the module's tests."""
    data_dir = console.parent / "data"
    with console.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "market", "up", "--demo", "--port", "0", "--data-dir", str(data_dir)],
            stdout=output,
            stderr=output,
            env=_environment(),
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while (found := find_running(data_dir)) is None:
            assert process.poll() is None, console.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, console.read_text(encoding="utf-8")
            time.sleep(0.2)
        yield found
    finally:
        everything = [process.pid, *descendants(process.pid)]
        process.send_signal(signal.SIGINT)
        process.wait(60)
        assert wait_until_gone(everything) == []


def test_the_tour_holds_step_by_step_on_a_market_just_started(running: Running, console: Path) -> None:
    toured = market("tour", "--data-dir", str(console.parent / "data"))
    assert (toured.returncode, toured.stderr) == (0, ""), toured.stdout
    assert all(step.vi in toured.stdout and step.en in toured.stdout for step in STEPS)
    assert f"All {len(STEPS)} steps held" in toured.stdout
    assert "khoảng 200 đại biểu" in toured.stdout


def test_the_start_says_where_the_passwords_are_and_keeps_them_private(running: Running, console: Path) -> None:
    file = console.parent / "data" / FILE
    said = console.read_text(encoding="utf-8")
    assert str(file) in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").split('"password": "')[1].split('"')[0] not in said


def test_a_step_that_does_not_hold_is_named_with_exit_code_1(running: Running, tmp_path: Path) -> None:
    without_people = market("tour", "--url", f"{running.api_url}/api/v1", "--data-dir", str(tmp_path))
    assert without_people.returncode == 1
    assert "Không giữ lời: Người thứ hai xác minh giấy" in without_people.stdout
    assert "market seed demo" in without_people.stdout


def test_seeding_a_running_market_again_changes_nothing(running: Running, console: Path) -> None:
    data_dir = console.parent / "data"
    before = (data_dir / FILE).read_bytes()
    again = market("seed", "demo", "--data-dir", str(data_dir))
    assert (again.returncode, again.stderr) == (0, "")
    assert "there already" in again.stdout
    assert (data_dir / FILE).read_bytes() == before
    reference = market("seed", "reference", "--data-dir", str(data_dir))
    assert (reference.returncode, reference.stdout) == (0, "Reference data was up to date.\n")


def test_without_a_market_there_is_no_tour(tmp_path: Path) -> None:
    refused = market("tour", "--data-dir", str(tmp_path))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "no `market up` runs" in refused.stderr
