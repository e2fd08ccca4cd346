"""Messages on their way: an endpoint's are sent in order, again and again over three days, and never hold up others."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.access import SYSTEM
from market.core.changes import record_change
from market.core.job_queue import enqueue
from market.core.jobs import Job, Schedule
from market.integrations.webhooks.models import Webhook, WebhookDelivery
from market.integrations.webhooks.sending import Outcome, send_message

log = structlog.get_logger(__name__)

JOB = "deliver_webhook"
PAUSES = (
    tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 10800, 21600))
    + (timedelta(hours=12),) * 5
)
"""Between attempts: fourteen over three days."""
JITTER = 0.2
AT_ONCE = 10
"""Messages that go out before what became of them is noted: noting holds the log's followers up while it lasts."""
MOST_ENDPOINTS = 8
"""Endpoints that one worker waits for at a time; what they take is a connection to the database each."""
BUSY_AGAIN = timedelta(seconds=2)

_sending = asyncio.Semaphore(MOST_ENDPOINTS)


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; None when that was the last. Jittered, so that no herd comes back."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + random.uniform(-JITTER, JITTER))  # noqa: S311  (no secret)


async def wake(session: AsyncSession, webhook_id: UUID, *, after: timedelta | None = None) -> None:
    """Have an endpoint's messages sent."""
    # A job under way counts as one that waits: whoever asks from within it must not be taken for the same.
    key = None if after is not None else f"{JOB}:{webhook_id}"
    await enqueue(session, JOB, {"webhook": str(webhook_id)}, after=after, dedupe_key=key)


async def deliver(session: AsyncSession, webhook_id: UUID, *, loopback: bool) -> None:
    """Send what is due to an endpoint, in order, until one does not arrive."""
    async with _sending:
        lock = func.pg_try_advisory_xact_lock(func.hashtextextended(f"webhook:{webhook_id}", 0))
        if not await session.scalar(select(lock)):
            await wake(session, webhook_id, after=BUSY_AGAIN)
            return
        webhook = await session.get(Webhook, webhook_id)
        if webhook is None or webhook.deleted_at is not None or webhook.status != "active":
            return
        due = await _due(session, webhook_id)
        outcomes: list[tuple[WebhookDelivery, Outcome]] = []
        for delivery in due:
            outcome = await send_message(webhook, delivery, loopback=loopback)
            outcomes.append((delivery, outcome))
            if not outcome.arrived:
                break
    # Only from here on does the transaction write: one that writes holds the followers of the log back.
    for delivery, outcome in outcomes:
        _note(delivery, outcome)
    if outcomes and outcomes[-1][1].is_gone:
        webhook.status, webhook.disabled_reason = "disabled", "gone"
        await record_change(session, SYSTEM, webhook, verb="disable")
    elif outcomes:
        await _go_on(session, webhook_id, outcomes)


async def _due(session: AsyncSession, webhook_id: UUID) -> list[WebhookDelivery]:
    waiting = (WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.status == "waiting")
    first = select(WebhookDelivery).where(*waiting).order_by(WebhookDelivery.id).limit(AT_ONCE)
    # What waits for its next attempt holds up what comes after it no longer than it must: only the due are sent.
    return list(await session.scalars(first.where(WebhookDelivery.next_attempt_at <= clock.now())))


def _note(delivery: WebhookDelivery, outcome: Outcome) -> None:
    now = clock.now()
    delivery.attempts += 1
    delivery.last_attempt_at, delivery.took_ms = now, outcome.took_ms
    delivery.response_status, delivery.error = outcome.status, outcome.error
    if outcome.arrived:
        delivery.status = "delivered"
    elif outcome.is_gone or (pause := pause_after(delivery.attempts)) is None:
        delivery.status = "failed"
    else:
        delivery.next_attempt_at = now + max(pause, outcome.wait or timedelta())


async def _go_on(session: AsyncSession, webhook_id: UUID, outcomes: list[tuple[WebhookDelivery, Outcome]]) -> None:
    last, outcome = outcomes[-1]
    if outcome.arrived:
        await session.flush()
        if await _due(session, webhook_id):
            await wake(session, webhook_id, after=timedelta())
        return
    log.info("webhook_not_delivered", webhook=str(webhook_id), error=outcome.error, status=outcome.status)
    if last.status == "waiting":
        # The others of an endpoint that does not answer wait with the one that found it out.
        for delivery in await _due(session, webhook_id):
            delivery.next_attempt_at = max(delivery.next_attempt_at, last.next_attempt_at)
        await session.flush()
        await wake(session, webhook_id, after=last.next_attempt_at - clock.now())


def webhook_job(*, loopback: bool) -> Job:
    """The job that sends an endpoint's messages."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        await deliver(session, UUID(payload["webhook"]), loopback=loopback)

    return Job(JOB, run)


async def wake_overdue(session: AsyncSession) -> None:
    """Wake every endpoint with messages that are due, whatever became of its job."""
    due = (WebhookDelivery.status == "waiting", WebhookDelivery.next_attempt_at <= clock.now())
    rows = select(WebhookDelivery.webhook_id).join(Webhook).where(*due, Webhook.status == "active").distinct()
    for webhook_id in await session.scalars(rows):
        await wake(session, webhook_id)


WEBHOOK_SCHEDULE = Schedule("wake_webhooks", "* * * * *", wake_overdue)
