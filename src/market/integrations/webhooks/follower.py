"""From the change log to messages: each endpoint is told what its organization may see, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor, Membership
from market.core.changes import Change
from market.core.db import insert_rows
from market.core.followers import Follower
from market.core.ids import new_id
from market.integrations.entities import ENTITIES, Reader
from market.integrations.feed import things_of
from market.integrations.schemas import ChangedThing
from market.integrations.webhooks.delivering import wake
from market.integrations.webhooks.models import Webhook, WebhookDelivery
from market.organizations.models import Organization
from market.reference.types import known_catalogue

MOST_BYTES = 20_000
PATHS = {"organization": "organizations", "certificate": "certificates", "listing": "listings", "need": "needs"} | {
    "quote": "quotes",
    "event": "events",
    "agreement": "agreements",
    "lot": "lots",
}


def subscriber(organization: Organization) -> Actor:
    """Whoever reads an organization's messages: one of its staff, as far as rows are concerned."""
    membership = Membership(
        organization.id,
        "staff",
        frozenset(organization.kinds),
        (organization.province_code, organization.province_version),
    )
    return Actor(kind="key", membership=membership, memberships=(membership,))


def message_body(thing: ChangedThing, *, full: bool) -> str:
    """A message as it is sent: under 20 kB, or thin."""
    event_type = f"{thing.entity}.{thing.change}"
    at = thing.at.isoformat()
    told: dict[str, Any] = {
        "entity": thing.entity,
        "id": str(thing.id),
        "change": thing.change,
        "href": f"/api/v1/{PATHS[thing.entity]}/{thing.id}",
    }
    thin = msgspec.json.encode({"type": event_type, "timestamp": at, "data": told})
    if not full or thing.data is None:
        return thin.decode()
    whole = msgspec.json.encode({"type": event_type, "timestamp": at, "data": {**told, "thing": thing.data}})
    return (whole if len(whole) < MOST_BYTES else thin).decode()


async def _fan_out(session: AsyncSession, changes: Sequence[Change], *, reached_at: str) -> None:
    rows = await session.execute(
        select(Webhook, Organization)
        .join(Organization, Organization.id == Webhook.organization_id)
        .where(Webhook.status == "active", Webhook.deleted_at.is_(None), Organization.status == "active")
    )
    hooks: dict[UUID, list[Webhook]] = defaultdict(list)
    organizations: dict[UUID, Organization] = {}
    for webhook, organization in rows:
        hooks[organization.id].append(webhook)
        organizations[organization.id] = organization
    if not hooks:
        return
    catalogue = await known_catalogue(session)
    for organization_id, wanted in hooks.items():
        reader = Reader(session, subscriber(organizations[organization_id]), catalogue, "vi", reached_at=reached_at)
        things = await things_of(reader, changes)
        for webhook in wanted:
            await _tell(session, webhook, things)


async def _tell(session: AsyncSession, webhook: Webhook, things: Sequence[ChangedThing]) -> None:
    wanted = [thing for thing in things if is_wanted(webhook, f"{thing.entity}.{thing.change}")]
    if not wanted:
        return
    now = clock.now()
    await insert_rows(
        session,
        WebhookDelivery.__table__,
        [
            {
                "id": new_id(),
                "webhook_id": webhook.id,
                "event_type": f"{thing.entity}.{thing.change}",
                "entity_id": thing.id,
                "body": message_body(thing, full=webhook.body == "full"),
                "status": "waiting",
                "attempts": 0,
                "next_attempt_at": now,
                "created_at": now,
            }
            for thing in wanted
        ],
    )
    await wake(session, webhook.id)


def is_wanted(webhook: Webhook, event_type: str) -> bool:
    """Whether an endpoint asked for such messages; `listing.*` is all of a kind."""
    kind = event_type.partition(".")[0]
    return not webhook.event_types or event_type in webhook.event_types or f"{kind}.*" in webhook.event_types


def webhooks_follower(*, reached_at: str = "") -> Follower:
    """Fans the change log out to endpoints.

    Args:
        reached_at: the market's own address, for what says where pages are.
    """
    entities = frozenset(entity.name for entity in ENTITIES)
    return Follower("webhooks", partial(_fan_out, reached_at=reached_at), batch_size=200, entities=entities)
