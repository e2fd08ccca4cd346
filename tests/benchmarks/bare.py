"""What a single row costs at least: the same bytes for the same statement, by an ASGI function on asyncpg, on granian.

`python -m tests.benchmarks.bare PORT` with the database's address and a file of answers in the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from granian import Granian
from granian.constants import Interfaces

from market.config import PROJECT_ROOT
from market.listings.facts import one_visible
from tests.benchmarks.market import Market

DATABASE, ANSWERS = "BARE_DATABASE", "BARE_ANSWERS"
CONNECTIONS = 8
START_SECONDS = 30.0
_held: dict[str, Any] = {}


def _answers() -> dict[str, str]:
    told: dict[str, str] = json.loads(Path(os.environ[ANSWERS]).read_text(encoding="utf-8"))
    return told


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer a listing as the market did, when its row can still be read."""
    if scope["type"] == "lifespan":
        await receive()
        _held["answers"] = _answers()
        _held["pool"] = await asyncpg.create_pool(os.environ[DATABASE], min_size=CONNECTIONS, max_size=CONNECTIONS)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    id_ = scope["path"].rpartition("/")[2]
    async with _held["pool"].acquire() as connection:
        row = await one_visible(is_officer=False).value(connection, {"id": UUID(id_), "own": []})
    body = _held["answers"][id_].encode() if row is not None else b""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


@contextmanager
def bare_server(market: Market, ids: Sequence[str], *, port: int) -> Iterator[None]:
    """The function on a server of its own, beside the market and on its database."""
    answers = {id_: _read(market.port, f"/api/v1/listings/{id_}") for id_ in ids}
    file = market.data_dir.with_name("answers.json")
    file.write_text(json.dumps(answers), encoding="utf-8")
    environment = {**os.environ, DATABASE: market.running.database_url, ANSWERS: str(file)}
    command = [sys.executable, "-m", "tests.benchmarks.bare", str(port)]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment)
    try:
        _wait_for(port, ids[0], answers[ids[0]])
        yield
    finally:
        process.terminate()
        process.wait()


def _read(port: int, path: str) -> str:
    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30)
    return str(answer.read().decode())


def _wait_for(port: int, id_: str, expected: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            if _read(port, f"/api/v1/listings/{id_}") != expected:
                raise RuntimeError("the bare server answers other bytes")
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    Granian("tests.benchmarks.bare:application", port=int(sys.argv[1]), interface=Interfaces.ASGI, workers=1).serve()
