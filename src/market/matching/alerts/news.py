"""What there is to tell, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from market.core.language import Message
from market.matching.alerts.models import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something to tell. `key` is the same however often the same thing is found to have happened."""

    kind: str
    entity: str
    entity_id: UUID
    entity_version: int
    text: Message
    key: str
    watch_entity: str | None = None
    watch_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person, for whom in which organization, and how."""

    user_id: UUID
    organization_id: UUID | None
    mail: Mail
