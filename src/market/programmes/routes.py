"""Programmes and published figures over HTTP; both are public."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access
from market.core.errors import NotFound
from market.core.language import preferred_language
from market.core.pagination import Page, paginate
from market.core.query import query_of
from market.core.representation import single, trimmed_page
from market.programmes import queries
from market.programmes.answers import figure_out, programme_out
from market.programmes.models import Figure
from market.programmes.schemas import FigureOut, FigureQuery, ProgrammeFigureQuery, ProgrammeOut
from market.reference.catalogue import Catalogue
from market.reference.schemas import WholeListQuery

Session = NamedDependency[AsyncSession]
Reference = NamedDependency[Catalogue]
AnyRequest = Request[Any, Any, Any]


async def _programme(programme_id: str, *, session: AsyncSession, catalogue: Catalogue) -> ProgrammeOut:
    group = next((group for group in catalogue.programme_groups if group.id == programme_id), None)
    if group is None:
        raise NotFound
    counted = await queries.figures_by_programme(session)
    return programme_out(group, figures_count=counted.get(group.id, 0), catalogue=catalogue)


@get("/programmes/{programme_id:str}", operation_id="getProgramme", access=Access.ANYONE, summary="One programme")
async def get_programme(
    programme_id: FromPath[str], session: Session, catalogue: Reference, request: AnyRequest
) -> Response[ProgrammeOut]:
    """Its name, years and who takes part."""
    return single(request, await _programme(programme_id, session=session, catalogue=catalogue), version=1)


@get(
    "/programmes/{programme_id:str}/figures",
    operation_id="listProgrammeFigures",
    access=Access.ANYONE,
    dependencies={"params": query_of(ProgrammeFigureQuery)},
    summary="Published figures about one programme",
)
async def list_programme_figures(
    programme_id: FromPath[str],
    params: NamedDependency[ProgrammeFigureQuery],
    session: Session,
    catalogue: Reference,
    request: AnyRequest,
) -> Response[Page[FigureOut]]:
    """What was published about it, with what each figure counts, how exact it says it is and where it stood."""
    await _programme(programme_id, session=session, catalogue=catalogue)
    asked = FigureQuery(programme=programme_id, **params.model_dump())
    return await _figures(asked, session=session, catalogue=catalogue, request=request)


@get(
    "/programmes",
    operation_id="listProgrammes",
    access=Access.ANYONE,
    dependencies={"params": query_of(WholeListQuery)},
    summary="Cooperation programmes",
)
async def list_programmes(
    params: NamedDependency[WholeListQuery], session: Session, catalogue: Reference, request: AnyRequest
) -> Response[Page[ProgrammeOut]]:
    """Programmes between the city and provinces, with their years and how many figures were published of each."""
    counted = await queries.figures_by_programme(session)
    items = [
        programme_out(group, figures_count=counted.get(group.id, 0), catalogue=catalogue)
        for group in catalogue.programme_groups[: params.limit]
    ]
    return single(request, Page[ProgrammeOut](items=items, next_cursor=None), version=1, items=ProgrammeOut)


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
    """What was published about programmes and events, to set beside what the market counts itself."""
    return await _figures(params, session=session, catalogue=catalogue, request=request)


async def _figures(
    params: FigureQuery, *, session: AsyncSession, catalogue: Catalogue, request: AnyRequest
) -> Response[Page[FigureOut]]:
    rows = queries.figures_like(programme=params.programme, metric=params.metric)
    found = await paginate(session, rows, key=Figure.id, query=params)
    language = preferred_language(request.headers.get("accept-language"))
    page = found.to_page(lambda figure: figure_out(figure, catalogue=catalogue, language=language))
    return trimmed_page(request, page, FigureOut)


routes = [list_programmes, get_programme, list_programme_figures, list_figures]
