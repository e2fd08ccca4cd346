"""Reads of notifications; who may see which rows stands here, once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.access import Actor
from market.core.errors import NotFound
from market.notifications.models import Notification, NotificationPreference


def own_rows(actor: Actor, user_id: Any, organization_id: Any) -> ColumnElement[bool]:
    """A person's own, for organizations they still belong to; a key's, for its organization only."""
    if actor.user_id is None:
        return false()
    theirs = organization_id.in_(actor.organization_ids)
    return and_(user_id == actor.user_id, theirs if actor.kind == "key" else or_(organization_id.is_(None), theirs))


def visible_notifications(actor: Actor) -> Select[Notification]:
    """What the actor was told."""
    return select(Notification).where(own_rows(actor, Notification.user_id, Notification.organization_id))


async def get_notification(session: AsyncSession, actor: Actor, id_: UUID) -> Notification:
    """One thing the actor was told.

    Raises:
        NotFound: it does not exist or is somebody else's.
    """
    notification = await session.scalar(visible_notifications(actor).where(Notification.id == id_))
    if notification is None:
        raise NotFound
    return notification


async def count_unread(session: AsyncSession, actor: Actor) -> int:
    """How much the actor has not read."""
    unread = visible_notifications(actor).where(Notification.read_at.is_(None))
    return await session.scalar(unread.with_only_columns(func.count(), maintain_column_froms=True)) or 0


async def preference_of(session: AsyncSession, user_id: UUID, *, lock: bool = False) -> NotificationPreference | None:
    """How a person said they want to be told, if they ever did."""
    rows = select(NotificationPreference).where(NotificationPreference.user_id == user_id)
    return await session.scalar(rows.with_for_update() if lock else rows)
