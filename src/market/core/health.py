"""Is it alive, is it ready, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from litestar import Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import Field

from market.core.access import Access
from market.core.errors import NotFound
from market.core.measures import exposition
from market.core.probing import Finding, PartName, State
from market.core.representation import plain
from market.core.schemas import Answer


class Alive(Answer):
    status: Literal["ok"] = "ok"


class Part(Answer):
    """One part that the market stands on."""

    name: PartName
    state: State
    reason: str = Field(description="Why it is not ok; empty when it is", examples=["no sign of life for 21 s"])


class Ready(Answer):
    """`down` (503) where nothing can be written; `degraded` (200) when something works only in part."""

    status: State
    database: Literal["ok", "down"]
    engine: Literal["ok", "degraded", "down"] = Field(description="down: reads are answered from PostgreSQL")
    parts: list[Part] = Field(description="Everything looked at, with reasons; answered in a second whatever hangs")


@get(
    "/health/live",
    operation_id="isAlive",
    access=Access.ANYONE,
    ignores_credentials=True,
    tags=["health"],
    summary="Is the process alive",
)
async def is_alive() -> Alive:
    """Answers as long as the process runs, without asking the database; for whoever restarts it."""
    return Alive()


@get(
    "/health/ready",
    operation_id="isReady",
    access=Access.ANYONE,
    ignores_credentials=True,
    tags=["health"],
    summary="Can it serve, part by part",
)
async def is_ready(request: Request[Any, Any, Any]) -> Response[Ready]:
    """Asks database, log, worker and engine, each within a moment; 503 when nothing can be written, and `degraded`
    when something else is amiss.
    """
    found = await request.app.state.probe.look()
    if not request.app.state.is_warm():
        found = [*found, Finding("catalogue", "down", "is being read")]
    answer = ready_of(found)
    return plain(answer, status=503 if answer.status == "down" else 200, headers={"Cache-Control": "no-store"})


def ready_of(found: Sequence[Finding]) -> Ready:
    """The whole, given its parts."""
    states = {finding.name: finding.state for finding in found}
    worst: State = "down" if "down" in states.values() else "degraded" if "degraded" in states.values() else "ok"
    return Ready(
        status=worst,
        database="ok" if states.get("database") == "ok" else "down",
        engine="ok" if states.get("engine") == "ok" else "down",
        parts=[Part(name=finding.name, state=finding.state, reason=finding.reason) for finding in found],
    )


@get(
    "/metrics",
    operation_id="getMetrics",
    access=Access.ANYONE,
    ignores_credentials=True,
    tags=["health"],
    answers=("text/plain",),
    summary="Prometheus metrics",
)
async def get_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Counters and times in the text format of Prometheus, of the process that answers."""
    state = request.app.state
    if state.settings.metrics_port:
        raise NotFound  # they have a listener of their own
    url = state.settings.database_url
    told = await exposition(
        url.get_secret_value() if url else "", data_dir=state.settings.data_dir, pool=state.engine.pool
    )
    # The framework adds the charset to whatever is text.
    return Response(told, media_type=CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8"))


routes = [is_alive, is_ready, get_metrics]
