"""The process in which pools are solved: problems come in on one pipe, plans go out on the other.

Each message is its length in four bytes and JSON. The process ends when nobody can ask any more.
"""

from __future__ import annotations

import signal
import sys
from typing import BinaryIO

import msgspec

from market.matching.pool_solver import solve_pool
from market.matching.pools import PoolProblem

LENGTH_BYTES = 4


def framed(message: bytes) -> bytes:
    """A message with its length before it."""
    return len(message).to_bytes(LENGTH_BYTES, "big") + message


def answer(problems: BinaryIO, plans: BinaryIO) -> None:
    """Solve one problem after the other until there are no more."""
    while length := problems.read(LENGTH_BYTES):
        problem = msgspec.json.decode(problems.read(int.from_bytes(length, "big")), type=PoolProblem)
        plans.write(framed(msgspec.json.encode(solve_pool(problem))))
        plans.flush()


if __name__ == "__main__":
    # Ctrl-C is for whoever asks; the end of the pipe follows from it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer(sys.stdin.buffer, sys.stdout.buffer)
