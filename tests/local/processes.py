"""Looking at processes of this machine, for the tests of what may not be left behind."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE_SECONDS = 120.0


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that only waits to be reaped by its new parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def wait_until_gone(pids: Iterable[int]) -> list[int]:
    """Wait for processes to end; the answer is those that did not."""
    left = list(pids)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if is_alive(pid)]
        time.sleep(0.05)
    return left


class Sayings(asyncio.Queue[str]):
    """What a supervisor says, in order."""

    async def until(self, sentence: str) -> list[str]:
        """Everything said up to the first that contains the sentence."""
        said: list[str] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not said or sentence not in said[-1]:
                said.append(await self.get())
        return said


def first_lines(log: Path) -> list[str]:
    """Wait until a child has written a line to its log."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not log.read_text(encoding="utf-8").endswith("\n") and time.monotonic() < deadline:
        time.sleep(0.02)
    return log.read_text(encoding="utf-8").splitlines()


def python_script(source: str, *arguments: str) -> subprocess.Popen[str]:
    """Run a Python program beside the tests, its output in a pipe."""
    return subprocess.Popen(
        [sys.executable, "-c", source, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def descendants(pid: int) -> list[int]:
    """Children of a process, their children, and so on."""
    try:
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        children = [int(child) for task in tasks for child in task.read_text(encoding="utf-8").split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [*children, *(below for child in children for below in descendants(child))]
