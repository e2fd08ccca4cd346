"""Files in the blob store that belong to nothing, left behind by requests that were rolled back.

An upload holds a lock on its content from before it is stored until its row is committed; the sweeper takes content
away only while it holds that lock alone and no row names it, so that it takes nothing that somebody is just uploading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.models import Attachment
from market.core import clock
from market.core.blobs import BlobStore, blobs_in, delete_blob, lock_of
from market.core.jobs import Schedule
from market.photos.models import Photo

log = structlog.get_logger(__name__)

LEFT_ALONE_FOR = timedelta(hours=1)
"""Younger content is left alone: its upload is most likely under way."""
MOST_AT_ONCE = 1000
"""What is left comes with the next round; each takes a lock until the end."""


def sweep_schedule(store: Callable[[], BlobStore]) -> Schedule:
    """Once a night; the store is opened by the first round."""

    async def run(session: AsyncSession) -> None:
        if swept := await sweep_orphans(session, store()):
            log.info("orphan_files_swept", files=swept)

    return Schedule("sweep_orphan_files", "37 17 * * *", run)


async def sweep_orphans(session: AsyncSession, store: BlobStore) -> int:
    """Take away content that belongs to no attachment, withdrawn ones included, and no photo shown. Returns how much.

    Raises:
        Unavailable: the store does not answer.
    """
    swept, settled_before = 0, clock.now() - LEFT_ALONE_FOR
    async for page in blobs_in(store):
        old = [blob.sha256 for blob in page if blob.modified_at < settled_before]
        for sha256 in await _unnamed(session, old):
            swept += await _swept(session, store, sha256)
            if swept == MOST_AT_ONCE:
                return swept
    return swept


async def _unnamed(session: AsyncSession, hashes: Sequence[str]) -> list[str]:
    attached = select(Attachment.sha256).where(Attachment.sha256.in_(hashes))
    shown = [
        select(content).where(content.in_(hashes), Photo.removed_at.is_(None))
        for content in (Photo.small_sha256, Photo.large_sha256)
    ]
    named = set((await session.scalars(union_all(attached, *shown))).all())
    return [sha256 for sha256 in hashes if sha256 not in named]


async def _swept(session: AsyncSession, store: BlobStore, sha256: str) -> bool:
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(lock_of(sha256)))):
        return False
    # Asked again: an upload may have been committed between the first look and the lock.
    if not await _unnamed(session, [sha256]):
        return False
    await delete_blob(store, sha256)
    return True
