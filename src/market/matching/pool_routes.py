"""The pool of a need: suppliers who together cover it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.language import preferred_language
from market.core.query import query_of
from market.core.representation import plain
from market.matching import pool_answers, pool_service
from market.matching.pool_schemas import NeedPool, PoolQuery
from market.needs.queries import get_need
from market.reference.catalogue import Catalogue


@get(
    "/needs/{need_id:uuid}/pool",
    operation_id="poolNeed",
    access=Access.ANYONE,
    dependencies={"params": query_of(PoolQuery)},
    summary="Suppliers who together cover a need week by week at least cost, and why not all of it where they cannot",
)
async def pool_need(
    need_id: FromPath[UUID],
    params: NamedDependency[PoolQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    catalogue: NamedDependency[Catalogue],
    request: Request[Any, Any, Any],
) -> Response[NeedPool]:
    """For the buyer. A plan of which supplier delivers how much in which week; nothing is reserved or asked of
    anybody by it.
    """
    need = await get_need(session, actor, need_id)
    state = request.app.state
    asked = pool_service.Asked(params.max_suppliers, params.line, tuple(params.without))
    pools, degraded = await pool_service.pools_of_need(
        session, state.search, need, asked=asked, catalogue=catalogue, solver=state.pool_solver
    )
    language = preferred_language(request.headers.get("accept-language"))
    return plain(
        await pool_answers.need_pool(session, need.id, pools, degraded=degraded, catalogue=catalogue, language=language)
    )


routes = [pool_need]
