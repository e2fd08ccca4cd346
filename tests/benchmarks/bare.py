"""What an answer costs at least: the same bytes for the same statements, by an ASGI function on asyncpg, on granian.

`python -m tests.benchmarks.bare PORT FUNCTION` with the database's address and a file of answers in the environment.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from granian import Granian
from granian.constants import Interfaces

from market.accounts.credentials import token_hash
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


async def _live(receive: Any, send: Any) -> None:
    await receive()
    _held["answers"] = _answers()
    _held["pool"] = await asyncpg.create_pool(os.environ[DATABASE], min_size=CONNECTIONS, max_size=CONNECTIONS)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _answer(send: Any, body: bytes, *, status: int = 200) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer a listing as the market did, when its row can still be read."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    id_ = scope["path"].rpartition("/")[2]
    async with _held["pool"].acquire() as connection:
        row = await one_visible(is_officer=False).value(connection, {"id": UUID(id_), "own": []})
    await _answer(send, _held["answers"][id_].encode() if row is not None else b"")


DEVICE = "SELECT d.id, d.event_id FROM event_device d JOIN event e ON e.id = d.event_id WHERE d.hash = $1"
PERSON = """
SELECT r.organization_id, r.delegates, pg_advisory_xact_lock(hashtextextended($3, 0))
FROM event_registration r JOIN event e ON e.id = r.event_id WHERE r.id = $1 AND r.event_id = $2
"""
BEFORE = """
SELECT id FROM event_desk_item WHERE event_id = $1 AND client_id = $2
UNION ALL SELECT id FROM event_desk_item WHERE event_id = $1 AND kind = 'check_in' AND digest = $3 AND state = 'kept'
"""
CAME = """
WITH came AS (
    INSERT INTO event_desk_item
        (event_id, client_id, kind, sequence, device_id, content, digest, about_id, at, client_at, state)
    VALUES ($1, $2, 'check_in', 0, $3, '{}', $4, $5, now(), now(), 'kept') RETURNING id, at
), told AS (
    INSERT INTO change (at, entity, entity_id, version, verb, diff, actor_kind, credential_id)
    SELECT at, 'event_desk_item', id, 1, 'create', jsonb_build_object('digest', jsonb_build_array(null, $4::text)),
        'device', $3
    FROM came
)
SELECT at FROM came
"""


async def check_in(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Check somebody in by badge: who asks, who comes, whether they came, and the two rows, in as many statements."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    asked = json.loads((await receive())["body"])
    token = dict(scope["headers"])[b"authorization"].removeprefix(b"Bearer ").decode()
    client_id, badge = UUID(asked["id"]), asked["badge"]
    registration, _, place = badge.partition("/")
    async with _held["pool"].acquire() as connection, connection.transaction():
        device, event = await connection.fetchrow(DEVICE, token_hash(token))
        row = await connection.fetchrow(PERSON, UUID(registration), event, f"desk:{event}:{badge}")
        if await connection.fetchrow(BEFORE, event, client_id, badge) is not None:
            raise ValueError("somebody was there already")
        at = await connection.fetchval(CAME, event, client_id, device, badge, UUID(registration))
    people = json.loads(row["delegates"])
    name = people[int(place)]["name"] if int(place) < len(people) else None
    said = {"id": asked["id"], "registration": registration, "organization": str(row["organization_id"])}
    body = json.dumps(said | {"delegate": name, "state": "kept", "at": at.isoformat()}, ensure_ascii=False)
    await _answer(send, body.encode(), status=201)


@contextmanager
def bare_server(market: Market, ids: Sequence[str], *, port: int) -> Iterator[None]:
    """The function on a server of its own, beside the market and on its database."""
    answers = {id_: _read(market.port, f"/api/v1/listings/{id_}") for id_ in ids}
    with _served(market, answers, "application", port=port):
        _wait_for(port, ids[0], answers[ids[0]])
        yield


@contextmanager
def bare_desk(market: Market, *, port: int) -> Iterator[None]:
    """Check-ins on a server of their own, beside the market and on its database."""
    with _served(market, {}, "check_in", port=port):
        _until(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close())
        yield


@contextmanager
def _served(market: Market, answers: dict[str, str], function: str, *, port: int) -> Iterator[None]:
    file = market.data_dir.with_name("answers.json")
    file.write_text(json.dumps(answers), encoding="utf-8")
    environment = {**os.environ, DATABASE: market.running.database_url, ANSWERS: str(file)}
    command = [sys.executable, "-m", "tests.benchmarks.bare", str(port), function]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _read(port: int, path: str) -> str:
    answer = urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30)
    return str(answer.read().decode())


def _wait_for(port: int, id_: str, expected: str) -> None:
    def read() -> None:
        if _read(port, f"/api/v1/listings/{id_}") != expected:
            raise RuntimeError("the bare server answers other bytes")

    _until(read)


def _until(act: Callable[[], None]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            act()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    Granian(f"tests.benchmarks.bare:{sys.argv[2]}", port=int(sys.argv[1]), interface=Interfaces.ASGI, workers=1).serve()
