"""One sending of a device, and what becomes of its items."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from market.agreements.paper.likeness import KnownPapers, papers_of_event
from market.core import clock
from market.core.access import Actor
from market.core.errors import FieldError, MarketError
from market.core.language import Language
from market.events.desk.checking_in import item_row
from market.events.desk.people import People
from market.events.models import Event
from market.hall.papers import for_the_event, told
from market.hall.schemas import DeskItemIn, ItemResult, State

ZERO = timedelta(0)


@dataclass(slots=True)
class Desk:
    """One sending, and what became of its items so far."""

    session: AsyncSession
    actor: Actor
    event: Event
    language: Language
    ahead: timedelta = ZERO
    """How far the device's clock goes ahead of ours."""
    people: People = field(default_factory=lambda: People(()))
    rows: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    """New items, by the ids of the device."""
    results: dict[int, ItemResult] = field(default_factory=dict)

    known: KnownPapers | None = None

    async def papers(self) -> KnownPapers:
        """The papers of the event that are there already; read once."""
        if self.known is None:
            acting = for_the_event(self.actor, self.event)
            self.known = await KnownPapers.of(self.session, acting, papers_of_event(self.event.id))
        return self.known

    def instant(self, said: datetime) -> datetime:
        """What our clock showed then; never later than now."""
        return min(said - self.ahead, clock.now())

    def answer(self, index: int, item_id: UUID | None, state: State, **more: Any) -> None:
        empty: dict[str, Any] = {
            "about": None,
            "number": None,
            "signed": None,
            "duplicate_of": None,
            "unlinked": [],
            "errors": [],
        }
        self.results[index] = ItemResult(index=index, id=item_id, state=state, **(empty | more))

    def refuse(self, index: int, item_id: UUID | None, *errors: FieldError | MarketError) -> None:
        said = [each for error in errors for each in told(error, self.language)]
        self.answer(index, item_id, "refused", errors=said)

    def keep(self, item: DeskItemIn, **values: Any) -> dict[str, Any]:
        """A new item, to be written at the end."""
        at = self.instant(item.at)
        timed = {"sequence": item.sequence, "at": at, "client_at": item.at}
        row = item_row(self.event, self.actor, client_id=item.id, kind=item.kind, **(timed | values))
        self.rows[item.id] = row
        return row


def content_of(item: DeskItemIn) -> dict[str, Any]:
    """What an item says, as it is kept."""
    content = getattr(item, item.kind)
    said: dict[str, Any] = content.model_dump(mode="json", exclude_unset=True)
    return said


def seal_of(content: dict[str, Any]) -> str:
    """Tells whether an id was used for the same content."""
    return hashlib.blake2b(msgspec.json.encode(content, order="sorted"), digest_size=8).hexdigest()
