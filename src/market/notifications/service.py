"""Verbs of notifications: read; prefer; stop the mail."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.service import user_id_of
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import record_change
from market.notifications.models import Mail, Notification, NotificationPreference
from market.notifications.queries import preference_of, visible_notifications
from market.notifications.schemas import PreferenceUpdate


async def mark_read(session: AsyncSession, notification: Notification) -> Notification:
    """Note that it was read; the first time counts."""
    if notification.read_at is None:
        notification.read_at = clock.now()
        await session.flush()
    return notification


async def mark_all_read(session: AsyncSession, actor: Actor) -> int:
    """Note that everything was read. Returns how much was not."""
    unread = visible_notifications(actor).where(Notification.read_at.is_(None)).with_only_columns(Notification.id)
    marked = update(Notification).where(Notification.id.in_(unread)).values(read_at=clock.now())
    ids = await session.scalars(marked.returning(Notification.id), execution_options={"synchronize_session": False})
    return len(ids.all())


async def prefer(session: AsyncSession, actor: Actor, preference_in: PreferenceUpdate) -> NotificationPreference:
    """Change how the actor is told of what is not a saved search's."""
    user_id = user_id_of(actor)
    preference = await _preference(session, user_id)
    for name in preference_in.model_fields_set:
        setattr(preference, name, getattr(preference_in, name))
    await record_change(session, actor, preference, verb="edit" if preference in session else "create")
    return preference


def usual_preference(user_id: UUID) -> NotificationPreference:
    """How a person is told who never said how."""
    return NotificationPreference(
        user_id=user_id,
        mail="instant",
        language="vi",
        messenger=False,
        quiet_from=None,
        quiet_until=None,
        quiet_kinds=[],
    )


async def _preference(session: AsyncSession, user_id: UUID) -> NotificationPreference:
    return await preference_of(session, user_id, lock=True) or usual_preference(user_id)


async def stop_mail(session: AsyncSession, user_id: UUID) -> None:
    """No more mail of notifications to this person; those in the application stay."""
    preference = await _preference(session, user_id)
    off: Mail = "off"
    if preference.mail != off:
        preference.mail = off
        await record_change(session, SYSTEM, preference, verb="unsubscribe")
