"""What the routes of every subject's photos do; each subject's room has only their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from market.config import Settings
from market.core.access import Actor
from market.core.errors import FieldError, ValidationFailed
from market.core.language import Message
from market.core.representation import plain, require_match, single
from market.core.schemas import clean_line
from market.core.uploads import read_upload
from market.photos.answers import photo_out, photos_out
from market.photos.making import FORM, make_photo, photo_blobs
from market.photos.models import Photo
from market.photos.queries import photos_of
from market.photos.schemas import PhotoOut, Photos, PhotoUpdate
from market.photos.service import edit_photo, keep_photo, open_album, remove_photo, require_room
from market.photos.sniffing import photo_type
from market.photos.subjects import PhotoSubject, PhotoSubjects

AnyRequest = Request[Any, Any, Any]
MOST_ALT = 200
ALT_TOO_LONG = Message(
    vi="Lời mô tả ảnh dài nhất {most} ký tự, không có ký tự điều khiển.",
    en="The description of a photo has at most {most} characters, and no control characters.",
)


def subjects_of(request: AnyRequest) -> Mapping[str, PhotoSubject]:
    """The kinds of things that photos are of in this application."""
    known: PhotoSubjects = request.app.state.photo_subjects
    return known.by_kind


async def list_photos(session: AsyncSession, actor: Actor, subject: PhotoSubject, subject_id: UUID) -> Response[Photos]:
    """Answer the photos of a thing that the actor may see."""
    row = await subject.get(session, actor, subject_id)
    found = await photos_of(session, subject.kind, row.id)
    return plain(photos_out(found, public=subject.is_public(row)))


async def add_photo(
    request: AnyRequest, session: AsyncSession, actor: Actor, subject: PhotoSubject, subject_id: UUID
) -> Response[PhotoOut]:
    """Take a photo from a form."""
    settings: Settings = request.app.state.settings
    await require_room(session, actor, subject, subject_id)
    fields = frozenset(FORM) - {"file"}
    upload = await read_upload(request, max_bytes=settings.max_photo_bytes, fields=fields, check=photo_type)
    alt = _alt(upload.fields.get("alt"))
    photo = await take_photo(request, session, actor, subject, subject_id, body=upload.body, alt=alt)
    row = await subject.get(session, actor, subject_id)
    location = f"/api/v1/{subject.collection}/{subject_id}/photos/{photo.id}"
    return single(
        request, photo_out(photo, public=subject.is_public(row)), version=photo.version, status=201, location=location
    )


async def take_photo(
    request: AnyRequest,
    session: AsyncSession,
    actor: Actor,
    subject: PhotoSubject,
    subject_id: UUID,
    *,
    body: bytes,
    alt: str | None,
) -> Photo:
    """Make a photo of what was sent, and keep it. The thing is not locked while the photo is made."""
    settings: Settings = request.app.state.settings
    made = await make_photo(request.app.state.photo_maker, body, most_pixels=settings.max_photo_pixels)
    album = await open_album(session, actor, subject, subject_id)
    store, most = photo_blobs(settings), settings.photo_storage_bytes
    return await keep_photo(session, actor, album, made, store=store, alt=alt, most_stored=most)


async def change_photo(
    request: AnyRequest,
    session: AsyncSession,
    actor: Actor,
    subject: PhotoSubject,
    subject_id: UUID,
    photo_id: UUID,
    photo_in: PhotoUpdate,
) -> Response[PhotoOut]:
    """Describe or move a photo."""
    album = await open_album(session, actor, subject, subject_id)
    photo = album.find(photo_id)
    require_match(request, photo.version)
    await edit_photo(session, actor, album, photo, photo_in=photo_in)
    return single(request, photo_out(photo, public=subject.is_public(album.row)), version=photo.version)


async def drop_photo(
    request: AnyRequest, session: AsyncSession, actor: Actor, subject: PhotoSubject, subject_id: UUID, photo_id: UUID
) -> None:
    """Remove a photo."""
    album = await open_album(session, actor, subject, subject_id)
    photo = album.find(photo_id)
    require_match(request, photo.version)
    await remove_photo(session, actor, album, photo)


def _alt(sent: str | None) -> str | None:
    if sent is None:
        return None
    try:
        alt = clean_line(sent)
    except ValueError:
        alt = "x" * (MOST_ALT + 1)
    if len(alt) > MOST_ALT or "\0" in alt:
        raise ValidationFailed(errors=[FieldError("/alt", "invalid-alt", ALT_TOO_LONG, {"most": MOST_ALT})])
    return alt or None
