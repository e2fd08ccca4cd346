"""Blocking who pesters, and reporting them to officers, over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from market.core.access import Access
from market.core.pagination import Page, PageQuery, paginate
from market.core.query import query_of
from market.core.representation import plain, trimmed_page
from market.core.schemas import Answer, Instant, Prose, Schema
from market.organizations.blocks import service as blocks
from market.organizations.blocks.routes import BlockOut
from market.quotes import reports, threads
from market.quotes.handling import AnyRequest, Session, Who
from market.quotes.models import Report, ReportReason, ReportStatus


class ReportCreate(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "spam", "note": "Gửi quảng cáo mỗi giờ."}]})

    reason: ReportReason
    note: Prose | None = None


class Settlement(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"settlement": "Đã tạm ngưng tổ chức gửi thư."}]})

    settlement: Prose = Field(description="What was found and done")


class ReportQuery(PageQuery):
    status: ReportStatus | None = None


class ReportOut(Answer):
    id: UUID
    thread_id: UUID
    organization_id: UUID = Field(description="Who reports")
    reason: ReportReason
    note: str | None
    status: ReportStatus
    settlement: str | None
    settled_at: Instant | None
    created_at: Instant


@post(
    "/threads/{thread_id:uuid}/block",
    operation_id="blockThread",
    access=Access.MEMBER,
    status_code=200,
    summary="Hear no more of the other side, in this thread or otherwise",
)
async def block_thread(thread_id: FromPath[UUID], session: Session, actor: Who) -> Response[BlockOut]:
    """For members of either organization, as `POST /organizations/{id}/block`. What the other side tries is refused,
    and it is told so; what was written stays.
    """
    thread = await threads.get_thread(session, actor, thread_id)
    own = threads.require_writer(actor, thread)
    other = threads.other_side(thread, own)
    await blocks.block(session, actor, own, other)
    return plain(BlockOut(organization=other, blocked=True))


@post(
    "/threads/{thread_id:uuid}/unblock",
    operation_id="unblockThread",
    access=Access.MEMBER,
    status_code=200,
    summary="Let the other side reach yours again",
)
async def unblock_thread(thread_id: FromPath[UUID], session: Session, actor: Who) -> Response[BlockOut]:
    """For members of the organization that blocked; nothing happens where it had not."""
    thread = await threads.get_thread(session, actor, thread_id)
    own = threads.require_writer(actor, thread)
    other = threads.other_side(thread, own)
    await blocks.unblock(session, actor, own, other)
    return plain(BlockOut(organization=other, blocked=False))


@post(
    "/threads/{thread_id:uuid}/report",
    operation_id="reportThread",
    access=Access.MEMBER,
    summary="Ask officers to look at a thread; they can read it then as always",
)
async def report_thread(
    thread_id: FromPath[UUID], data: JSONBody[ReportCreate], session: Session, actor: Who
) -> Response[ReportOut]:
    """For members of either organization, with a reason. It waits for an officer, and both can go on reading."""
    thread = await threads.get_thread(session, actor, thread_id, lock=True)
    own = threads.require_writer(actor, thread)
    made = await reports.report(session, actor, thread, organization_id=own, reason=data.reason, note=data.note)
    return plain(ReportOut.model_validate(made), status=201, headers={"Location": "/api/v1/thread-reports"})


@get(
    "/thread-reports",
    operation_id="listThreadReports",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(ReportQuery)},
    summary="What was reported, newest first: everything for officers, one's own for others",
)
async def list_reports(
    params: NamedDependency[ReportQuery], session: Session, actor: Who, request: AnyRequest
) -> Response[Page[ReportOut]]:
    """By state; each with its reason, and what came of it once it is settled."""
    rows = reports.visible_reports(actor)
    if params.status is not None:
        rows = rows.where(Report.status == params.status)
    found = await paginate(session, rows, key=Report.id, query=params)
    return trimmed_page(request, found.to_page(ReportOut.model_validate), ReportOut)


@post(
    "/thread-reports/{report_id:uuid}/settle",
    operation_id="settleThreadReport",
    access=Access.OFFICER,
    status_code=200,
    summary="Say what came of a report",
)
async def settle_report(
    report_id: FromPath[UUID], data: JSONBody[Settlement], session: Session, actor: Who
) -> Response[ReportOut]:
    """For an officer, with words that who reported it reads. What follows for an organization is done apart, as by
    suspending it.
    """
    settled = await reports.settle_report(session, actor, report_id, settlement=data.settlement)
    return plain(ReportOut.model_validate(settled))


routes = [block_thread, unblock_thread, report_thread, list_reports, settle_report]
