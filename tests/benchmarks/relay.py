"""The least that a server of this kind costs: the market's server and its connections to the engine, and no more.

It hands each body on to the engine and the answer back: no framework, no query to read, no answer to make. Whatever
share of the engine's speed it loses on a machine, any API in front of the engine loses there too.
Run as `python -m tests.benchmarks.relay PORT`, with the engine's address and key in the environment.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from market.config import PROJECT_ROOT
from market.engine.wire import Wire
from tests.benchmarks.market import end

URL, KEY = "RELAY_ENGINE_URL", "RELAY_ENGINE_KEY"
START_SECONDS, ANSWER_SECONDS = 30.0, 5.0


def application() -> Callable[..., Awaitable[None]]:
    """The relay as an ASGI application."""
    wire = Wire(os.environ[URL], key=os.environ.get(KEY), connections=64, connect_seconds=ANSWER_SECONDS)

    async def relay(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        if scope["type"] != "http":
            return
        sent = await receive()
        status, body = await wire.post(scope["path"], sent["body"], seconds=ANSWER_SECONDS)
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return relay


@contextmanager
def relay_up(*, url: str, key: str | None) -> Iterator[int]:
    """Run the relay before an engine; its port.

    Raises:
        RuntimeError: it did not start.
    """
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port: int = chosen.getsockname()[1]
    known = {URL: url, **({KEY: key} if key else {})}
    program = [sys.executable, "-m", "tests.benchmarks.relay", str(port)]
    process = subprocess.Popen(program, cwd=PROJECT_ROOT, env=os.environ | known, start_new_session=True)
    try:
        _await_port(process, port)
        yield port
    finally:
        end(process, signal.SIGTERM)


def _await_port(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the relay did not start")


if __name__ == "__main__":
    Granian(
        "tests.benchmarks.relay:application",
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        factory=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
