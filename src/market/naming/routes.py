"""The queue of names, for officers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import single, trimmed_page
from market.naming import queries
from market.naming.answers import names_out
from market.naming.schemas import Decision, GoodsNameOut, NameQuery
from market.naming.service import decide_name
from market.reference.catalogue import Catalogue
from market.reference.models import GoodsName

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


@get(
    "/goods/names",
    operation_id="listGoodsNames",
    access=Access.OFFICER,
    dependencies={"params": query_of(NameQuery)},
    summary="Names that nobody has placed yet, with who uses them and what they may mean",
)
async def list_goods_names(
    params: NamedDependency[NameQuery],
    session: Session,
    actor: Who,
    catalogue: NamedDependency[Catalogue],
    request: AnyRequest,
) -> Response[Page[GoodsNameOut]]:
    """Each with an example, how many listings carry it and what the vocabulary makes of it; the most used first."""
    rows = queries.visible_names(actor).where(GoodsName.state == params.state)
    found = await paginate(session, rows, key=GoodsName.id, query=params)
    items = await names_out(session, found.rows, catalogue=catalogue)
    return trimmed_page(request, Page(items=items, next_cursor=found.next_cursor), GoodsNameOut)


@post(
    "/goods/names/{name_id:uuid}/decide",
    operation_id="decideGoodsName",
    access=Access.OFFICER,
    status_code=200,
    summary="Say what a name is; its listings are read again",
)
async def decide_goods_name(
    name_id: FromPath[UUID], data: JSONBody[Decision], session: Session, actor: Who, request: AnyRequest
) -> Response[GoodsNameOut]:
    """Every search knows the name within seconds, and the listings that carry it are read again."""
    name = await queries.get_name(session, actor, name_id)
    catalogue = await decide_name(session, actor, name, data)
    (model,) = await names_out(session, [name], catalogue=catalogue)
    return single(request, model, version=name.version)


routes = [list_goods_names, decide_goods_name]
