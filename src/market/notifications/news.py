"""What there is to tell, and to whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from market.core.changes import Change
from market.core.language import Message
from market.notifications.kinds import Kind, Payload
from market.notifications.models import Mail
from market.notifications.table import NOTICES


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something to tell. `key` is the same however often the same thing is found to have happened."""

    kind: Kind
    entity: str
    entity_id: UUID
    entity_version: int
    text: Message
    key: str
    watch_entity: str | None = None
    watch_id: UUID | None = None
    caused_by: UUID | None = None
    binding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person, for whom in which organization, and how."""

    user_id: UUID
    organization_id: UUID | None
    mail: Mail


NewsOf = Callable[[AsyncSession, Sequence[Change]], Awaitable[Sequence[tuple[UUID, News]]]]
"""What organizations are to be told of a batch of the change log."""


def news_of(kind: Kind, payload: Payload, *, about: str | None = None) -> News:
    """The news of a kind, in the words of the table.

    Args:
        about: the entity, where it is another than the kind usually leads to.

    Raises:
        TypeError: the payload is another kind's.
    """
    notice = NOTICES[kind]
    entity = about or notice.about
    watch_entity, watch_id = payload.watch or (None, None)
    return News(
        kind=kind,
        entity=entity,
        entity_id=payload.id,
        entity_version=payload.version,
        text=notice.sentence(payload),
        key=payload.key or f"{kind}:{payload.id}@{payload.version}",
        watch_entity=watch_entity,
        watch_id=watch_id,
        caused_by=payload.caused_by,
        binding=payload.binding,
    )


def link_of(entity: str, id_: UUID) -> str:
    """The address of a thing, under the market's own."""
    plural = "es" if entity.endswith("ch") else "s"
    return f"/{entity.replace('_', '-')}{plural}/{id_}"
