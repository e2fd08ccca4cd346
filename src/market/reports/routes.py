"""Reports over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.query import query_of
from market.core.representation import plain
from market.events.queries import get_event
from market.reference.catalogue import Catalogue
from market.reports.answers import conversion_report, lapse_report, value_report
from market.reports.event_schemas import EventSummary, SummaryQuery
from market.reports.event_summary import event_summary
from market.reports.schemas import ConversionQuery, ConversionReport, LapseReport, ReportQuery, ValueReport


@get(
    "/reports/conversion",
    operation_id="reportConversion",
    access=Access.ANYONE,
    dependencies={"params": query_of(ConversionQuery)},
    summary="How many MOUs became contracts, as of a date",
)
async def report_conversion(
    params: NamedDependency[ConversionQuery],
    session: NamedDependency[AsyncSession],
    catalogue: NamedDependency[Catalogue],
) -> Response[ConversionReport]:
    return plain(await conversion_report(session, params, catalogue=catalogue))


@get(
    "/reports/lapses",
    operation_id="reportLapses",
    access=Access.ANYONE,
    dependencies={"params": query_of(ReportQuery)},
    summary="What was not performed, by cause, as of a date",
)
async def report_lapses(
    params: NamedDependency[ReportQuery], session: NamedDependency[AsyncSession]
) -> Response[LapseReport]:
    return plain(await lapse_report(session, params))


@get(
    "/reports/values",
    operation_id="reportValues",
    access=Access.ANYONE,
    dependencies={"params": query_of(ReportQuery)},
    summary="Signed, effective and delivered by instrument, as of a date; values for officers only",
)
async def report_values(
    params: NamedDependency[ReportQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
) -> Response[ValueReport]:
    return plain(await value_report(session, actor, params))


@get(
    "/events/{event_id:uuid}/summary",
    operation_id="summarizeEvent",
    access=Access.ANYONE,
    dependencies={"params": query_of(SummaryQuery)},
    summary="Who came, met and signed, beside published figures, as of a day and as known at an instant",
)
async def summarize_event(
    event_id: FromPath[UUID],
    params: NamedDependency[SummaryQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    catalogue: NamedDependency[Catalogue],
) -> Response[EventSummary]:
    event = await get_event(session, actor, event_id)
    return plain(await event_summary(session, actor, event, params, catalogue=catalogue))


routes = [report_conversion, report_lapses, report_values, summarize_event]
