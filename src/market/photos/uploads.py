"""Photos that come in pieces over bad lines: what has come stays, and the rest is sent from there.

As in tus, with our own address: POST says how long the file is, PATCH appends at `Upload-Offset`, HEAD and GET tell how
much has come. The last byte makes the photo.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.service import user_id_of
from market.core import clock
from market.core.access import Actor
from market.core.errors import Conflict, NotFound, TooLarge
from market.core.jobs import Schedule
from market.core.language import Message
from market.photos.models import PhotoUpload, PhotoUploadPart
from market.photos.schemas import PhotoUploadCreate

KEPT = timedelta(hours=24)
MOST_OPEN = 12
"""Uploads of one person that are not finished."""


class TooManyUploads(Conflict):
    code = "too-many-uploads"
    detail = Message(
        vi="Đang có {most} ảnh gửi dở; hãy gửi xong hoặc hủy bớt.",
        en="{most} uploads are unfinished; finish or cancel some first.",
    )


class WrongOffset(Conflict):
    code = "upload-offset"
    detail = Message(
        vi="Đã nhận {received} byte; hãy gửi tiếp từ đó với Upload-Offset: {received}.",
        en="{received} bytes have come; go on from there with Upload-Offset: {received}.",
    )


async def begin_upload(
    session: AsyncSession, actor: Actor, upload_in: PhotoUploadCreate, *, max_bytes: int
) -> PhotoUpload:
    """Make room for a photo that comes in pieces.

    Raises:
        TooLarge: it says that it is larger than a photo may be.
        TooManyUploads: too many are unfinished.
    """
    if upload_in.length > max_bytes:
        raise TooLarge
    user_id = user_id_of(actor)
    row = PhotoUpload
    unfinished = select(func.count()).where(
        row.user_id == user_id, row.photo_id.is_(None), row.expires_at > clock.now()
    )
    if (await session.scalar(unfinished) or 0) >= MOST_OPEN:
        raise TooManyUploads(most=MOST_OPEN)
    upload = PhotoUpload(
        user_id=user_id,
        subject=upload_in.subject,
        subject_id=upload_in.subject_id,
        alt=upload_in.alt,
        length=upload_in.length,
        received=0,
        expires_at=clock.now() + KEPT,
    )
    session.add(upload)
    await session.flush()
    return upload


async def get_upload(session: AsyncSession, actor: Actor, upload_id: UUID, *, lock: bool = False) -> PhotoUpload:
    """An upload of the person who asks.

    Raises:
        NotFound: there is none, it is somebody else's, or it has expired.
    """
    mine = PhotoUpload.user_id == user_id_of(actor)
    rows = select(PhotoUpload).where(PhotoUpload.id == upload_id, mine, PhotoUpload.expires_at > clock.now())
    upload = await session.scalar(rows.with_for_update() if lock else rows)
    if upload is None:
        raise NotFound
    return upload


async def append(session: AsyncSession, upload: PhotoUpload, body: bytes, *, offset: int) -> bytes | None:
    """Keep the next bytes of an upload, which is locked. The answer is the whole file once all has come.

    Raises:
        WrongOffset: they do not go on where it stopped.
        TooLarge: there is more than was said.
    """
    if offset != upload.received or upload.photo_id is not None:
        raise WrongOffset(headers={"Upload-Offset": str(upload.received)}, received=upload.received)
    if offset + len(body) > upload.length:
        raise TooLarge
    if body:
        session.add(PhotoUploadPart(upload_id=upload.id, starts_at=offset, body=body))
        upload.received = offset + len(body)
        await session.flush()
    if upload.received < upload.length:
        return None
    part = PhotoUploadPart
    parts = await session.scalars(select(part.body).where(part.upload_id == upload.id).order_by(part.starts_at))
    return b"".join(parts)


async def forget_parts(session: AsyncSession, upload_id: UUID) -> None:
    """The bytes of an upload that has become a photo."""
    await session.execute(delete(PhotoUploadPart).where(PhotoUploadPart.upload_id == upload_id))


async def cancel_upload(session: AsyncSession, upload_id: UUID) -> None:
    """Forget an upload and all that came of it."""
    await session.execute(delete(PhotoUpload).where(PhotoUpload.id == upload_id))


async def forget_expired(session: AsyncSession) -> None:
    """Forget every upload that nobody finished in time."""
    await session.execute(delete(PhotoUpload).where(PhotoUpload.expires_at < clock.now()))


UPLOAD_SCHEDULE = Schedule("forget_expired_photo_uploads", "23 * * * *", forget_expired)
