"""Reports over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.language import Language, preferred_language
from market.core.query import query_of
from market.core.representation import plain
from market.reference.catalogue import Catalogue
from market.reports.answers import conversion_report, lapse_report, value_report
from market.reports.schemas import ConversionQuery, ConversionReport, LapseReport, ReportQuery, ValueReport

AnyRequest = Request[Any, Any, Any]


def _language(request: AnyRequest) -> Language:
    return preferred_language(request.headers.get("accept-language"))


@get(
    "/reports/conversion",
    operation_id="reportConversion",
    access=Access.ANYONE,
    dependencies={"params": query_of(ConversionQuery)},
    summary="How many MOUs became contracts, as of a date and as known at another",
)
async def report_conversion(
    params: NamedDependency[ConversionQuery],
    session: NamedDependency[AsyncSession],
    catalogue: NamedDependency[Catalogue],
    request: AnyRequest,
) -> Response[ConversionReport]:
    return plain(await conversion_report(session, params, catalogue=catalogue, language=_language(request)))


@get(
    "/reports/lapses",
    operation_id="reportLapses",
    access=Access.ANYONE,
    dependencies={"params": query_of(ReportQuery)},
    summary="What was not performed, by cause, as of a date and as known at another",
)
async def report_lapses(
    params: NamedDependency[ReportQuery], session: NamedDependency[AsyncSession], request: AnyRequest
) -> Response[LapseReport]:
    return plain(await lapse_report(session, params, language=_language(request)))


@get(
    "/reports/values",
    operation_id="reportValues",
    access=Access.ANYONE,
    dependencies={"params": query_of(ReportQuery)},
    summary="Signed, effective and delivered by instrument, by two clocks; values for officers only",
)
async def report_values(
    params: NamedDependency[ReportQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    request: AnyRequest,
) -> Response[ValueReport]:
    return plain(await value_report(session, actor, params, language=_language(request)))


routes = [report_conversion, report_lapses, report_values]
