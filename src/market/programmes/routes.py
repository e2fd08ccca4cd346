"""Programmes and published figures over HTTP; both are public."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access
from market.core.language import preferred_language
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import single, trimmed_page
from market.programmes import queries
from market.programmes.answers import figure_out, programme_out
from market.programmes.models import Figure
from market.programmes.schemas import FigureOut, FigureQuery, ProgrammeOut
from market.reference.catalogue import Catalogue

Session = NamedDependency[AsyncSession]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


@get("/programmes", operation_id="listProgrammes", access=Access.ANYONE, summary="Cooperation programmes")
async def list_programmes(session: Session, catalogue: Reference, request: AnyRequest) -> Response[Page[ProgrammeOut]]:
    counted = await queries.figures_by_programme(session)
    items = [
        programme_out(group, figures_count=counted.get(group.id, 0), catalogue=catalogue)
        for group in catalogue.programme_groups
    ]
    return single(request, Page[ProgrammeOut](items=items, next_cursor=None), version=1)


@get(
    "/figures",
    operation_id="listFigures",
    access=Access.ANYONE,
    dependencies={"params": query_of(FigureQuery)},
    summary="Published figures with qualifier and source",
)
async def list_figures(
    params: NamedDependency[FigureQuery], session: Session, catalogue: Reference, request: AnyRequest
) -> Response[Page[FigureOut]]:
    rows = queries.figures_like(programme=params.programme, metric=params.metric)
    found = await paginate(session, rows, key=Figure.id, query=params)
    language = preferred_language(request.headers.get("accept-language"))
    page = found.to_page(lambda figure: figure_out(figure, catalogue=catalogue, language=language))
    return trimmed_page(request, page, FigureOut)


routes = [list_programmes, list_figures]
