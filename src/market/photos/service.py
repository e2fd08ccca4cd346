"""Keep photos with something, describe, order and remove them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.blobs import BlobStore, digest_of, lock_of, put_blob
from market.core.changes import record_change, record_changes
from market.core.errors import Conflict, NotFound
from market.core.language import Message
from market.photos.addresses import cover_of
from market.photos.models import Photo
from market.photos.order import Made
from market.photos.queries import photos_of, stored_bytes
from market.photos.schemas import PhotoUpdate
from market.photos.subjects import PhotoSubject

MOST = 12
"""Photos of one thing."""


class TooManyPhotos(Conflict):
    code = "too-many-photos"
    detail = Message(vi="Đã đủ {most} ảnh; hãy bỏ bớt ảnh cũ.", en="There are {most} photos already; remove one first.")


class PhotoThere(Conflict):
    code = "photo-there"
    detail = Message(vi="Ảnh này đã có rồi.", en="This photo is there already.")


class StorageFull(Conflict):
    code = "photo-storage-full"
    detail = Message(
        vi="Tổ chức đã dùng hết {most} MB dành cho ảnh; hãy bỏ bớt ảnh cũ.",
        en="The organization has used its {most} MB for photos; remove some first.",
    )


@dataclass(frozen=True, slots=True)
class Album:
    """The photos of one thing, which its people may change."""

    subject: PhotoSubject
    row: Any
    photos: Sequence[Photo]

    def find(self, photo_id: UUID) -> Photo:
        """One of them.

        Raises:
            NotFound: it is none.
        """
        found = next((photo for photo in self.photos if photo.id == photo_id), None)
        if found is None:
            raise NotFound
        return found


async def open_album(session: AsyncSession, actor: Actor, subject: PhotoSubject, subject_id: UUID) -> Album:
    """The photos of a thing, to change them: the thing is locked, as it is now.

    Raises:
        NotFound, NotAllowed, Conflict: as the subject says.
    """
    # What was read before the lock would be answered again from the session's memory.
    session.expunge_all()
    row = await subject.get(session, actor, subject_id, lock=True)
    subject.require_can_edit(actor, row)
    return Album(subject, row, await photos_of(session, subject.kind, row.id))


async def require_room(session: AsyncSession, actor: Actor, subject: PhotoSubject, subject_id: UUID) -> None:
    """Refuse before anything is sent or made what could not be kept.

    Raises:
        NotFound, NotAllowed, Conflict: as the subject says.
        TooManyPhotos: there is no room.
    """
    row = await subject.get(session, actor, subject_id)
    subject.require_can_edit(actor, row)
    if len(await photos_of(session, subject.kind, row.id)) >= MOST:
        raise TooManyPhotos(most=MOST)


async def keep_photo(
    session: AsyncSession,
    actor: Actor,
    album: Album,
    made: Made,
    *,
    store: BlobStore,
    alt: str | None,
    most_stored: int,
) -> Photo:
    """Keep a photo as the last of a thing; the same picture comes once.

    Args:
        alt: what is to be seen; the title of the thing where nobody says.
        most_stored: bytes that the photos of an organization may take.

    Raises:
        TooManyPhotos, StorageFull, PhotoThere: there is no room, or it is there already.
        Unavailable: the blob store does not take it.
    """
    small, large = await digest_of(made.small), await digest_of(made.large)
    if any(photo.large_sha256 == large for photo in album.photos):
        raise PhotoThere
    if len(album.photos) >= MOST:
        raise TooManyPhotos(most=MOST)
    size, organization_id = len(made.small) + len(made.large), album.subject.organization_of(album.row)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"photos {organization_id}", 0))))
    if await stored_bytes(session, organization_id) + size > most_stored:
        raise StorageFull(most=most_stored // 1_000_000)
    for sha256, body in ((small, made.small), (large, made.large)):
        # Until this is committed nobody sweeps the content away, which belongs to no row yet.
        await session.execute(select(func.pg_advisory_xact_lock_shared(lock_of(sha256))))
        await put_blob(store, body, sha256=sha256)
    photo = Photo(
        subject=album.subject.kind,
        subject_id=album.row.id,
        organization_id=organization_id,
        place=max((photo.place for photo in album.photos), default=0) + 1,
        alt=alt or album.subject.title_of(album.row)[:200],
        small_sha256=small,
        large_sha256=large,
        thumbhash=made.thumbhash,
        width=made.width,
        height=made.height,
        size=size,
        signing_key=secrets.token_urlsafe(24),
        uploaded_by=actor.user_id,
    )
    await record_change(session, actor, photo, verb="create")
    await _settle(session, actor, album, [*album.photos, photo])
    return photo


async def edit_photo(
    session: AsyncSession, actor: Actor, album: Album, photo: Photo, *, photo_in: PhotoUpdate
) -> Photo:
    """Describe it, or move it among the others."""
    if photo_in.alt is not None:
        photo.alt = photo_in.alt
    ordered = [one for one in album.photos if one is not photo]
    place = list(album.photos).index(photo) if photo_in.place is None else min(photo_in.place - 1, len(ordered))
    ordered.insert(place, photo)
    before = [one.place for one in ordered]
    for number, one in enumerate(ordered, start=1):
        one.place = number
    moved = [one for one, was in zip(ordered, before, strict=True) if one.place != was and one is not photo]
    await record_change(session, actor, photo, verb="edit")
    await record_changes(session, actor, moved, verb="move")
    await _settle(session, actor, album, ordered)
    return photo


async def remove_photo(session: AsyncSession, actor: Actor, album: Album, photo: Photo) -> None:
    """Show it no more; its content is swept away in the night."""
    photo.removed_at = clock.now()
    await record_change(session, actor, photo, verb="remove")
    await _settle(session, actor, album, [one for one in album.photos if one is not photo])


async def _settle(session: AsyncSession, actor: Actor, album: Album, photos: Sequence[Photo]) -> None:
    """Let the thing's own row say which photo cards show; search follows its entry in the log."""
    album.row.photo = cover_of(photos[0] if photos else None)
    details = {"photos": [photo.id for photo in photos]}
    await record_change(session, actor, album.row, verb="show", details=details)
