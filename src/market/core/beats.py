"""Beats of the processes that answer: each writes again and again that its loop turns, and their server reads it.

A process that is killed is missed by the server at once; one that hangs (stopped, or caught in a loop) keeps its place
and whatever it has taken. Beats lie in files of eight bytes, written over in place: a full disk must not look like a
hang.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import time
from collections.abc import Iterable
from pathlib import Path

BEATS = "MARKET_BEATS_DIR"
"""Set by `market serve`: where its processes beat."""
BEAT_SECONDS = 1.0
HUNG_SECONDS = 15.0
"""Nothing that a loop does takes so long, on a machine with ten times as much to do as it can."""
BAD_LOOKS = 3
"""After a machine was suspended, its processes beat before they are looked at for the third time."""
MOMENT = struct.Struct("d")


async def beat() -> None:
    """Beat for ever, where a server looks."""
    directory = os.environ.get(BEATS)
    if directory is None:
        return
    path = Path(directory) / f"{os.getpid()}.beat"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return  # nobody is taken to hang of whom nothing was heard
    try:
        while True:
            os.pwrite(descriptor, MOMENT.pack(time.monotonic()), 0)
            await asyncio.sleep(BEAT_SECONDS)
    except OSError:
        return
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            path.unlink()


class Listener:
    """Looks at beats and says who hangs."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._bad: dict[int, int] = {}

    def hung(self, pids: Iterable[int]) -> list[int]:
        """Of these processes, those that have beaten and have been found silent several times in a row."""
        self._bad = {pid: self._bad.get(pid, 0) + 1 for pid in pids if self._silence(pid) > HUNG_SECONDS}
        return [pid for pid, times in self._bad.items() if times >= BAD_LOOKS]

    def has_heard(self, pid: int) -> bool:
        """Whether a process has begun to answer: its first beat comes when all is ready."""
        return (self._directory / f"{pid}.beat").exists()

    def forget(self, pid: int) -> None:
        """It has ended; another may get its number."""
        self._bad.pop(pid, None)
        with contextlib.suppress(OSError):
            (self._directory / f"{pid}.beat").unlink()

    def _silence(self, pid: int) -> float:
        try:
            (last,) = MOMENT.unpack((self._directory / f"{pid}.beat").read_bytes())
        except (OSError, struct.error):
            return 0.0
        # One clock for all processes of a machine, which nobody can set.
        return time.monotonic() - float(last)
