"""Reads of photos. Who may see the thing they are of is its room's to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.errors import NotFound
from market.photos.models import Photo, SubjectKind
from market.photos.subjects import PhotoSubject


async def photos_of(session: AsyncSession, kind: SubjectKind, subject_id: UUID) -> Sequence[Photo]:
    """All photos of one thing, in their order."""
    rows = select(Photo).where(Photo.subject == kind, Photo.subject_id == subject_id, Photo.removed_at.is_(None))
    return (await session.scalars(rows.order_by(Photo.place, Photo.id))).all()


async def stored_bytes(session: AsyncSession, organization_id: UUID) -> int:
    """What the photos of an organization take in the store."""
    total = select(func.coalesce(func.sum(Photo.size), 0))
    rows = total.where(Photo.organization_id == organization_id, Photo.removed_at.is_(None))
    return int(await session.scalar(rows) or 0)


async def photos_with(session: AsyncSession, sha256: str) -> Sequence[Photo]:
    """The photos of which this is a content.

    Raises:
        NotFound: there is none.
    """
    named = or_(Photo.small_sha256 == sha256, Photo.large_sha256 == sha256)
    found = (await session.scalars(select(Photo).where(named, Photo.removed_at.is_(None)))).all()
    if not found:
        raise NotFound
    return found


async def is_public(session: AsyncSession, photos: Sequence[Photo], subjects: Mapping[str, PhotoSubject]) -> bool:
    """Whether any of the photos is of something that everybody may see."""
    for kind, subject in subjects.items():
        if theirs := {photo.subject_id for photo in photos if photo.subject == kind}:
            ids = subject.public_ids()
            if await session.scalar(ids.where(ids.selected_columns[0].in_(theirs)).limit(1)) is not None:
                return True
    return False
