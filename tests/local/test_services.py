"""The services of the tests themselves."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.local.processes import python_script, wait_until_gone

CONTROLLER = """
import json, os, sys, time
from pathlib import Path
from tests.services import close_session, open_session, session_services
open_session()
directory = Path(os.environ["MARKET_TEST_SERVICES"])
assert session_services() == session_services()
postmaster = int((directory / "postgres/cluster/postmaster.pid").read_text().split()[0])
print(json.dumps([str(directory), postmaster]), flush=True)
if sys.argv[1] == "close":
    close_session()
else:
    time.sleep(600)
"""


def controller(how: str) -> tuple[Path, int, int]:
    """Run a controller of its own to its end: closed in order, or killed. Its directory, PostgreSQL and own pid."""
    variable = os.environ.pop("MARKET_TEST_SERVICES", None)
    try:
        process = python_script(CONTROLLER, how)
    finally:
        if variable is not None:
            os.environ["MARKET_TEST_SERVICES"] = variable
    assert process.stdout is not None
    directory, postmaster = json.loads(process.stdout.readline())
    if how == "kill":
        process.kill()
    process.wait()
    process.stdout.close()
    return Path(directory), postmaster, process.pid


def test_a_killed_run_of_the_tests_leaves_no_service_running() -> None:
    _, postmaster, _ = controller("kill")
    assert wait_until_gone([postmaster]) == []


def test_an_ended_run_of_the_tests_leaves_neither_service_nor_directory() -> None:
    directory, postmaster, _ = controller("close")
    assert wait_until_gone([postmaster]) == []
    assert not directory.exists()
