"""Verbs of endpoints: make, edit, forget, exchange the secret, send again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import Actor
from market.core.addresses import require_sendable_url
from market.core.changes import record_change
from market.core.errors import Conflict, NotFound
from market.core.ids import new_id
from market.core.language import Message
from market.integrations.webhooks.delivering import rested
from market.integrations.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery
from market.integrations.webhooks.schemas import TEST_TYPE, WebhookCreate, WebhookUpdate
from market.integrations.webhooks.signing import give_secret
from market.organizations import policy

MOST_WEBHOOKS = 20


class TooManyWebhooks(Conflict):
    code = "too-many-webhooks"
    detail = Message(vi="Mỗi tổ chức có nhiều nhất {most} webhook.", en="An organization has {most} webhooks at most.")


class WebhookNotActive(Conflict):
    code = "webhook-not-active"
    detail = Message(
        vi="Webhook đang tạm dừng hoặc đã tắt; hãy bật lại trước.",
        en="The webhook is paused or disabled; activate it first.",
    )


def webhooks_of(actor: Actor) -> Select[Webhook]:
    """The endpoints of the organization acted for.

    Raises:
        NotAllowed: not an owner or manager of it.
    """
    organization_id = policy.acting_organization(actor)
    policy.require_manager(actor, organization_id)
    return select(Webhook).where(Webhook.organization_id == organization_id, Webhook.deleted_at.is_(None))


async def get_webhook(session: AsyncSession, actor: Actor, webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """One endpoint of the organization acted for.

    Raises:
        NotAllowed: not an owner or manager of it.
        NotFound: the organization has no such endpoint.
    """
    rows = webhooks_of(actor).where(Webhook.id == webhook_id)
    webhook = await session.scalar(rows.with_for_update() if lock else rows)
    if webhook is None:
        raise NotFound
    return webhook


async def create_webhook(
    session: AsyncSession, actor: Actor, made: WebhookCreate, *, loopback: bool, key: str
) -> tuple[Webhook, str]:
    """An endpoint that is told from now on, and the secret that signs what it is told.

    Raises:
        NotAllowed, ValidationFailed, TooManyWebhooks
    """
    rows = webhooks_of(actor)
    require_sendable_url(made.url, loopback=loopback)
    if (await session.scalar(select(func.count()).select_from(rows.subquery())) or 0) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(most=MOST_WEBHOOKS)
    webhook = Webhook(
        id=new_id(),
        organization_id=policy.acting_organization(actor),
        url=made.url,
        description=made.description,
        event_types=list(dict.fromkeys(made.event_types)),
        body=made.body,
        status="active",
    )
    secret = give_secret(webhook, key)
    await record_change(session, actor, webhook, verb="create")
    return webhook, secret


async def edit_webhook(
    session: AsyncSession, actor: Actor, webhook: Webhook, *, edited: WebhookUpdate, loopback: bool
) -> None:
    """Change what was sent; what waited goes on when it is active again.

    Raises:
        ValidationFailed
    """
    if edited.url is not None:
        require_sendable_url(edited.url, loopback=loopback)
    for name in edited.model_fields_set:
        setattr(webhook, name, getattr(edited, name))
    if edited.status == "active":
        webhook.disabled_reason = None
    await record_change(session, actor, webhook, verb="edit")
    if webhook.status == "active":
        await rested(session, webhook.id)


async def delete_webhook(session: AsyncSession, actor: Actor, webhook: Webhook) -> None:
    """Forget an endpoint; nothing more is sent there."""
    webhook.deleted_at, webhook.status = clock.now(), "paused"
    await record_change(session, actor, webhook, verb="delete")


async def rotate_secret(session: AsyncSession, actor: Actor, webhook: Webhook, *, key: str) -> str:
    """Sign with a new secret, and for a day with the one before too."""
    secret = give_secret(webhook, key)
    await record_change(session, actor, webhook, verb="rotate-secret")
    return secret


def deliveries_of(webhook: Webhook, *, status: DeliveryStatus | None) -> Select[WebhookDelivery]:
    """The messages for an endpoint."""
    rows = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id)
    return rows if status is None else rows.where(WebhookDelivery.status == status)


async def get_delivery(session: AsyncSession, webhook: Webhook, delivery_id: UUID) -> WebhookDelivery:
    """One message for an endpoint.

    Raises:
        NotFound
    """
    found = await session.scalar(deliveries_of(webhook, status=None).where(WebhookDelivery.id == delivery_id))
    if found is None:
        raise NotFound
    return found


async def replay_one(session: AsyncSession, webhook: Webhook, delivery: WebhookDelivery) -> None:
    """Send a message again, with the id it had: receivers know it by that.

    Raises:
        WebhookNotActive
    """
    _require_active(webhook)
    delivery.status, delivery.attempts, delivery.next_attempt_at = "waiting", 0, clock.now()
    await session.flush()
    await rested(session, webhook.id)


async def replay_many(
    session: AsyncSession, webhook: Webhook, *, status: DeliveryStatus, since: datetime | None
) -> int:
    """Send messages again; returns how many.

    Raises:
        WebhookNotActive
    """
    _require_active(webhook)
    row = WebhookDelivery
    chosen = update(row).where(row.webhook_id == webhook.id, row.status == status)
    if since is not None:
        chosen = chosen.where(row.created_at >= since)
    queued = await session.scalars(
        chosen.values(status="waiting", attempts=0, next_attempt_at=clock.now()).returning(row.id)
    )
    count = len(queued.all())
    await rested(session, webhook.id)
    return count


async def send_test(session: AsyncSession, webhook: Webhook) -> WebhookDelivery:
    """A message that says nothing, to see whether it arrives.

    Raises:
        WebhookNotActive
    """
    _require_active(webhook)
    now = clock.now()
    said = {"type": TEST_TYPE, "timestamp": now.isoformat(), "data": {"entity": "webhook", "id": str(webhook.id)}}
    delivery = WebhookDelivery(
        id=new_id(),
        webhook_id=webhook.id,
        event_type=TEST_TYPE,
        entity_id=webhook.id,
        body=msgspec.json.encode(said).decode(),
        status="waiting",
        attempts=0,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(delivery)
    await session.flush()
    await rested(session, webhook.id)
    return delivery


def _require_active(webhook: Webhook) -> None:
    if webhook.status != "active":
        raise WebhookNotActive
