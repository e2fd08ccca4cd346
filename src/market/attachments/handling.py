"""What every route of files does once it is known what they are of, and that the actor may."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from litestar import Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.files import blobs_of
from market.attachments.models import AttachmentKind, Subject
from market.attachments.queries import attachments_of, get_attachment, get_readable
from market.attachments.schemas import AttachmentOut, Attachments, WithdrawRequest
from market.attachments.service import attach, withdraw
from market.core.access import Actor
from market.core.blobs import get_blob
from market.core.downloads import download
from market.core.representation import plain
from market.core.uploads import Upload, read_upload

AnyRequest = Request[Any, Any, Any]
A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class FilesOf:
    """The thing that files are of."""

    subject: Subject
    id: UUID
    path: str
    """Where its files are, under the API's own address."""


def _always_evidence(_: Upload) -> AttachmentKind:
    return "evidence"


async def list_files(session: AsyncSession, files: FilesOf, *, withdrawn: bool = False) -> Response[Attachments]:
    """All of them, oldest first; withdrawn ones too where they are asked for."""
    found = await attachments_of(session, files.subject, files.id, withdrawn=withdrawn)
    return plain(Attachments(items=[AttachmentOut.model_validate(one) for one in found]))


async def attach_file(
    request: AnyRequest,
    session: AsyncSession,
    actor: Actor,
    files: FilesOf,
    *,
    model: type[A],
    fields: Collection[str] = (),
    kind_of: Callable[[Upload], AttachmentKind] = _always_evidence,
) -> Response[A]:
    """Read a form and keep its file.

    Args:
        model: what is answered of it.
        fields: of the form, beside the file.
        kind_of: which kind of file it is said to be.

    Raises:
        MarketError: as `read_upload` and `attach` do.
    """
    settings = request.app.state.settings
    upload = await read_upload(request, max_bytes=settings.max_attachment_bytes, fields=frozenset(fields))
    made = await attach(
        session,
        actor,
        upload,
        store=blobs_of(settings),
        subject=files.subject,
        subject_id=files.id,
        kind=kind_of(upload),
    )
    location = f"/api/v1{files.path}/{made.id}"
    return plain(model.model_validate(made), status=201, headers={"Location": location})


async def download_file(
    request: AnyRequest,
    session: AsyncSession,
    actor: Actor,
    files: FilesOf,
    attachment_id: UUID,
    *,
    called: str | None = None,
) -> Response[bytes]:
    """One file as it was sent; who read it is written down where that matters.

    Args:
        called: what it is called instead of by its own name; its day is put behind that.
    """
    found = await get_readable(session, actor, attachment_id, subject=files.subject, subject_id=files.id)
    body = await get_blob(blobs_of(request.app.state.settings), found.sha256)
    name = found.file_name if called is None else f"{called}-{found.created_at:%Y-%m-%d}"
    return download(request, body, name=name, media_type=found.content_type, sha256=found.sha256)


async def withdraw_file(
    session: AsyncSession,
    actor: Actor,
    files: FilesOf,
    attachment_id: UUID,
    data: WithdrawRequest | None,
    *,
    model: type[A],
    settled: bool = False,
) -> Response[A]:
    """Take one back.

    Args:
        model: what is answered of it.
        settled: something was decided by it, so that only officers may.
    """
    found = await get_attachment(session, attachment_id, subject=files.subject, subject_id=files.id, lock=True)
    await withdraw(session, actor, found, data.reason if data else None, settled=settled)
    return plain(model.model_validate(found))
