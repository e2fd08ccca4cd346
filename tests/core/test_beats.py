"""Processes that hang are told from those that are slow, on both sides: the answering ones and their server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from market.core.beats import BAD_LOOKS, BEATS, Beats, Listener

SERVER = """
import subprocess, sys, time
from pathlib import Path
from market.core.beats import Beats
answering = subprocess.Popen([sys.executable, "-c", sys.argv[2]])
print(answering.pid, flush=True)
beats = Beats(Path(sys.argv[1]))
while answering.poll() is None:
    beats.beat()
    time.sleep(0.2)
"""
ANSWERING = "import asyncio; from market.core.beats import beat; asyncio.run(beat(hung_seconds=2))"


def test_a_silent_process_hangs_after_several_looks_and_one_never_heard_does_not(tmp_path: Path) -> None:
    beats, listener = Beats(tmp_path), Listener(tmp_path, hung_seconds=0.05)
    beats.beat()
    assert listener.hung([os.getpid(), 1]) == []
    time.sleep(0.1)
    found = [listener.hung([os.getpid(), 1]) for _ in range(BAD_LOOKS)]
    assert found == [[]] * (BAD_LOOKS - 1) + [[os.getpid()]]
    beats.beat()
    assert listener.hung([os.getpid(), 1]) == []
    beats.end()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("frozen", [True, False])
def test_a_server_that_hangs_is_ended_by_whom_it_started(tmp_path: Path, *, frozen: bool) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path), ANSWERING],
        env=os.environ | {BEATS: str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    answering = int(server.stdout.readline())
    try:
        deadline = time.monotonic() + 30
        while len(list(tmp_path.iterdir())) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        if frozen:
            server.send_signal(signal.SIGSTOP)
            assert server.wait(30) == -signal.SIGKILL
        else:
            with pytest.raises(subprocess.TimeoutExpired):
                server.wait(6)
    finally:
        os.kill(answering, signal.SIGKILL)
        server.kill()
        server.wait()
        server.stdout.close()
