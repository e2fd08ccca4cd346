"""Beats of the processes that answer: each writes again and again that its loop turns, and their server reads it.

A process that is killed is missed by the server at once; one that hangs (stopped, or caught in a loop) keeps its place
and whatever it has taken. The server beats too: stopped, it would answer no signal and replace nobody, so whom it
started ends it, and whoever runs it starts another. Beats lie in files of eight bytes, written over in place: a full
disk must not look like a hang.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import struct
import time
from collections.abc import Iterable
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

BEATS = "MARKET_BEATS_DIR"
"""Set by `market serve`: where its processes beat."""
BEAT_SECONDS = 1.0
HUNG_SECONDS = 15.0
"""Nothing that a loop does takes so long, on a machine with ten times as much to do as it can."""
BAD_LOOKS = 3
"""After a machine was suspended, its processes beat before they are looked at for the third time."""
MOMENT = struct.Struct("d")


class Beats:
    """Beats of this process.

    Args:
        directory: where whoever looks finds them.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / f"{os.getpid()}.beat"
        self._descriptor = -1
        with contextlib.suppress(OSError):  # nobody is taken to hang of whom nothing was heard
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)

    def beat(self) -> None:
        """Say that it lives now."""
        with contextlib.suppress(OSError):
            os.pwrite(self._descriptor, MOMENT.pack(time.monotonic()), 0)

    def end(self) -> None:
        """Nothing is to be heard any more."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
        with contextlib.suppress(OSError):
            self._path.unlink()


async def beat(*, hung_seconds: float = HUNG_SECONDS) -> None:
    """Beat for ever, where a server looks; and end a server that hangs.

    Args:
        hung_seconds: after so long a silence the server is taken to hang.
    """
    directory = os.environ.get(BEATS)
    if directory is None:
        return
    beats, server = Beats(Path(directory)), os.getppid()
    listener = Listener(Path(directory), hung_seconds=hung_seconds)
    try:
        while True:
            beats.beat()
            if listener.hung([server]) and os.getppid() == server:
                log.error("server_hangs", pid=server, silent_seconds=hung_seconds)
                listener.forget(server)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(server, signal.SIGKILL)
            await asyncio.sleep(BEAT_SECONDS)
    finally:
        beats.end()


class Listener:
    """Looks at beats and says who hangs."""

    def __init__(self, directory: Path, *, hung_seconds: float = HUNG_SECONDS) -> None:
        self._directory = directory
        self._hung_seconds = hung_seconds
        self._bad: dict[int, int] = {}

    def hung(self, pids: Iterable[int]) -> list[int]:
        """Of these processes, those that have beaten and have been found silent several times in a row."""
        self._bad = {pid: self._bad.get(pid, 0) + 1 for pid in pids if self._silence(pid) > self._hung_seconds}
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
