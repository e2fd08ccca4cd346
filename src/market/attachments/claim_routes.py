"""The files that show what an organization claims to be; for it and officers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.handling import FilesOf, attach_file, download_file, list_files, withdraw_file
from market.attachments.schemas import AttachmentOut, Attachments, AttachmentsQuery, WithdrawRequest
from market.core.access import Access, Actor
from market.core.file_types import MEDIA_TYPES
from market.core.query import query_of
from market.core.uploads import MAX_UPLOAD_BODY_BYTES
from market.organizations.claims.models import Claim
from market.organizations.claims.queries import get_claim

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]


def _files(claim: Claim) -> FilesOf:
    return FilesOf("claim", claim.id, f"/claims/{claim.id}/evidence")


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
    return await list_files(session, _files(claim), withdrawn=params.withdrawn)


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
    claim = await get_claim(session, actor, claim_id)
    return await attach_file(request, session, actor, _files(claim), model=AttachmentOut)


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
    return await download_file(request, session, actor, _files(claim), claim_evidence_id)


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
    settled, files = claim.status != "open", _files(claim)
    return await withdraw_file(session, actor, files, claim_evidence_id, data, model=AttachmentOut, settled=settled)


routes = [list_evidence, attach_evidence, download_evidence, withdraw_evidence]
