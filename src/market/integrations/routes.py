"""The feed of changes over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.language import preferred_language
from market.core.query import query_of
from market.core.representation import plain
from market.integrations import json_ld_routes, ocds_routes
from market.integrations.entities import Reader
from market.integrations.feed import changes_since
from market.integrations.schemas import Changes, ChangesQuery
from market.reference.catalogue import Catalogue


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
    language = preferred_language(request.headers.get("accept-language"))
    reader = Reader(session=session, actor=actor, catalogue=catalogue, language=language)
    return plain(await changes_since(reader, params.since, limit=params.limit), headers={"Cache-Control": "no-store"})


routes = [list_changes, *json_ld_routes.routes, *ocds_routes.routes]
