"""Test reports of lots over HTTP: who sees the lot sees them, its organization adds them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.handling import FilesOf, attach_file, download_file, withdraw_file
from market.attachments.queries import attachments_of
from market.attachments.schemas import WithdrawRequest
from market.core.access import Access, Actor
from market.core.file_types import MEDIA_TYPES
from market.core.representation import plain
from market.core.uploads import MAX_UPLOAD_BODY_BYTES
from market.lots.models import Lot
from market.lots.policy import require_can_report
from market.lots.queries import get_lot
from market.lots.schemas import TestReportOut, TestReports

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


def _files(lot: Lot) -> FilesOf:
    return FilesOf("lot", lot.id, f"/lots/{lot.id}/reports")


@get(
    "/lots/{lot_id:uuid}/reports",
    operation_id="listTestReports",
    access=Access.ANYONE,
    summary="The test reports of a lot, oldest first",
)
async def list_reports(lot_id: FromPath[UUID], session: Session, actor: Who) -> Response[TestReports]:
    """For whoever sees the lot. All of them at once, without `limit`: a lot has a few."""
    lot = await get_lot(session, actor, lot_id)
    found = await attachments_of(session, "lot", lot.id)
    return plain(TestReports(items=[TestReportOut.model_validate(one) for one in found]))


@post(
    "/lots/{lot_id:uuid}/reports",
    operation_id="attachTestReport",
    access=Access.MEMBER,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form={},
    summary="Attach a test report: a multipart form with file. Everybody who sees the lot may read it",
)
async def attach_report(
    lot_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[TestReportOut]:
    """For members of the lot's organization. Its content says its kind; what is added is as public as the lot is."""
    lot = await get_lot(session, actor, lot_id)
    require_can_report(actor, lot)
    return await attach_file(request, session, actor, _files(lot), model=TestReportOut)


@get(
    "/lots/{lot_id:uuid}/reports/{test_report_id:uuid}",
    operation_id="downloadTestReport",
    access=Access.ANYONE,
    answers=MEDIA_TYPES,
    summary="One test report",
)
async def download_report(
    lot_id: FromPath[UUID], test_report_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[bytes]:
    """For whoever sees the lot. The file as it was sent, without the name that it had."""
    lot = await get_lot(session, actor, lot_id)
    return await download_file(request, session, actor, _files(lot), test_report_id, called=lot.code)


@post(
    "/lots/{lot_id:uuid}/reports/{test_report_id:uuid}/withdraw",
    operation_id="withdrawTestReport",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Take back a wrong upload",
)
async def withdraw_report(
    lot_id: FromPath[UUID],
    test_report_id: FromPath[UUID],
    session: Session,
    actor: Who,
    data: JSONBody[WithdrawRequest | None] = None,
) -> Response[TestReportOut]:
    """For members of the lot's organization and officers. It is shown no more; the history keeps that it was there."""
    lot = await get_lot(session, actor, lot_id)
    return await withdraw_file(session, actor, _files(lot), test_report_id, data, model=TestReportOut)


routes = [list_reports, attach_report, download_report, withdraw_report]
