"""A closed loop: so many connections, each sends its next request when the last one is answered.

A process of its own (`python -m tests.benchmarks.load`, a JSON plan on standard input, JSON out), bare HTTP/1.1 on
asyncio's protocols, so that the client takes as little of the machine as may be from what is measured.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import cast

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
Task = tuple[bytes, ...]
"""The requests of one task, sent one after the other; its time is that of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a load gave."""

    tasks: int
    failed: int
    seconds: float
    latencies_ms: Sequence[float]

    @property
    def per_second(self) -> float:
        return self.tasks / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the tasks was answered."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Connection(asyncio.Protocol):
    """One connection of the loop."""

    def __init__(self, tasks: Sequence[Task], numbers: count[int], until: float) -> None:
        self.tasks = tasks
        self.numbers = numbers
        self.until = until
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.latencies: list[float] = []
        self.failed = 0
        self.buffer = b""
        self.left: list[bytes] = []
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._next_task()

    def _next_task(self) -> None:
        if time.perf_counter() >= self.until:
            self.transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self.left = list(self.tasks[next(self.numbers) % len(self.tasks)])
        self.began = time.perf_counter()
        self.transport.write(self.left.pop(0))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = LENGTH.search(self.buffer, 0, end + 2)
        if length is None:
            raise RuntimeError(f"an answer without a length: {self.buffer[:200]!r}")
        if len(self.buffer) < end + 4 + int(length[1]):
            return
        if self.buffer[9:10] != b"2":
            self.failed += 1
        self.buffer = b""
        if self.left:
            self.transport.write(self.left.pop(0))
            return
        self.latencies.append((time.perf_counter() - self.began) * 1000)
        self._next_task()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed the connection"))


async def _run(port: int, tasks: Sequence[Task], connections: int, seconds: float, first: int) -> Outcome:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    numbers = count(first)
    made = [
        (await loop.create_connection(lambda: Connection(tasks, numbers, began + seconds), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for connection in made))
    latencies = [latency for connection in made for latency in connection.latencies]
    failed = sum(connection.failed for connection in made)
    return Outcome(tasks=len(latencies), failed=failed, seconds=time.perf_counter() - began, latencies_ms=latencies)


def get(path: str) -> bytes:
    """A GET as bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: market\r\nAccept: application/json\r\n\r\n".encode()


def post(path: str, body: bytes, *, key: str | None) -> bytes:
    """A POST of JSON as bytes."""
    secret = f"Authorization: Bearer {key}\r\n" if key else ""
    head = f"POST {path} HTTP/1.1\r\nHost: engine\r\n{secret}Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def run_load(port: int, tasks: Sequence[Task], *, connections: int = 8, seconds: float, first: int = 0) -> Outcome:
    """Run the loop in a process of its own.

    Args:
        first: number of the first task, so that a further round begins where the last one ended.

    Raises:
        subprocess.CalledProcessError: a connection was lost.
    """
    plan = {
        "port": port,
        "connections": connections,
        "seconds": seconds,
        "first": first,
        "tasks": [[base64.b64encode(request).decode() for request in task] for task in tasks],
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load"],
        input=json.dumps(plan).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the load broke off: {done.stderr.decode()[-2000:]}")
    return Outcome(**json.loads(done.stdout))


def main() -> None:
    """Run the plan of standard input."""
    plan = json.load(sys.stdin)
    tasks = [tuple(base64.b64decode(request) for request in task) for task in plan["tasks"]]
    outcome = asyncio.run(_run(plan["port"], tasks, plan["connections"], plan["seconds"], plan["first"]))
    fields = ("tasks", "failed", "seconds", "latencies_ms")
    json.dump({name: getattr(outcome, name) for name in fields}, sys.stdout)


if __name__ == "__main__":
    main()
