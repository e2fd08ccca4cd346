"""The files that show what an organization claims to be; for it and officers."""

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
from market.core.access import Access, Actor
from market.core.blobs import get_blob
from market.core.downloads import download
from market.core.file_types import MEDIA_TYPES
from market.core.query import query_of
from market.core.representation import plain
from market.core.uploads import MAX_UPLOAD_BODY_BYTES, read_upload
from market.organizations.claims.queries import get_claim

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


@get(
    "/claims/{claim_id:uuid}/evidence",
    operation_id="listClaimEvidence",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(AttachmentsQuery)},
    summary="The files that show a claim, oldest first",
)
async def list_evidence(
    claim_id: FromPath[UUID], params: NamedDependency[AttachmentsQuery], session: Session, actor: Who
) -> Response[Attachments]:
    """For members of the organization and officers. All of them at once, without `limit`: a claim has a handful of
    files. Withdrawn ones come with `withdrawn=true`.
    """
    claim = await get_claim(session, actor, claim_id)
    found = await attachments_of(session, "claim", claim.id, withdrawn=params.withdrawn)
    return plain(Attachments(items=[AttachmentOut.model_validate(one) for one in found]))


@post(
    "/claims/{claim_id:uuid}/evidence",
    operation_id="attachClaimEvidence",
    access=Access.SIGNED_IN,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form={},
    summary="Attach what shows a claim: a multipart form with file",
)
async def attach_evidence(
    claim_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[AttachmentOut]:
    """For members of the organization, before an officer decides. The kind of file is told by its content; the same
    content comes once.
    """
    settings = request.app.state.settings
    claim = await get_claim(session, actor, claim_id)
    upload = await read_upload(request, max_bytes=settings.max_attachment_bytes)
    store = blobs_of(settings)
    made = await attach(session, actor, upload, store=store, subject="claim", subject_id=claim.id, kind="evidence")
    location = f"/api/v1/claims/{claim.id}/evidence/{made.id}"
    return plain(AttachmentOut.model_validate(made), status=201, headers={"Location": location})


@get(
    "/claims/{claim_id:uuid}/evidence/{claim_evidence_id:uuid}",
    operation_id="downloadClaimEvidence",
    access=Access.SIGNED_IN,
    answers=MEDIA_TYPES,
    summary="One file that shows a claim",
)
async def download_evidence(
    claim_id: FromPath[UUID], claim_evidence_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[bytes]:
    """The file as it was sent, for members of the organization and officers; who read it is written down."""
    claim = await get_claim(session, actor, claim_id)
    found = await get_readable(session, actor, claim_evidence_id, subject="claim", subject_id=claim.id)
    body = await get_blob(blobs_of(request.app.state.settings), found.sha256)
    return download(request, body, name=found.file_name, media_type=found.content_type, sha256=found.sha256)


@post(
    "/claims/{claim_id:uuid}/evidence/{claim_evidence_id:uuid}/withdraw",
    operation_id="withdrawClaimEvidence",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Take back a wrong upload; once the claim was decided by it, officers only",
)
async def withdraw_evidence(
    claim_id: FromPath[UUID],
    claim_evidence_id: FromPath[UUID],
    session: Session,
    actor: Who,
    data: JSONBody[WithdrawRequest | None] = None,
) -> Response[AttachmentOut]:
    """By whoever sent it, with a reason if one likes. The file is read no more, and that it was there stays in the
    history.
    """
    claim = await get_claim(session, actor, claim_id)
    found = await get_attachment(session, claim_evidence_id, subject="claim", subject_id=claim.id, lock=True)
    await withdraw(session, actor, found, data.reason if data else None, settled=claim.status != "open")
    return plain(AttachmentOut.model_validate(found))


routes = [list_evidence, attach_evidence, download_evidence, withdraw_evidence]
