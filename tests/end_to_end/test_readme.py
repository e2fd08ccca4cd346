"""Every command of the README, run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess

from market.config import PROJECT_ROOT
from tests.end_to_end.demo import Demo

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)


def blocks_with(*words: str) -> str:
    return "\n".join(block for block in BLOCKS if any(word in block for word in words))


def test_every_block_is_run_by_a_test() -> None:
    """Here or, the tour, in test_tour.py."""
    tried = ["make demo", "make test", "market tour", "MARKET=", "$MARKET", "market import", "market migrate"]

    assert [block for block in BLOCKS if not any(word in block for word in tried)] == []


def test_the_demo_command_starts_a_market(demo: Demo) -> None:
    assert "make demo\n" in BLOCKS
    assert demo.bash('curl -sS --fail "${MARKET%/api/v1}/health/ready"').stdout.startswith('{"status":"ok"')


def test_the_test_command_finds_the_tests() -> None:
    assert "make test\n" in BLOCKS
    environment = os.environ | {"PYTEST_ADDOPTS": "--collect-only -q tests/core"}
    collected = subprocess.run(
        ["make", "test"], cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert collected.returncode == 0, collected.stdout[-2000:] + collected.stderr[-2000:]
    assert "tests/core/test_clock.py" in collected.stdout


def test_the_five_minutes_with_curl_hold(demo: Demo) -> None:
    script = blocks_with("MARKET=", "$MARKET")

    done = demo.bash(script)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert '"concept":{"id":"dragon-fruit-red"' in done.stderr
    assert "'id': 'pomelo-da-xanh'" in done.stdout
    assert '"why": "Đúng mặt hàng' in done.stdout
    assert "}304\n" in done.stdout


def test_data_can_be_checked_and_rebuilt(demo: Demo) -> None:
    done = demo.bash(blocks_with("market import"))

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_production_commands_hold_against_a_database(demo: Demo) -> None:
    done = demo.bash(blocks_with("market migrate"))

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
