"""Verbs of saved searches: save, edit, forget, unsubscribe."""

from __future__ import annotations

import structlog
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.service import user_id_of
from market.core import clock
from market.core.access import SYSTEM, Actor
from market.core.changes import record_change, record_changes
from market.matching.alerts import policy
from market.matching.alerts.models import SavedSearch, SavedSearchReading
from market.matching.alerts.queries import count_saved_searches
from market.matching.alerts.schemas import SavedSearchCreate, SavedSearchUpdate
from market.matching.alerts.watching import NOT_WATCHED, Watch, anchors_of, read_watch, watch_to_json
from market.notifications.service import stop_mail
from market.notifications.unsubscribing import Subscription
from market.reference.catalogue import Catalogue
from market.search.asking import SearchQuery

log = structlog.get_logger(__name__)

READ_AT_ONCE = 500


async def save_search(
    session: AsyncSession, actor: Actor, saved_in: SavedSearchCreate, *, catalogue: Catalogue
) -> SavedSearch:
    """Keep a search, and watch from now on.

    Raises:
        ValidationFailed: it asks for nothing.
        TooManySavedSearches
    """
    policy.require_room_for_one_more(await count_saved_searches(session, actor))
    watch = _watch(saved_in.query, catalogue)
    saved = SavedSearch(
        user_id=user_id_of(actor),
        organization_id=actor.organization_id,
        kind=saved_in.kind,
        name=saved_in.name,
        query=_kept(saved_in.query),
        channel=saved_in.channel,
        frequency=saved_in.frequency,
        active=True,
    )
    await record_change(session, actor, saved, verb="create")
    await _keep_reading(session, saved, watch)
    return saved


async def edit_saved_search(
    session: AsyncSession, actor: Actor, saved: SavedSearch, saved_in: SavedSearchUpdate, *, catalogue: Catalogue
) -> SavedSearch:
    """Change what was sent.

    Raises:
        ValidationFailed: it asks for nothing.
    """
    sent = saved_in.model_fields_set
    for name in ("name", "channel", "frequency", "active"):
        if name in sent:
            setattr(saved, name, getattr(saved_in, name))
    if "query" in sent:
        watch = _watch(saved_in.query, catalogue)
        saved.query = _kept(saved_in.query)
        await _keep_reading(session, saved, watch)
    await record_change(session, actor, saved, verb="edit")
    return saved


async def forget_saved_search(session: AsyncSession, actor: Actor, saved: SavedSearch) -> None:
    """Stop watching; what was searched for is not kept."""
    saved.deleted_at, saved.active, saved.name, saved.query = clock.now(), False, "", {}
    await session.execute(delete(SavedSearchReading).where(SavedSearchReading.saved_search_id == saved.id))
    await record_change(session, actor, saved, verb="delete")


def _kept(query: SearchQuery) -> dict[str, object]:
    return query.model_dump(mode="json", exclude_unset=True, exclude=set(NOT_WATCHED))


def _watch(query: SearchQuery, catalogue: Catalogue) -> Watch:
    watch = read_watch(query, catalogue=catalogue, today=clock.today())
    policy.require_something_asked(watch)
    return watch


async def _keep_reading(session: AsyncSession, saved: SavedSearch, watch: Watch) -> None:
    read = {"anchors": anchors_of(watch, saved.kind), "watch": watch_to_json(watch)}
    statement = insert(SavedSearchReading).values(saved_search_id=saved.id, **read)
    await session.execute(statement.on_conflict_do_update(index_elements=["saved_search_id"], set_=read))


async def read_saved_searches(session: AsyncSession, *, catalogue: Catalogue) -> int:
    """Read every saved search again: names that were added to the catalogue count, and so does a new Tết.

    One that could not be saved any more today (rules and goods change) keeps the reading that it has.
    Returns how many readings changed.
    """
    changed = 0
    rows = (
        select(SavedSearch, SavedSearchReading.watch)
        .outerjoin(SavedSearchReading, SavedSearchReading.saved_search_id == SavedSearch.id)
        .where(SavedSearch.deleted_at.is_(None))
        .order_by(SavedSearch.id)
        .limit(READ_AT_ONCE)
    )
    page = (await session.execute(rows)).all()
    while page:
        for saved, kept in page:
            try:
                query = SearchQuery.model_validate(saved.query)
            except ValidationError as error:
                log.warning(
                    "saved_search_unreadable", id=str(saved.id), wrong=[wrong["loc"] for wrong in error.errors()]
                )
                continue
            watch = read_watch(query, catalogue=catalogue, today=clock.today())
            if kept != watch_to_json(watch):
                await _keep_reading(session, saved, watch)
                changed += 1
        page = (await session.execute(rows.where(SavedSearch.id > page[-1][0].id))).all()
    return changed


async def unsubscribe(session: AsyncSession, subscription: Subscription) -> None:
    """Stop the mail of one saved search, or all mail of notifications to a person. Twice is as good as once."""
    mine = (
        SavedSearch.id == subscription.id
        if subscription.subject == "saved_search"
        else SavedSearch.user_id == subscription.id
    )
    by_mail = select(SavedSearch).where(mine, SavedSearch.channel == "email", SavedSearch.deleted_at.is_(None))
    searches = list(await session.scalars(by_mail.with_for_update()))
    for saved in searches:
        saved.channel = "in_app"
    await record_changes(session, SYSTEM, searches, verb="unsubscribe")
    if subscription.subject == "user":
        await stop_mail(session, subscription.id)
