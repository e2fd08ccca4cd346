"""Attach files and withdraw them. Who may attach is the subject's room to say."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.models import Attachment, AttachmentKind, Subject
from market.attachments.policy import require_can_withdraw
from market.attachments.queries import attachments_of
from market.core import clock
from market.core.access import Actor
from market.core.blobs import BlobStore, digest_of, lock_of, put_blob
from market.core.changes import record_change
from market.core.errors import Conflict
from market.core.language import Message
from market.core.uploads import Upload

MOST = 100
"""Files of one thing."""
MOST_BYTES = 2_000_000_000
"""What all files that an organization has attached may take in the store; photos have a share of their own."""


class AlreadyAttached(Conflict):
    code = "already-attached"
    detail = Message(vi="Tệp này đã được đính kèm.", en="This file is attached already.")


class TooManyAttachments(Conflict):
    code = "too-many-attachments"
    detail = Message(vi="Đã đủ {most} tệp.", en="There are {most} files already.")


class AttachmentStorageFull(Conflict):
    code = "attachment-storage-full"
    detail = Message(
        vi="Tổ chức đã dùng hết {most} MB dành cho tệp đính kèm; hãy liên hệ người vận hành.",
        en="The organization has used its {most} MB for attached files; ask whoever runs the market.",
    )


async def _require_room(session: AsyncSession, actor: Actor, size: int) -> None:
    if actor.organization_id is None:
        return
    taken = select(func.coalesce(func.sum(Attachment.size), 0)).where(
        Attachment.organization_id == actor.organization_id
    )
    if (await session.scalar(taken) or 0) + size > MOST_BYTES:
        raise AttachmentStorageFull(most=MOST_BYTES // 1_000_000)


async def attach(
    session: AsyncSession,
    actor: Actor,
    upload: Upload,
    *,
    store: BlobStore,
    subject: Subject,
    subject_id: UUID,
    kind: AttachmentKind,
) -> Attachment:
    """Keep a file with something; the same content comes once.

    Raises:
        AlreadyAttached, TooManyAttachments, AttachmentStorageFull: it is there already; there is no room.
        Unavailable: the blob store does not take it.
    """
    there = await attachments_of(session, subject, subject_id)
    if len(there) >= MOST:
        raise TooManyAttachments(most=MOST)
    sha256 = await digest_of(upload.body)
    if any(one.sha256 == sha256 for one in there):
        raise AlreadyAttached
    await _require_room(session, actor, len(upload.body))
    # Until this is committed nobody sweeps the content away, which belongs to no row yet.
    await session.execute(select(func.pg_advisory_xact_lock_shared(lock_of(sha256))))
    await put_blob(store, upload.body, sha256=sha256)
    attachment = Attachment(
        subject=subject,
        subject_id=subject_id,
        kind=kind,
        sha256=sha256,
        size=len(upload.body),
        content_type=upload.type.media_type,
        file_name=upload.file_name,
        organization_id=actor.organization_id,
        uploaded_by=actor.user_id,
    )
    await record_change(session, actor, attachment, verb="create")
    return attachment


async def carry_over(
    session: AsyncSession, actor: Actor, attachment: Attachment, *, subject: Subject, subject_id: UUID
) -> Attachment:
    """Let a file belong to another thing instead. One that was withdrawn stays withdrawn, and is attached anew there.

    Args:
        attachment: locked.

    Raises:
        AlreadyAttached, TooManyAttachments: it is there already; there is no room.
    """
    there = await attachments_of(session, subject, subject_id)
    if any(one.sha256 == attachment.sha256 for one in there):
        raise AlreadyAttached
    if len(there) >= MOST:
        raise TooManyAttachments(most=MOST)
    if attachment.withdrawn_at is None:
        attachment.subject, attachment.subject_id = subject, subject_id
        await record_change(session, actor, attachment, verb="move")
        return attachment
    same = ("kind", "sha256", "size", "content_type", "file_name")
    anew = Attachment(
        **{name: getattr(attachment, name) for name in same},
        subject=subject,
        subject_id=subject_id,
        organization_id=actor.organization_id,
        uploaded_by=actor.user_id,
    )
    await record_change(session, actor, anew, verb="create")
    return anew


async def withdraw(
    session: AsyncSession, actor: Actor, attachment: Attachment, reason: str | None, *, settled: bool = False
) -> Attachment:
    """Take back a wrong upload: it is no longer a file of its thing; that it was one stays in the history.

    Args:
        attachment: locked.
        settled: somebody has judged by it, so that only officers take it back.

    Raises:
        NotAllowed: neither who uploaded it nor an officer.
        AlreadyWithdrawn: it was taken back before.
    """
    require_can_withdraw(actor, attachment, settled=settled)
    attachment.withdrawn_at, attachment.withdrawal_reason = clock.now(), reason
    await record_change(session, actor, attachment, verb="withdraw")
    return attachment
