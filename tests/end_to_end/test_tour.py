"""`market up --demo` and `market tour` as a person runs them: processes, a console, exit codes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from market.demo.passwords import FILE
from market.demo.tour import STEPS
from tests.end_to_end.demo import Demo
from tests.end_to_end.test_readme import blocks_with


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


def test_the_tour_holds_step_by_step(demo: Demo) -> None:
    toured = demo.bash(blocks_with("market tour"))
    assert (toured.returncode, toured.stderr) == (0, ""), toured.stdout
    assert all(step.vi in toured.stdout and step.en in toured.stdout for step in STEPS)
    assert f"All {len(STEPS)} steps held" in toured.stdout
    assert "khoảng 200 đại biểu" in toured.stdout


def test_the_start_says_where_the_passwords_are_and_keeps_them_private(demo: Demo) -> None:
    file, said = demo.data_dir / FILE, demo.console.read_text(encoding="utf-8")
    assert str(file) in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").split('"password": "')[1].split('"')[0] not in said


def test_a_step_that_does_not_hold_is_named_with_exit_code_1(demo: Demo, tmp_path: Path) -> None:
    without_people = market("tour", "--url", f"{demo.running.api_url}/api/v1", "--data-dir", str(tmp_path))
    assert without_people.returncode == 1
    assert "Không giữ lời: Người thứ hai xác minh giấy" in without_people.stdout
    assert "market seed demo" in without_people.stdout


def test_seeding_a_running_market_again_changes_nothing(demo: Demo) -> None:
    before = (demo.data_dir / FILE).read_bytes()
    again = market("seed", "demo", "--data-dir", str(demo.data_dir))
    assert (again.returncode, again.stderr) == (0, "")
    assert "there already" in again.stdout
    assert (demo.data_dir / FILE).read_bytes() == before
    reference = market("seed", "reference", "--data-dir", str(demo.data_dir))
    assert (reference.returncode, reference.stdout) == (0, "Reference data was up to date.\n")


def test_without_a_market_there_is_no_tour(tmp_path: Path) -> None:
    refused = market("tour", "--data-dir", str(tmp_path))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "no `market up` runs" in refused.stderr
