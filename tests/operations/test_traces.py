"""What a request waited for and what it caused reaches a collector, without a word of what anybody wrote."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from market.config import PROJECT_ROOT
from market.local.meilisearch import find_binary, start_meilisearch
from market.local.program import free_port
from market.local.running import environment_of
from tests.operations.standing import Standing, standing
from tests.operations.test_rolling import PERSON

NAMED, WANTED = "Hợp tác xã Dò Vết", "thanhlongdovet"
ORGANIZATION = {"name": NAMED, "kinds": ["producer"], "legal_form": "cooperative"}
PLACE = {"province": {"code": "82", "version": "2025"}}
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Seen:
    """A span as it came."""

    service: str
    name: str
    trace: str
    span: str
    parent: str
    facts: dict[str, str]


@dataclass
class Receiver:
    """A collector on this machine: takes OTLP over HTTP, as the protocol says."""

    url: str
    spans: list[Seen] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        self.bodies.append(body)
        sent = ExportTraceServiceRequest.FromString(body)
        for resource in sent.resource_spans:
            named = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                facts = {pair.key: str(pair.value) for pair in span.attributes}
                ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                self.spans.append(Seen(named["service.name"], span.name, *ids, facts))

    def wait(self, name: str, *, trace: str | None = None) -> Seen:
        """The first span of that name (in that trace)."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            for span in list(self.spans):
                if re.fullmatch(name, span.name) and trace in (None, span.trace):
                    return span
            time.sleep(0.1)
        raise AssertionError(f"no span {name}; there were {sorted({span.name for span in self.spans})}")


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/v1/traces")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()


@contextmanager
def working(market: Standing, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker beside the API."""
    with market.settings.data_dir.with_name("worker.log").open("ab") as said:
        environment = {**os.environ, **environment_of(market.settings), **more}
        worker = subprocess.Popen(
            [sys.executable, "-m", "market", "worker"], env=environment, cwd=PROJECT_ROOT, stdout=said, stderr=said
        )
        try:
            yield worker
        finally:
            worker.terminate()
            worker.wait(20)


@dataclass(frozen=True)
class Traced:
    market: Standing
    receiver: Receiver


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    binary = find_binary()
    assert binary is not None
    place = tmp_path_factory.mktemp("traced")
    engine = start_meilisearch(place / "engine", binary)
    try:
        with receiving() as receiver:
            told = {"MARKET_TRACES_URL": receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
            told |= {"MARKET_MEILI_URL": engine.server.url, "MARKET_MEILI_KEY": engine.server.key}
            with standing(place, **told) as market, working(market, **told):
                yield Traced(market, receiver)
    finally:
        engine.stop()


def test_a_request_its_statements_and_its_jobs_are_one_trace(traced: Traced) -> None:
    person = PERSON | {"email": f"{uuid.uuid4().hex}@thu.example"}
    body = {"organization": ORGANIZATION | PLACE, "user": person}
    made = traced.market.http.post("/api/v1/auth/register", json=body)
    assert made.status_code == 201, made.text
    request = traced.receiver.wait("POST /api/v1/auth/register")
    assert (request.service, request.parent) == ("market-api", "")
    assert made.headers["x-request-id"] in request.facts["market.request_id"]
    assert "201" in request.facts["http.response.status_code"]
    written = traced.receiver.wait("INSERT .*", trace=request.trace)
    assert written.parent == request.span
    job = traced.receiver.wait("job .*", trace=request.trace)
    assert (job.service, job.parent) == ("market-worker", request.span)
    assert traced.receiver.wait("SELECT .*", trace=request.trace)
    follower = traced.receiver.wait("follow chain")
    assert follower.service == "market-worker"
    everything = b"".join(traced.receiver.bodies)
    for personal in (person["email"], person["password"], person["full_name"], NAMED):
        assert personal.encode() not in everything


def searched(traced: Traced) -> str:
    """The trace of a search that the engine was asked; it is not while a busy one is taken for away."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        trace = uuid.uuid4().hex
        above = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        found = traced.market.http.get("/api/v1/listings", params={"q": WANTED}, headers=above)
        assert found.status_code == 200
        if not found.json()["degraded"]:
            return trace
        time.sleep(0.5)
    raise AssertionError("the engine answered no search")


def test_a_search_shows_what_the_engine_was_asked_and_not_for_what(traced: Traced) -> None:
    trace = searched(traced)
    request = traced.receiver.wait("GET /api/v1/listings", trace=trace)
    assert request.parent == "00f067aa0ba902b7"
    asked = traced.receiver.wait("engine POST /multi-search", trace=trace)
    assert asked.parent == request.span
    assert WANTED.encode() not in b"".join(traced.receiver.bodies)


def test_health_is_not_traced(traced: Traced) -> None:
    traced.market.http.get("/health/ready")
    traced.market.http.get("/api/v1/reference/units")
    traced.receiver.wait("GET /api/v1/reference/units")
    assert not [span for span in traced.receiver.spans if "/health" in span.name]
    beats = [span for span in traced.receiver.spans if "sign_of_life" in span.name]
    assert not beats, "what nobody asked for is not traced"


def test_a_log_line_names_the_trace_of_its_request(traced: Traced) -> None:
    with traced.market.frozen_database():
        late = traced.market.http.get("/api/v1/organizations")
    assert late.status_code == 503
    lines = traced.market.settings.data_dir.with_name("api.log").read_text(encoding="utf-8").splitlines()
    logged = [json.loads(line) for line in lines if late.headers["x-request-id"] in line]
    span = traced.receiver.wait("GET /api/v1/organizations")
    assert span.trace in {line.get("trace_id") for line in logged}
    assert "503" in span.facts["http.response.status_code"]


def test_a_collector_that_is_away_holds_nothing_up(traced: Traced) -> None:
    away = f"http://127.0.0.1:{free_port()}/v1/traces"
    log = traced.market.settings.data_dir.with_name("worker.log")
    before = log.read_text(encoding="utf-8").count("worker_ready")
    with working(traced.market, MARKET_TRACES_URL=away) as worker:
        end = time.monotonic() + PATIENCE_SECONDS
        while log.read_text(encoding="utf-8").count("worker_ready") == before:
            assert time.monotonic() < end
            time.sleep(0.1)
        began = time.monotonic()
        worker.terminate()
        assert worker.wait(20) == 0
        assert time.monotonic() - began < 9


def test_nothing_of_it_is_loaded_where_nothing_is_traced(tmp_path: Path) -> None:
    script = "import sys, market.app, market.worker, market.asgi; print([n for n in sys.modules if 'opentel' in n])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]"
