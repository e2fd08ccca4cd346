"""The feed of changes over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.changes import Cursor
from market.core.db import for_reading
from market.core.eras import era_of
from market.core.language import preferred_language
from market.core.query import query_of
from market.core.representation import fields_asked, plain
from market.core.requests import HEADERS_ONLY
from market.integrations import json_ld_routes, ocds_routes
from market.integrations.entities import Reader
from market.integrations.feed import decode_place, wanted_of
from market.integrations.live import changes_within, live_changes
from market.integrations.schemas import Changes, ChangesQuery, LiveQuery
from market.integrations.watching import end_of_log
from market.reference.catalogue import Catalogue


def _reached_at(request: Request[Any, Any, Any]) -> str:
    return str(request.app.state.settings.reached_at()).rstrip("/")


LIVE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@get(
    "/changes",
    operation_id="listChanges",
    access=Access.ANYONE,
    tags=["integrations"],
    dependencies={"params": query_of(ChangesQuery)},
    summary="What changed since a cursor: created, updated, gone",
)
async def list_changes(
    params: NamedDependency[ChangesQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    catalogue: NamedDependency[Catalogue],
    request: Request[Any, Any, Any],
) -> Response[Changes]:
    """Begin without `since` for everything that one may see, then send the `cursor` of each answer as `since`.
    `gone` also tells what one may not see any more; `wait` holds the line until there is news.
    """
    language = preferred_language(request.headers.get("accept-language"))
    era = await era_of(session)
    reader = Reader(
        session=session, actor=actor, catalogue=catalogue, language=language, era=era, reached_at=_reached_at(request)
    )
    since = decode_place(params.since, era=era) if params.since is not None else Cursor()
    wanted, state = wanted_of(params.entity, fields_asked(request)), request.app.state
    page = await changes_within(
        reader,
        since,
        wanted,
        limit=params.limit,
        seconds=0 if request.scope["state"].get(HEADERS_ONLY) else params.wait,
        watch=state.log_watch,
        sessions=for_reading(state.sessions),
    )
    return plain(page, headers={"Cache-Control": "no-store"})


@get(
    "/changes/stream",
    operation_id="streamChanges",
    access=Access.ANYONE,
    tags=["integrations"],
    answers=("text/event-stream",),
    dependencies={"params": query_of(LiveQuery)},
    summary="What changes, as it happens (server-sent events)",
)
async def stream_changes(
    params: NamedDependency[LiveQuery],
    actor: NamedDependency[Actor],
    catalogue: NamedDependency[Catalogue],
    session: NamedDependency[AsyncSession],
    request: Request[Any, Any, Any],
) -> Stream:
    """Events `created`, `updated` and `gone` with what GET /changes tells of each; the last of several that come
    together has an id. The line is closed after some minutes: come back with that id as Last-Event-ID."""
    language, state = preferred_language(request.headers.get("accept-language")), request.app.state
    place = request.headers.get("last-event-id") or params.since
    era = await era_of(session)
    cursor = decode_place(place, era=era) if place is not None else await end_of_log(session)
    wanted = wanted_of(params.entity, fields_asked(request))
    reader_on = partial(Reader, actor=actor, catalogue=catalogue, language=language, era=era)
    events = live_changes(
        reader_on,
        cursor,
        wanted,
        era=era,
        seconds=state.settings.stream_seconds,
        watch=state.log_watch,
        sessions=for_reading(state.sessions),
    )
    await session.close()
    return Stream(events, media_type="text/event-stream", headers=LIVE)


routes = [list_changes, stream_changes, *json_ld_routes.routes, *ocds_routes.routes]
