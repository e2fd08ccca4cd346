"""Scanned paper and annexes of an agreement over HTTP; for insiders only."""

from __future__ import annotations

from typing import get_args
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from market.agreements import policy, queries
from market.agreements.consent.rights import require_right
from market.agreements.consent.standing import bound_ids
from market.agreements.handling import AnyRequest, Session, Who
from market.agreements.models import Agreement
from market.agreements.paper.drafts import require_signed
from market.attachments.handling import FilesOf, attach_file, download_file, list_files, withdraw_file
from market.attachments.models import AttachmentKind
from market.attachments.schemas import AttachmentOut, Attachments, AttachmentsQuery, WithdrawRequest
from market.core.access import Access
from market.core.errors import ValidationFailed
from market.core.file_types import MEDIA_TYPES
from market.core.language import Message
from market.core.query import query_of
from market.core.uploads import MAX_UPLOAD_BODY_BYTES, Upload

UNKNOWN_KIND = Message(vi="Loại tệp: scan, annex hoặc evidence.", en="The kind is scan, annex or evidence.")


def _files(agreement: Agreement) -> FilesOf:
    return FilesOf("agreement", agreement.id, f"/agreements/{agreement.id}/documents")


def _kind(upload: Upload) -> AttachmentKind:
    sent = upload.fields.get("kind", "scan")
    if sent == "scan":
        require_signed(upload.body, upload.type)
    for kind in get_args(AttachmentKind):
        if sent == kind:
            known: AttachmentKind = kind
            return known
    raise ValidationFailed.single("/kind", "unknown-kind", UNKNOWN_KIND)


@get(
    "/agreements/{agreement_id:uuid}/documents",
    operation_id="listAgreementDocuments",
    access=Access.SIGNED_IN,
    dependencies={"params": query_of(AttachmentsQuery)},
    summary="The files of an agreement, oldest first",
)
async def list_documents(
    agreement_id: FromPath[UUID], params: NamedDependency[AttachmentsQuery], session: Session, actor: Who
) -> Response[Attachments]:
    """Scans, annexes and evidence. All of them at once, without `limit`: a paper has a handful. Withdrawn ones come
    with `withdrawn=true`.
    """
    agreement = await queries.get_agreement(session, actor, agreement_id)
    policy.require_insider(actor, agreement)
    return await list_files(session, _files(agreement), withdrawn=params.withdrawn)


@post(
    "/agreements/{agreement_id:uuid}/documents",
    operation_id="attachAgreementDocument",
    access=Access.SIGNED_IN,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    form={"kind": "scan, as which it counts when left out; annex or evidence"},
    summary="Attach a scan, an annex or evidence: a multipart form with file and kind",
)
async def attach_document(
    agreement_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[AttachmentOut]:
    """For parties, whoever logged it and officers, in every state. The type is told by the content; the same content
    comes once. Our own file of the paper is no scan of it: print it, sign it and scan it, or sign the PDF digitally.
    """
    agreement = await queries.get_agreement(session, actor, agreement_id)
    require_right(actor, agreement, "attach")
    files = _files(agreement)
    return await attach_file(request, session, actor, files, model=AttachmentOut, fields=("kind",), kind_of=_kind)


@get(
    "/agreements/{agreement_id:uuid}/documents/{document_id:uuid}",
    operation_id="downloadAgreementDocument",
    access=Access.SIGNED_IN,
    answers=MEDIA_TYPES,
    summary="One file of an agreement",
)
async def download_document(
    agreement_id: FromPath[UUID], document_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[bytes]:
    """The file as it was sent, for parties, whoever logged the paper and officers."""
    agreement = await queries.get_agreement(session, actor, agreement_id)
    policy.require_insider(actor, agreement)
    return await download_file(request, session, actor, _files(agreement), document_id)


@post(
    "/agreements/{agreement_id:uuid}/documents/{document_id:uuid}/withdraw",
    operation_id="withdrawAgreementDocument",
    access=Access.SIGNED_IN,
    status_code=200,
    summary="Take back a wrong upload: by who sent it; of confirmed paper by officers alone; the history keeps it",
)
async def withdraw_document(
    agreement_id: FromPath[UUID],
    document_id: FromPath[UUID],
    session: Session,
    actor: Who,
    data: JSONBody[WithdrawRequest | None] = None,
) -> Response[AttachmentOut]:
    """The file is read no more, and that it was there stays in the history, with the reason."""
    agreement = await queries.get_agreement(session, actor, agreement_id)
    policy.require_insider(actor, agreement)
    settled, files = agreement.status not in ("draft", "signed") or bool(bound_ids(agreement)), _files(agreement)
    return await withdraw_file(session, actor, files, document_id, data, model=AttachmentOut, settled=settled)


routes = [list_documents, attach_document, download_document, withdraw_document]
