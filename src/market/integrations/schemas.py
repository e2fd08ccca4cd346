"""What the feed of changes takes and gives."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from market.core.schemas import Answer, Instant, Schema

EntityName = Literal["organization", "certificate", "listing", "lot", "need", "quote", "event", "agreement"]


class LiveQuery(Schema):
    since: str | None = Field(
        default=None,
        max_length=100,
        description="`next_cursor` of GET /changes; Last-Event-ID wins. Left out, from now on",
    )
    entity: list[EntityName] = Field(default_factory=list, description="Only these kinds of things; all when left out")


class ChangesQuery(Schema):
    since: str | None = Field(
        default=None, max_length=100, description="`next_cursor` of the answer before; left out, all from the beginning"
    )
    entity: list[EntityName] = Field(default_factory=list, description="Only these kinds of things; all when left out")
    wait: float = Field(
        default=0, ge=0, le=25, description="Seconds to wait on the line for something to tell, when there is nothing"
    )
    limit: int = Field(default=100, ge=1, le=1000, description="How many entries of the log are read at most")


class ChangedThing(Answer):
    """A thing as it is now, or that it is gone."""

    entity: str = Field(description="organization, certificate, listing, lot, need, quote, event or agreement")
    id: UUID
    change: Literal["created", "updated", "gone"] = Field(
        description="gone: no longer to be seen; forget it. created: new since the cursor"
    )
    at: Instant = Field(description="When it last changed")
    data: dict[str, Any] | None = Field(description="As the API answers it to this caller; null when gone")


class Changes(Answer):
    items: list[ChangedThing]
    next_cursor: str = Field(description="Where to go on; keep it and ask again")
    more: bool = Field(description="Whether there is more to fetch at once")
