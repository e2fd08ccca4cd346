"""Reports over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.downloads import download
from market.core.file_types import XLSX
from market.core.language import Language, preferred_language
from market.core.query import query_of
from market.core.representation import JSON, plain
from market.events.queries import get_event
from market.hall.sheets import PDF, print_sheet
from market.organizations.policy import require_may_see_members
from market.organizations.queries import get_organization
from market.reference.catalogue import Catalogue
from market.reports.answers import conversion_report, lapse_report, value_report
from market.reports.event_papers import paper_of, sheets_of
from market.reports.event_schemas import EventSummary, SummaryQuery
from market.reports.event_summary import event_summary
from market.reports.periods import MONTH, SEASON, SheetOf, Stretch
from market.reports.schemas import (
    ConversionQuery,
    ConversionReport,
    LapseReport,
    MonthQuery,
    ReportQuery,
    SeasonQuery,
    ValueReport,
)
from market.reports.workbooks import workbook_of

Sheet = Callable[[AsyncSession, Actor, Stretch, Catalogue], Awaitable[SheetOf]]

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
    """Of MOUs that had the time to become contracts, overall or by event or province; two clocks tell how it was and
    what was known.
    """
    return plain(await conversion_report(session, params, catalogue=catalogue, language=_language(request)))


@get(
    "/reports/lapses",
    operation_id="reportLapses",
    access=Access.ANYONE,
    dependencies={"params": query_of(ReportQuery)},
    summary="What was not performed, by cause, as of a date and as known at another",
)
async def report_lapses(
    params: NamedDependency[ReportQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    request: AnyRequest,
) -> Response[LapseReport]:
    """Papers that lapsed, closed short or were terminated, by cause; the public is told months and counts in steps
    of five.
    """
    return plain(await lapse_report(session, actor, params, language=_language(request)))


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
    """Sums by kind of paper at each stage, with how many papers name no value."""
    return plain(await value_report(session, actor, params, language=_language(request)))


async def _workbook(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    actor: Actor,
    catalogue: Catalogue,
    *,
    organization_id: UUID,
    first: date,
    last: date,
    sheets: Sequence[Sheet],
) -> Response[bytes]:
    require_may_see_members(actor, organization_id)
    organization = await get_organization(session, actor, organization_id)
    stretch = Stretch(organization, first, last)
    made = [await sheet(session, actor, stretch, catalogue) for sheet in sheets]
    body = await asyncio.to_thread(workbook_of, made)
    name = f"{organization.name} {first.isoformat()} {last.isoformat()}.xlsx"
    return download(request, body, name=name, media_type=XLSX.media_type)


@get(
    "/organizations/{organization_id:uuid}/month",
    operation_id="downloadMonth",
    access=Access.SIGNED_IN,
    answers=(XLSX.media_type,),
    dependencies={"params": query_of(MonthQuery)},
    summary="A buyer's month as one workbook: needs, quotes, papers, deliveries; for members and officers",
)
async def download_month(
    organization_id: FromPath[UUID],
    params: NamedDependency[MonthQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    catalogue: NamedDependency[Catalogue],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """One sheet for each kind of thing of that month; XLSX alone."""
    first, last = params.days
    whose = {"organization_id": organization_id, "first": first, "last": last}
    return await _workbook(request, session, actor, catalogue, sheets=MONTH, **whose)  # type: ignore[arg-type]


@get(
    "/organizations/{organization_id:uuid}/season",
    operation_id="downloadSeason",
    access=Access.SIGNED_IN,
    answers=(XLSX.media_type,),
    dependencies={"params": query_of(SeasonQuery)},
    summary="A producer's season as one workbook: offers, weeks, quotes, papers, deliveries; for members and officers",
)
async def download_season(
    organization_id: FromPath[UUID],
    params: NamedDependency[SeasonQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    catalogue: NamedDependency[Catalogue],
    request: Request[Any, Any, Any],
) -> Response[bytes]:
    """One sheet for each kind of thing between two days; XLSX alone."""
    first, last = params.days
    whose = {"organization_id": organization_id, "first": first, "last": last}
    return await _workbook(request, session, actor, catalogue, sheets=SEASON, **whose)  # type: ignore[arg-type]


@get(
    "/events/{event_id:uuid}/summary",
    operation_id="summarizeEvent",
    access=Access.ANYONE,
    answers=(JSON, XLSX.media_type, PDF),
    dependencies={"params": query_of(SummaryQuery)},
    summary="Who came, met and signed, beside published figures, as of a day and as known at an instant",
)
async def summarize_event(
    event_id: FromPath[UUID],
    params: NamedDependency[SummaryQuery],
    session: NamedDependency[AsyncSession],
    actor: NamedDependency[Actor],
    catalogue: NamedDependency[Catalogue],
    request: AnyRequest,
) -> Response[EventSummary]:
    """Attendance, meetings, outcomes and papers in figures, for those who run the event and, without values, for
    others; as JSON, workbook or PDF.
    """
    event = await get_event(session, actor, event_id)
    summary = await event_summary(session, actor, event, params, catalogue=catalogue)
    return plain(summary) if params.format == "json" else await _file_of(request, summary, params.format)


async def _file_of(request: AnyRequest, summary: EventSummary, format_: Literal["xlsx", "pdf"]) -> Response[Any]:
    name = f"{summary.code} {summary.as_of.isoformat()}.{format_}"
    if format_ == "xlsx":
        book = await asyncio.to_thread(workbook_of, sheets_of(summary))
        return download(request, book, name=name, media_type=XLSX.media_type)
    writer, settings = request.app.state.paper_writer, request.app.state.settings
    paper = await print_sheet(writer, settings, "summary.typ", paper_of(summary), made_at=summary.known_at)
    return download(request, paper, name=name, media_type=PDF)


routes = [report_conversion, report_lapses, report_values, download_month, download_season, summarize_event]
