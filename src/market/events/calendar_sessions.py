"""The sessions of an event as calendars know them: each under one number for ever, dropped ones as cancelled.

An edit replaces the list of sessions as a whole; which of them is which is told by the log, so that whoever has
imported the calendar sees a session move or go, and not another one in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.events.models import Event
from market.events.venue import SessionIn
from market.vietnamese.text import fold


@dataclass(slots=True)
class CalendarSession:
    """A session that was announced."""

    number: int
    """In order of announcement; it never becomes another session's."""
    session: SessionIn
    cancelled: bool = False


def _named(session: SessionIn) -> tuple[str, str]:
    return " ".join(fold(session.name).split()), session.kind


SAME: Sequence[Callable[[SessionIn], Hashable]] = (
    lambda session: (session.name, session.kind, session.on, session.starts, session.ends, session.hall),
    lambda session: (*_named(session), session.starts, session.hall),
    _named,
    lambda session: (session.kind, session.on, session.starts, session.hall),
)
"""What makes a session of the list before the same as one of the list after, the surest first: moved, then renamed."""


async def announced_sessions(session: AsyncSession, event: Event) -> list[CalendarSession]:
    """Every session since the event was published, those dropped too; of a draft only what stands. One statement."""
    lists = await _lists(session, event)
    known: list[CalendarSession] = []
    for said in [*lists, event.sessions]:
        _follow(known, sorted(map(SessionIn.model_validate, said), key=lambda one: one.period))
    return known


async def _lists(session: AsyncSession, event: Event) -> list[list[dict[str, Any]]]:
    """The lists of sessions that were public, oldest first."""
    if event.published_at is None:
        return []
    rows = (
        select(Change.verb, Change.diff["sessions"])
        .where(Change.entity == "event", Change.entity_id == event.id)
        .where(or_(Change.verb == "publish", Change.diff.has_key("sessions")))
        .order_by(Change.version, Change.id)
    )
    lists: list[list[dict[str, Any]]] = [[]]
    for verb, said in await session.execute(rows):
        if said is not None:
            lists.append(said[1] or [])
        if verb == "publish":
            lists = lists[-1:]
    return lists


def _follow(known: list[CalendarSession], after: Iterable[SessionIn]) -> None:
    """Let what is known say what the next list says."""
    fresh = list(after)
    gone = [entry for entry in known if entry.cancelled]
    standing = [entry for entry in known if not entry.cancelled]
    for entry in standing:
        entry.cancelled = True
    for same in SAME:
        fresh = _matched(standing, fresh, same)
    # What was dropped and is back as it was is the same again.
    fresh = _matched(gone, fresh, SAME[0])
    known += [CalendarSession(number, session) for number, session in enumerate(fresh, len(known))]


def _matched(
    entries: Iterable[CalendarSession], fresh: Iterable[SessionIn], same: Callable[[SessionIn], Hashable]
) -> list[SessionIn]:
    """Give each of the entries that are not met yet the first fresh session that is the same; the others are left."""
    waiting = [entry for entry in entries if entry.cancelled]
    left = []
    for session in fresh:
        entry = next((entry for entry in waiting if same(entry.session) == same(session)), None)
        if entry is None:
            left.append(session)
        else:
            waiting.remove(entry)
            entry.session, entry.cancelled = session, False
    return left
