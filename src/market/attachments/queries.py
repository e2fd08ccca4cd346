"""Reads of attachments. Who may see a subject's files is the subject's room to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.models import Attachment, Subject
from market.core.access import Actor
from market.core.errors import NotFound


async def attachments_of(
    session: AsyncSession, subject: Subject, subject_id: UUID, *, withdrawn: bool = False
) -> Sequence[Attachment]:
    """All files of one thing, oldest first: at most `service.MOST`, and those that were withdrawn when asked for."""
    rows = select(Attachment).where(Attachment.subject == subject, Attachment.subject_id == subject_id)
    if not withdrawn:
        rows = rows.where(Attachment.withdrawn_at.is_(None))
    return (await session.scalars(rows.order_by(Attachment.id))).all()


async def has_claim_files(session: AsyncSession, claim_id: UUID, since: datetime | None) -> bool:
    """Whether a file that was not withdrawn shows a claim; what was decided on `since` must be shown anew."""
    files = await attachments_of(session, "claim", claim_id)
    return any(since is None or file.created_at > since for file in files)


async def get_attachment(
    session: AsyncSession, attachment_id: UUID, *, subject: Subject, subject_id: UUID, lock: bool = False
) -> Attachment:
    """One file of one thing, withdrawn or not.

    Raises:
        NotFound: it has no such file.
    """
    rows = select(Attachment).where(
        Attachment.id == attachment_id, Attachment.subject == subject, Attachment.subject_id == subject_id
    )
    attachment = await session.scalar(rows.with_for_update() if lock else rows)
    if attachment is None:
        raise NotFound
    return attachment


async def get_readable(
    session: AsyncSession, actor: Actor, attachment_id: UUID, *, subject: Subject, subject_id: UUID
) -> Attachment:
    """One file of one thing whose content may be read: what was withdrawn is for officers only.

    Raises:
        NotFound: it has no such file, or it was withdrawn.
    """
    attachment = await get_attachment(session, attachment_id, subject=subject, subject_id=subject_id)
    if attachment.withdrawn_at is not None and not actor.is_officer:
        raise NotFound
    return attachment
