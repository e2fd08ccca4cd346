"""Test reports of lots over HTTP: who sees the lot sees them, its organization adds them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.files import blobs_of
from market.attachments.queries import attachments_of, get_attachment, get_readable
from market.attachments.schemas import WithdrawRequest
from market.attachments.service import attach, withdraw
from market.core.access import Access, Actor
from market.core.blobs import get_blob
from market.core.downloads import download
from market.core.file_types import MEDIA_TYPES
from market.core.representation import plain
from market.core.uploads import MAX_UPLOAD_BODY_BYTES, read_upload
from market.lots.policy import require_can_report
from market.lots.queries import get_lot
from market.lots.schemas import TestReportOut, TestReports

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


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
    settings = request.app.state.settings
    lot = await get_lot(session, actor, lot_id)
    require_can_report(actor, lot)
    upload = await read_upload(request, max_bytes=settings.max_attachment_bytes)
    store = blobs_of(settings)
    made = await attach(session, actor, upload, store=store, subject="lot", subject_id=lot.id, kind="evidence")
    location = f"/api/v1/lots/{lot.id}/reports/{made.id}"
    return plain(TestReportOut.model_validate(made), status=201, headers={"Location": location})


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
    found = await get_readable(session, actor, test_report_id, subject="lot", subject_id=lot.id)
    body = await get_blob(blobs_of(request.app.state.settings), found.sha256)
    name = f"{lot.code}-{found.created_at:%Y-%m-%d}"
    return download(request, body, name=name, media_type=found.content_type, sha256=found.sha256)


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
    found = await get_attachment(session, test_report_id, subject="lot", subject_id=lot.id, lock=True)
    await withdraw(session, actor, found, data.reason if data else None)
    return plain(TestReportOut.model_validate(found))


routes = [list_reports, attach_report, download_report, withdraw_report]
