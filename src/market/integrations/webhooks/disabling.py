"""Endpoints that are given up, with a word to their people; and messages that are no longer kept."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import record_change
from market.core.jobs import Schedule
from market.integrations.webhooks.models import DisabledReason, Webhook, WebhookDelivery
from market.notifications.kinds import Kind, OfWebhook
from market.organizations.people import notify

KEPT = timedelta(days=30)
MOST_AT_ONCE = 5000
"""Messages forgotten in one transaction: a long one holds the followers of the log back."""


async def disable(session: AsyncSession, webhook: Webhook, *, reason: DisabledReason) -> None:
    """Send nothing more to an endpoint until it is made active again; its organization is told."""
    webhook.status, webhook.disabled_reason = "disabled", reason
    await record_change(session, SYSTEM, webhook, verb="disable")
    payload = OfWebhook(
        id=webhook.id,
        version=webhook.version,
        host=urlsplit(webhook.url).hostname or "",
        variant="" if reason == "failing" else reason.replace("-", "_"),
    )
    await notify(session, Kind.WEBHOOK_DISABLED, organizations=[webhook.organization_id], payload=payload)


async def forget_old_deliveries(session: AsyncSession) -> None:
    """Drop the messages that were made more than 30 days ago, whatever became of them; some thousands at a time."""
    row = WebhookDelivery
    old = select(row.id).where(row.created_at < clock.now() - KEPT).limit(MOST_AT_ONCE)
    await session.execute(delete(row).where(row.id.in_(old)), execution_options={"synchronize_session": False})


SWEEP_SCHEDULE = Schedule("forget_old_deliveries", "*/10 * * * *", forget_old_deliveries)
