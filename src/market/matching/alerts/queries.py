"""Reads of saved searches and what they compare; who may see which rows stands here, once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core.access import Actor
from market.core.errors import NotFound
from market.matching.alerts.models import Frequency, Kind, SavedSearch
from market.matching.alerts.models import SavedSearchReading as Reading
from market.matching.alerts.watching import Watch, watch_from_json
from market.notifications.models import Mail, Notification
from market.notifications.news import Recipient
from market.notifications.queries import own_rows
from market.organizations.models import Organization, OrganizationMember


def visible_saved_searches(actor: Actor) -> Select[SavedSearch]:
    """One's own, and nobody else's: not even officers see what others look for."""
    mine = own_rows(actor, SavedSearch.user_id, SavedSearch.organization_id)
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


async def searches_without_mail(session: AsyncSession, notifications: Sequence[Notification]) -> set[UUID]:
    """Those of the notifications whose saved search wants no mail (any more)."""
    searches = {notification.watch_id for notification in notifications}
    by_mail = select(SavedSearch.id).where(SavedSearch.id.in_(searches), SavedSearch.channel == "email")
    wanted = set(await session.scalars(by_mail))
    return {notification.id for notification in notifications if notification.watch_id not in wanted}
