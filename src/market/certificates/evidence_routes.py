"""The evidence of a certificate over HTTP; for its organization and officers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.files import blobs_of
from market.attachments.queries import attachments_of, get_attachment, get_readable
from market.attachments.schemas import AttachmentOut, Attachments, AttachmentsQuery, WithdrawRequest
from market.attachments.service import attach, withdraw
from market.certificates.policy import require_may_see_evidence
from market.certificates.queries import get_certificate
from market.core.access import Access, Actor
from market.core.blobs import get_blob
from market.core.downloads import download
from market.core.file_types import MEDIA_TYPES
from market.core.query import query_of
from market.core.representation import plain
from market.core.uploads import MAX_UPLOAD_BODY_BYTES, read_upload

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


@get(
    "/certificates/{certificate_id:uuid}/evidence",
    operation_id="listCertificateEvidence",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(AttachmentsQuery)},
    summary="The files that prove a certificate, oldest first",
)
async def list_evidence(
    certificate_id: FromPath[UUID], params: NamedDependency[AttachmentsQuery], session: Session, actor: Who
) -> Response[Attachments]:
    """For the organization and officers. All of them at once, without `limit`: a certificate has a handful.
    Withdrawn ones come with `withdrawn=true`.
    """
    certificate = await get_certificate(session, actor, certificate_id)
    require_may_see_evidence(actor, certificate)
    found = await attachments_of(session, "certificate", certificate.id, withdrawn=params.withdrawn)
    return plain(Attachments(items=[AttachmentOut.model_validate(one) for one in found]))


@post(
    "/certificates/{certificate_id:uuid}/evidence",
    operation_id="attachCertificateEvidence",
    access=Access.SIGNED_IN,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form={},
    summary="Attach what proves a certificate: a multipart form with file",
)
async def attach_evidence(
    certificate_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[AttachmentOut]:
    """For members of the organization and officers. The type is told by the content; the same content comes once."""
    settings = request.app.state.settings
    certificate = await get_certificate(session, actor, certificate_id)
    require_may_see_evidence(actor, certificate)
    upload = await read_upload(request, max_bytes=settings.max_attachment_bytes)
    store = blobs_of(settings)
    made = await attach(
        session, actor, upload, store=store, subject="certificate", subject_id=certificate.id, kind="evidence"
    )
    location = f"/api/v1/certificates/{certificate.id}/evidence/{made.id}"
    return plain(AttachmentOut.model_validate(made), status=201, headers={"Location": location})


@get(
    "/certificates/{certificate_id:uuid}/evidence/{evidence_id:uuid}",
    operation_id="downloadCertificateEvidence",
    access=Access.SIGNED_IN,
    answers=MEDIA_TYPES,
    summary="One file that proves a certificate",
)
async def download_evidence(
    certificate_id: FromPath[UUID], evidence_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[bytes]:
    """The file as it was sent, for the organization and officers."""
    certificate = await get_certificate(session, actor, certificate_id)
    require_may_see_evidence(actor, certificate)
    found = await get_readable(session, actor, evidence_id, subject="certificate", subject_id=certificate.id)
    body = await get_blob(blobs_of(request.app.state.settings), found.sha256)
    return download(request, body, name=found.file_name, media_type=found.content_type, sha256=found.sha256)


@post(
    "/certificates/{certificate_id:uuid}/evidence/{evidence_id:uuid}/withdraw",
    operation_id="withdrawCertificateEvidence",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Take back a wrong upload; once the certificate was verified by it, officers only",
)
async def withdraw_evidence(
    certificate_id: FromPath[UUID],
    evidence_id: FromPath[UUID],
    session: Session,
    actor: Who,
    data: JSONBody[WithdrawRequest | None] = None,
) -> Response[AttachmentOut]:
    """By whoever sent it. The file is read no more, and that it was there stays in the history, with the reason."""
    certificate = await get_certificate(session, actor, certificate_id)
    require_may_see_evidence(actor, certificate)
    found = await get_attachment(session, evidence_id, subject="certificate", subject_id=certificate.id, lock=True)
    settled = certificate.verification != "unverified"
    await withdraw(session, actor, found, data.reason if data else None, settled=settled)
    return plain(AttachmentOut.model_validate(found))


routes = [list_evidence, attach_evidence, download_evidence, withdraw_evidence]
