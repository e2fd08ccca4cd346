"""The evidence of a certificate over HTTP; for its organization and officers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.handling import FilesOf, attach_file, download_file, list_files, withdraw_file
from market.attachments.schemas import AttachmentOut, Attachments, AttachmentsQuery, WithdrawRequest
from market.certificates.models import Certificate
from market.certificates.policy import require_may_see_evidence
from market.certificates.queries import get_certificate
from market.core.access import Access, Actor
from market.core.file_types import MEDIA_TYPES
from market.core.query import query_of
from market.core.uploads import MAX_UPLOAD_BODY_BYTES

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


async def _certificate(session: AsyncSession, actor: Actor, certificate_id: UUID) -> tuple[Certificate, FilesOf]:
    """A certificate whose evidence the actor may see."""
    certificate = await get_certificate(session, actor, certificate_id)
    require_may_see_evidence(actor, certificate)
    return certificate, FilesOf("certificate", certificate.id, f"/certificates/{certificate.id}/evidence")


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
    _, files = await _certificate(session, actor, certificate_id)
    return await list_files(session, files, withdrawn=params.withdrawn)


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
    _, files = await _certificate(session, actor, certificate_id)
    return await attach_file(request, session, actor, files, model=AttachmentOut)


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
    _, files = await _certificate(session, actor, certificate_id)
    return await download_file(request, session, actor, files, evidence_id)


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
    certificate, files = await _certificate(session, actor, certificate_id)
    settled = certificate.verification != "unverified"
    return await withdraw_file(session, actor, files, evidence_id, data, model=AttachmentOut, settled=settled)


routes = [list_evidence, attach_evidence, download_evidence, withdraw_evidence]
