"""Tables of saved searches and of what was reported to fit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.changes import PRIVATE
from market.core.db import Base, Entity

Kind = Literal["listings", "needs"]
Channel = Literal["in_app", "email"]
Frequency = Literal["instant", "daily"]


class SavedSearch(Entity):
    """A search that one person keeps, to be told of what is new in it."""

    __tablename__ = "saved_search"
    __table_args__ = (Index("ix_saved_search_user", "user_id", postgresql_where=text("deleted_at IS NULL")),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    """Acted for when it was saved; its own offers and needs are no news. Null for an officer without one."""
    kind: Mapped[Kind]
    name: Mapped[str] = mapped_column(info=PRIVATE)
    query: Mapped[dict[str, Any]] = mapped_column(info=PRIVATE)
    """The parameters of the search as they were given."""
    channel: Mapped[Channel]
    """`email` comes beside the notification in the application, not instead of it."""
    frequency: Mapped[Frequency]
    active: Mapped[bool] = mapped_column(default=True)
    deleted_at: Mapped[datetime | None]


class SavedSearchReading(Base):
    """What a saved search was understood to ask for. Derived: `read_saved_searches` makes it again.

    `anchors` are words that a thing must have one of to fit, such as `listings:concept:durian`. They are indexed, so
    that one statement finds the few searches worth comparing with new things among any number of searches.
    """

    __tablename__ = "saved_search_reading"
    __table_args__ = (
        Index(
            "ix_saved_search_reading_anchors",
            "anchors",
            postgresql_using="gin",
            # Searches are saved seldom and compared often: a list of pending entries would be read each time.
            postgresql_with={"fastupdate": "off"},
        ),
    )

    saved_search_id: Mapped[UUID] = mapped_column(
        ForeignKey("saved_search.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    anchors: Mapped[list[str]]
    watch: Mapped[dict[str, Any]]
    """A `watching.Watch`."""


class ReportedMatch(Base):
    """That a thing was reported to fit somebody's own need or listing, so that it is not reported again.

    Once for each publication of the thing: edits that leave it fitting, or make it fit again, are no news.
    """

    __tablename__ = "reported_match"
    __table_args__ = (
        Index("ix_reported_match_thing_id", "thing_id"),
        Index("ix_reported_match_told_at", "told_at"),
    )

    watch_id: Mapped[UUID] = mapped_column(primary_key=True, autoincrement=False)
    thing_id: Mapped[UUID] = mapped_column(primary_key=True, autoincrement=False)
    published_at: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Unix seconds."""
    told_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now())


class MatchTally(Base):
    """Of how many things an organization was told on a day (UTC), and of how many not, for they were too many."""

    __tablename__ = "match_tally"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    told: Mapped[int]
    untold: Mapped[int]
