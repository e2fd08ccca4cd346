"""Children come back, end in order, and never outlive their parent."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from market.local import supervisor as supervising
from market.local.program import LocalServiceError, Program, opened_log
from market.local.supervisor import Supervisor
from tests.local.processes import Sayings, first_lines, is_alive, python_script, wait_until_gone

SLEEP = "import time; time.sleep(600)"

PARENT = """
import asyncio, json, sys
from pathlib import Path
from market.local.meilisearch import find_binary, prepare_meilisearch
from market.local.postgres import prepare_postgres
from market.local.program import Program
from market.local.supervisor import Supervisor

async def main():
    directory = Path(sys.argv[1])
    supervisor = Supervisor(say=print)
    await supervisor.start(prepare_postgres(directory / "postgres", durable=False).program)
    await supervisor.start(prepare_meilisearch(directory / "engine", find_binary()).program)
    sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
    await supervisor.start(Program(name="sleeper", argv=sleeper, log=directory / "sleeper.log"))
    print(json.dumps(supervisor.pids()), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def program(tmp_path: Path, source: str, *, name: str = "child", stage: int = 0, stop_seconds: float = 10) -> Program:
    log = tmp_path / f"{name}.log"
    argv = (sys.executable, "-c", source)
    return Program(name=name, argv=argv, log=log, stage=stage, stop_seconds=stop_seconds)


async def test_a_killed_child_comes_back_and_that_is_said(tmp_path: Path) -> None:
    said = Sayings()
    supervisor = Supervisor(say=said.put_nowait)
    await supervisor.start(program(tmp_path, SLEEP, name="worker"))
    first = supervisor.pids()["worker"]
    os.kill(first, signal.SIGKILL)
    heard = await said.until("The worker is back.")
    second = supervisor.pids()["worker"]
    await supervisor.stop()
    assert second != first
    assert heard == [
        "The worker ended unexpectedly (killed by SIGKILL); starting it again in 0.2 s.",
        "The worker is back.",
    ]
    assert not is_alive(second)


async def test_a_child_that_keeps_ending_is_started_ever_more_slowly(tmp_path: Path) -> None:
    said = Sayings()
    supervisor = Supervisor(say=said.put_nowait)
    await supervisor.start(program(tmp_path, "raise SystemExit(3)", name="API"))
    heard = await said.until("(exit code 3); starting it again in 0.8 s.")
    await supervisor.stop()
    delays = [text.split(" in ")[1] for text in heard if "starting it again" in text]
    assert delays == ["0.2 s.", "0.4 s.", "0.8 s."]


async def test_what_a_killed_child_had_started_does_not_stay_behind(tmp_path: Path) -> None:
    source = (
        "import subprocess, sys, time\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(grandchild.pid, flush=True)\n"
        "time.sleep(600)"
    )
    said = Sayings()
    supervisor = Supervisor(say=said.put_nowait)
    child = program(tmp_path, source, name="API")
    await supervisor.start(child)
    grandchild = int(first_lines(child.log)[0])
    os.kill(supervisor.pids()["API"], signal.SIGKILL)
    await said.until("The API is back.")
    left = wait_until_gone([grandchild])
    await supervisor.stop()
    assert left == []


async def test_children_stop_in_order_of_their_stages(tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    source = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(ended)!r}, 'a').write('NAME\\n')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)"
    )
    supervisor = Supervisor(say=lambda _: None)
    for name, stage in (("engine", 1), ("api", 2), ("database", 0)):
        child = program(tmp_path, source.replace("NAME", name), name=name, stage=stage)
        await supervisor.start(child)
        first_lines(child.log)
    await supervisor.stop()
    assert ended.read_text(encoding="utf-8").split() == ["api", "engine", "database"]


async def test_a_child_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    supervisor = Supervisor(say=lambda _: None)
    child = program(tmp_path, stubborn, stop_seconds=0.2)
    await supervisor.start(child)
    first_lines(child.log)
    pid = supervisor.pids()["child"]
    await supervisor.stop()
    assert not is_alive(pid)


async def test_a_child_that_cannot_start_is_an_error_with_the_end_of_its_log(tmp_path: Path) -> None:
    broken = program(tmp_path, "raise SystemExit('no such harvest')")
    supervisor = Supervisor(say=lambda _: None)
    with pytest.raises(LocalServiceError, match="no such harvest"):
        await supervisor.start(Program(**{**vars(broken), "is_ready": lambda _pid: False}))
    await supervisor.stop()


async def test_a_parent_killed_with_9_leaves_no_process(tmp_path: Path) -> None:
    parent = python_script(PARENT, str(tmp_path))
    assert parent.stdout is not None
    pids: dict[str, int] = json.loads(parent.stdout.readline())
    assert all(is_alive(pid) for pid in pids.values())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert set(pids) == {"database", "search engine", "sleeper"}
    assert wait_until_gone(pids.values()) == []


def test_a_log_that_has_grown_too_long_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    log.write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    with opened_log(Program(name="child", argv=(), log=log)) as descriptor:
        os.write(descriptor, b"new")
    assert log.read_bytes() == b"new"
    assert (tmp_path / "child.log.old").stat().st_size == 10 * 1024 * 1024 + 1


async def test_a_child_that_starts_slowly_is_not_taken_for_one_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "HANG_CHECK_SECONDS", 0.05)
    monkeypatch.setattr(supervising, "SLOW_START_SECONDS", 60.0)
    said, looks = Sayings(), [True] * 10 + [False] + [True] * 100
    supervisor = Supervisor(say=said.put_nowait)
    began = time.monotonic()
    await supervisor.start(replace(program(tmp_path, SLEEP, name="worker"), hangs=lambda: looks.pop(0)))
    heard = await said.until("The worker gives no sign of life; ending it.")
    # Ten bad looks at its start count for nothing; after the good one three are enough.
    assert (len(heard), len(looks)) == (1, 97)
    assert time.monotonic() - began < 60
    await supervisor.stop()


async def test_what_keeps_a_child_from_starting_is_put_right(tmp_path: Path) -> None:
    block = tmp_path / "block"
    source = f"import time, pathlib; assert not pathlib.Path({str(block)!r}).exists(); time.sleep(600)"

    def mend() -> str:
        block.unlink()
        return "The block was removed."

    said = Sayings()
    supervisor = Supervisor(say=said.put_nowait)
    await supervisor.start(replace(program(tmp_path, source, name="engine"), mend=mend, settle_seconds=3.0))
    block.touch()
    os.kill(supervisor.pids()["engine"], signal.SIGKILL)
    await said.until("The block was removed.")
    await said.until("The engine is back.")
    await supervisor.stop()
