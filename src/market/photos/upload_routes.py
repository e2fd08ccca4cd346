"""Photos in pieces over HTTP; for the person who began the upload."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.exceptions import InternalServerException
from litestar.params import FromPath, JSONBody
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Access, Actor
from market.core.errors import TooLarge, UnsupportedMediaType, ValidationFailed
from market.core.language import Message
from market.core.representation import plain
from market.core.transaction import keep_changes
from market.core.uploads import MAX_UPLOAD_BODY_BYTES
from market.photos.handling import subjects_of, take_photo
from market.photos.models import PhotoUpload
from market.photos.schemas import PhotoUploadCreate, PhotoUploadOut
from market.photos.service import require_room
from market.photos.uploads import append, begin_upload, cancel_upload, forget_parts, get_upload

Session = NamedDependency[AsyncSession]
Who = NamedDependency[Actor]
AnyRequest = Request[Any, Any, Any]
PIECE = "application/offset+octet-stream"
OFFSET = re.compile(r"[0-9]{1,10}")
NO_OFFSET = Message(
    vi="Cần header Upload-Offset: số byte đã gửi được.", en="Send the header Upload-Offset: how many bytes have come."
)


class PieceExpected(UnsupportedMediaType):
    detail = Message(
        vi="Gửi từng phần của ảnh với Content-Type: application/offset+octet-stream.",
        en="Send a piece of the photo with Content-Type: application/offset+octet-stream.",
    )


def _answer(upload: PhotoUpload, *, status: int = 200, **headers: str) -> Response[PhotoUploadOut]:
    told = {"Upload-Offset": str(upload.received), "Upload-Length": str(upload.length), "Cache-Control": "no-store"}
    return plain(PhotoUploadOut.model_validate(upload), status=status, headers={**told, **headers})


@post(
    "/photo-uploads",
    operation_id="beginPhotoUpload",
    access=Access.MEMBER,
    summary="Begin to send a photo in pieces; it is kept for a day",
)
async def begin(
    data: JSONBody[PhotoUploadCreate], session: Session, actor: Who, request: AnyRequest
) -> Response[PhotoUploadOut]:
    """For members, of the thing that is named. Send pieces by PATCH to the `Location`; a line that breaks costs only
    what was under way.
    """
    await require_room(session, actor, subjects_of(request)[data.subject], data.subject_id)
    upload = await begin_upload(session, actor, data, max_bytes=request.app.state.settings.max_photo_bytes)
    return _answer(upload, status=201, Location=f"/api/v1/photo-uploads/{upload.id}")


@get(
    "/photo-uploads/{upload_id:uuid}",
    operation_id="getPhotoUpload",
    access=Access.MEMBER,
    summary="How much of a photo has come (HEAD tells it in Upload-Offset)",
)
async def get_one(upload_id: FromPath[UUID], session: Session, actor: Who) -> Response[PhotoUploadOut]:
    """For who began it. Ask after a line broke, and go on from `received`."""
    return _answer(await get_upload(session, actor, upload_id))


@patch(
    "/photo-uploads/{upload_id:uuid}",
    operation_id="appendToPhotoUpload",
    access=Access.MEMBER,
    request_max_body_size=MAX_UPLOAD_BODY_BYTES,
    takes=PIECE,
    summary="Send the next piece, from Upload-Offset on; the last one makes the photo",
)
async def append_piece(
    upload_id: FromPath[UUID], session: Session, actor: Who, request: AnyRequest
) -> Response[PhotoUploadOut]:
    """For who began it. 409 says where to go on when the offset is another; the last piece answers the photo as it
    was made.
    """
    upload = await get_upload(session, actor, upload_id)
    offset = _offset(request)
    piece = await _piece(request, most=upload.length)
    session.expunge_all()
    upload = await get_upload(session, actor, upload_id, lock=True)
    whole = await append(session, upload, piece, offset=offset)
    if whole is not None:
        await _finish(request, session, actor, upload, whole)
    return _answer(upload)


@delete(
    "/photo-uploads/{upload_id:uuid}",
    operation_id="cancelPhotoUpload",
    access=Access.MEMBER,
    summary="Forget an upload and what has come of it",
)
async def cancel(upload_id: FromPath[UUID], session: Session, actor: Who) -> None:
    """For who began it; no photo comes of it."""
    upload = await get_upload(session, actor, upload_id, lock=True)
    await cancel_upload(session, upload.id)


async def _finish(request: AnyRequest, session: AsyncSession, actor: Actor, upload: PhotoUpload, whole: bytes) -> None:
    """Make the photo; what is none is forgotten at once."""
    subject, upload_id = subjects_of(request)[upload.subject], upload.id
    try:
        photo = await take_photo(request, session, actor, subject, upload.subject_id, body=whole, alt=upload.alt)
    except ValidationFailed:
        await cancel_upload(session, upload_id)
        keep_changes(session)
        raise
    upload.photo_id = photo.id
    await session.execute(update(PhotoUpload).where(PhotoUpload.id == upload_id).values(photo_id=photo.id))
    await forget_parts(session, upload_id)


def _offset(request: AnyRequest) -> int:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != PIECE:
        raise PieceExpected
    sent = request.headers.get("upload-offset", "")
    if not OFFSET.fullmatch(sent):
        raise ValidationFailed.single("/Upload-Offset", "offset-missing", NO_OFFSET)
    return int(sent)


async def _piece(request: AnyRequest, *, most: int) -> bytes:
    """What has come of a piece: when the line breaks, as much as came before."""
    if "idempotency-key" in request.headers:
        body = await request.body()  # the transaction has read it already
        if len(body) > most:
            raise TooLarge
        return body
    piece = bytearray()
    try:
        async for chunk in request.stream():
            piece += chunk
            if len(piece) > most:
                raise TooLarge
    except InternalServerException:
        pass
    return bytes(piece)


routes = [begin, get_one, append_piece, cancel]
