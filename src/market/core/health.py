"""Is it alive, is it ready, and the numbers."""

from __future__ import annotations

from typing import Any, Literal

from litestar import Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from market.core.access import Access
from market.core.errors import NotFound
from market.core.representation import plain
from market.core.schemas import Answer

State = Literal["ok", "degraded", "down"]


class Alive(Answer):
    status: Literal["ok"] = "ok"


class Ready(Answer):
    """`down` (503) without the database; `degraded` (200) without the search engine, because reads fall back."""

    status: State
    database: Literal["ok", "down"]
    engine: Literal["ok", "degraded", "down"] = Field(description="down: reads are answered from PostgreSQL")


@get(
    "/health/live",
    operation_id="isAlive",
    access=Access.ANYONE,
    ignores_credentials=True,
    tags=["health"],
    summary="Is the process alive",
)
async def is_alive() -> Alive:
    return Alive()


@get(
    "/health/ready",
    operation_id="isReady",
    access=Access.ANYONE,
    ignores_credentials=True,
    tags=["health"],
    summary="Can it serve",
)
async def is_ready(request: Request[Any, Any, Any]) -> Response[Ready]:
    state = request.app.state
    try:
        async with state.sessions() as session:
            await session.execute(text("SELECT 1"))
        database: Literal["ok", "down"] = "ok"
    except (SQLAlchemyError, OSError):
        database = "down"
    engine: Literal["ok", "down"] = "ok" if state.search is not None and await state.search.healthy() else "down"
    status: State = "down" if database == "down" else "ok" if engine == "ok" else "degraded"
    answer = Ready(status=status, database=database, engine=engine)
    return plain(answer, status=503 if status == "down" else 200, headers={"Cache-Control": "no-store"})


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
    if request.app.state.settings.metrics_port:
        raise NotFound  # they have a listener of their own
    # The framework adds the charset to whatever is text.
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8"))


routes = [is_alive, is_ready, get_metrics]
