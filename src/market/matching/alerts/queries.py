"""Reads of saved searches, notifications and what alerts compare; who may see which rows stands here, once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core.access import Actor
from market.core.errors import NotFound
from market.matching.alerts.models import Frequency, Kind, Mail, Notification, NotificationPreference, SavedSearch
from market.matching.alerts.models import SavedSearchReading as Reading
from market.matching.alerts.news import Recipient
from market.matching.alerts.watching import Watch, watch_from_json
from market.organizations.models import Organization, OrganizationMember


def _own(actor: Actor, user_id: Any, organization_id: Any) -> ColumnElement[bool]:
    """A person's own, for organizations they still belong to; a key's, for its organization only."""
    if actor.user_id is None:
        return false()
    theirs = organization_id.in_(actor.organization_ids)
    return and_(user_id == actor.user_id, theirs if actor.kind == "key" else or_(organization_id.is_(None), theirs))


def visible_saved_searches(actor: Actor) -> Select[SavedSearch]:
    """One's own, and nobody else's: not even officers see what others look for."""
    mine = _own(actor, SavedSearch.user_id, SavedSearch.organization_id)
    return select(SavedSearch).where(mine, SavedSearch.deleted_at.is_(None))


async def get_saved_search(session: AsyncSession, actor: Actor, id_: UUID, *, lock: bool = False) -> SavedSearch:
    """One of the actor's saved searches.

    Raises:
        NotFound: it does not exist or is somebody else's.
    """
    rows = visible_saved_searches(actor).where(SavedSearch.id == id_)
    saved = await session.scalar(rows.with_for_update() if lock else rows)
    if saved is None:
        raise NotFound
    return saved


async def count_saved_searches(session: AsyncSession, actor: Actor) -> int:
    """How many searches the actor keeps, wherever."""
    kept = select(func.count()).where(SavedSearch.user_id == actor.user_id, SavedSearch.deleted_at.is_(None))
    return await session.scalar(kept) or 0


def visible_notifications(actor: Actor) -> Select[Notification]:
    """What the actor was told."""
    return select(Notification).where(_own(actor, Notification.user_id, Notification.organization_id))


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


@dataclass(frozen=True, slots=True)
class Watcher:
    """An active saved search whose person may be told."""

    id: UUID
    kind: Kind
    name: str
    anchors: frozenset[str]
    watch: Watch
    recipient: Recipient


def watchers_statement(anchors: Collection[str]) -> Select[Any]:
    """The active saved searches that have one of these anchors; the index on anchors finds them."""
    still_there = exists().where(
        OrganizationMember.organization_id == SavedSearch.organization_id,
        OrganizationMember.user_id == SavedSearch.user_id,
        OrganizationMember.left_at.is_(None),
        Organization.id == OrganizationMember.organization_id,
        Organization.status == "active",
    )
    columns: tuple[Any, ...] = (
        SavedSearch.id,
        SavedSearch.kind,
        SavedSearch.name,
        SavedSearch.user_id,
        SavedSearch.organization_id,
        SavedSearch.channel,
        SavedSearch.frequency,
        User.email,
        Reading.anchors,
        Reading.watch,
    )
    wanted = as_type(sorted(anchors), ARRAY(TEXT))
    return (
        select(*columns)
        .join(SavedSearch, SavedSearch.id == Reading.saved_search_id)
        .join(User, User.id == SavedSearch.user_id)
        .where(
            Reading.anchors.bool_op("&&")(wanted),
            SavedSearch.active,
            SavedSearch.deleted_at.is_(None),
            User.deactivated_at.is_(None),
            or_(SavedSearch.organization_id.is_(None), still_there),
        )
    )


async def watchers_at(session: AsyncSession, anchors: Collection[str]) -> list[Watcher]:
    """Saved searches worth comparing with things that have these anchors. One statement."""
    if not anchors:
        return []
    return [_watcher(row) for row in await session.execute(watchers_statement(anchors))]


def _watcher(row: Row[Any]) -> Watcher:
    frequency: Frequency = row.frequency
    mail: Mail = frequency if row.channel == "email" and row.email else "off"
    return Watcher(
        id=row.id,
        kind=row.kind,
        name=row.name,
        anchors=frozenset(row.anchors),
        watch=watch_from_json(row.watch),
        recipient=Recipient(user_id=row.user_id, organization_id=row.organization_id, mail=mail),
    )
