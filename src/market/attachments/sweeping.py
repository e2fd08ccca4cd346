"""Files in the blob store that belong to nothing, left behind by requests that were rolled back.

An upload holds a lock on its content from before it is stored until its row is committed; the sweeper takes content
away only while it holds that lock alone and no row names it, so that it takes nothing that somebody is just uploading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.models import Attachment
from market.core import clock
from market.core.blobs import BlobStore, blobs_in, delete_blob
from market.core.jobs import Schedule

log = structlog.get_logger(__name__)

LEFT_ALONE_FOR = timedelta(hours=1)
"""Younger content is left alone: its upload is most likely under way."""
MOST_AT_ONCE = 1000
"""What is left comes with the next round; each takes a lock until the end."""


def lock_of(sha256: str) -> int:
    """The number of the advisory lock of a content."""
    return int.from_bytes(hashlib.sha256(f"blob {sha256}".encode()).digest()[:8], signed=True)


def sweep_schedule(store: Callable[[], BlobStore]) -> Schedule:
    """Once a night; the store is opened by the first round."""

    async def run(session: AsyncSession) -> None:
        if swept := await sweep_orphans(session, store()):
            log.info("orphan_files_swept", files=swept)

    return Schedule("sweep_orphan_files", "37 17 * * *", run)


async def sweep_orphans(session: AsyncSession, store: BlobStore) -> int:
    """Take away content that no attachment names, withdrawn ones included. Returns how much.

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
    named = set((await session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(hashes)))).all())
    return [sha256 for sha256 in hashes if sha256 not in named]


async def _swept(session: AsyncSession, store: BlobStore, sha256: str) -> bool:
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(lock_of(sha256)))):
        return False
    # Asked again: an upload may have been committed between the first look and the lock.
    if not await _unnamed(session, [sha256]):
        return False
    await delete_blob(store, sha256)
    return True
