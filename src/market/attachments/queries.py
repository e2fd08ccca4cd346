"""Reads of attachments. Who may see a subject's files is the subject's room to say."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.attachments.models import Attachment, Subject
from market.core.errors import NotFound


async def attachments_of(session: AsyncSession, subject: Subject, subject_id: UUID) -> Sequence[Attachment]:
    """All files of one thing, oldest first; at most `service.MOST`."""
    rows = select(Attachment).where(Attachment.subject == subject, Attachment.subject_id == subject_id)
    return (await session.scalars(rows.order_by(Attachment.id))).all()


async def get_attachment(
    session: AsyncSession, attachment_id: UUID, *, subject: Subject, subject_id: UUID
) -> Attachment:
    """One file of one thing.

    Raises:
        NotFound: it has no such file.
    """
    attachment = await session.get(Attachment, attachment_id)
    if attachment is None or (attachment.subject, attachment.subject_id) != (subject, subject_id):
        raise NotFound
    return attachment
