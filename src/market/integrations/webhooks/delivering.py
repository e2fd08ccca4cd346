"""Messages on their way: an endpoint's are sent in order, again and again over three days, and never hold up others."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from market.core import clock
from market.core.job_queue import enqueue
from market.core.jobs import Job, Schedule
from market.integrations.webhooks.disabling import disable
from market.integrations.webhooks.models import DisabledReason, Webhook, WebhookDelivery, WebhookRest
from market.integrations.webhooks.sending import Outcome, send_message
from market.integrations.webhooks.signing import open_secrets

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
MOST_SECONDS = 15.0
"""After so long an endpoint that answers slowly lets the next one have its place, and goes on after it."""
REFUSED_IN_A_ROW = 3
"""So many messages that an endpoint answers with an error are its own failure; fewer may be theirs."""
MOST_ENDPOINTS = 8
"""Endpoints that one worker waits for at a time; what they take is a connection to the database each."""
BUSY_AGAIN = timedelta(seconds=2)

Sent = tuple[WebhookDelivery, Outcome]

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


async def deliver(session: AsyncSession, webhook_id: UUID, *, loopback: bool, key: str) -> None:
    """Send what is due to an endpoint, in order, until it does not take them.

    Args:
        loopback: whether messages may go to this very machine.
        key: the market's secret, which opens those of endpoints.
    """
    async with _sending:
        lock = func.pg_try_advisory_xact_lock(func.hashtextextended(f"webhook:{webhook_id}", 0))
        if not await session.scalar(select(lock)):
            await wake(session, webhook_id, after=BUSY_AGAIN)
            return
        webhook = await session.get(Webhook, webhook_id)
        if webhook is None or webhook.deleted_at is not None or webhook.status != "active":
            return
        rest = await session.get(WebhookRest, webhook_id)
        if rest is not None and rest.until > clock.now():
            return
        due = await _due(session, webhook_id)
        try:
            secrets = open_secrets(webhook, key, at=clock.now())
        except ValueError:
            await disable(session, webhook, reason="secret-lost")
            return
        outcomes = await _sent(webhook.url, due, secrets, loopback=loopback)
    # Only from here on does the transaction write: one that writes holds the followers of the log back.
    for delivery, outcome in outcomes:
        _note(delivery, outcome)
    await session.flush()
    if reason := await _reason_to_stop(session, webhook_id, outcomes):
        await disable(session, webhook, reason=reason)
    elif outcomes:
        await _go_on(session, webhook_id, outcomes)


async def _sent(url: str, due: Sequence[WebhookDelivery], secrets: list[str], *, loopback: bool) -> list[Sent]:
    """Send until the endpoint takes no more, or has had its time."""
    outcomes: list[Sent] = []
    until = time.monotonic() + MOST_SECONDS
    for delivery in due:
        outcome = await send_message(url, delivery, secrets=secrets, loopback=loopback)
        outcomes.append((delivery, outcome))
        if outcome.is_gone or takes_no_more(outcomes) or time.monotonic() > until:
            break
    return outcomes


def takes_no_more(outcomes: Sequence[Sent]) -> bool:
    """Whether the endpoint fails, and not a message: silent, elsewhere, asking to wait or refusing all."""
    last = outcomes[-1][1]
    if last.arrived:
        return False
    lately = [outcome for _, outcome in outcomes[-REFUSED_IN_A_ROW:]]
    refusing = len(lately) == REFUSED_IN_A_ROW and not any(outcome.arrived for outcome in lately)
    return last.error != "refused" or last.wait is not None or refusing


async def _reason_to_stop(session: AsyncSession, webhook_id: UUID, outcomes: Sequence[Sent]) -> DisabledReason | None:
    if outcomes and outcomes[-1][1].is_gone:
        return "gone"
    given_up = [delivery.created_at for delivery, outcome in outcomes if delivery.status == "failed"]
    if not given_up:
        return None
    row = WebhookDelivery
    arrived = select(row.id).where(row.webhook_id == webhook_id, row.status == "delivered")
    # One that was tried for three days and did not arrive, and none of the others did since it was made.
    since = arrived.where(row.last_attempt_at >= max(given_up)).limit(1)
    return "failing" if await session.scalar(since) is None else None


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


async def _go_on(session: AsyncSession, webhook_id: UUID, outcomes: Sequence[Sent]) -> None:
    last, outcome = outcomes[-1]
    if takes_no_more(outcomes):
        log.info("webhook_not_delivered", webhook=str(webhook_id), error=outcome.error, status=outcome.status)
        until = last.next_attempt_at if last.status == "waiting" else clock.now() + PAUSES[0]
        rest = insert(WebhookRest).values(webhook_id=webhook_id, until=until)
        await session.execute(rest.on_conflict_do_update(index_elements=["webhook_id"], set_={"until": until}))
        await wake(session, webhook_id, after=until - clock.now())
        return
    waiting = (WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.status == "waiting")
    next_at = await session.scalar(select(func.min(WebhookDelivery.next_attempt_at)).where(*waiting))
    if next_at is not None:
        await wake(session, webhook_id, after=max(next_at - clock.now(), timedelta()))


async def rested(session: AsyncSession, webhook_id: UUID) -> None:
    """Try an endpoint again although it was to be left alone: somebody says that it takes messages now."""
    await session.execute(delete(WebhookRest).where(WebhookRest.webhook_id == webhook_id))
    await wake(session, webhook_id)


def webhook_job(*, loopback: bool, key: str) -> Job:
    """The job that sends an endpoint's messages."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        await deliver(session, UUID(payload["webhook"]), loopback=loopback, key=key)

    return Job(JOB, run)


async def wake_overdue(session: AsyncSession) -> None:
    """Wake every endpoint with messages that are due, whatever became of its job."""
    due = (WebhookDelivery.status == "waiting", WebhookDelivery.next_attempt_at <= clock.now())
    resting = select(WebhookRest.webhook_id).where(WebhookRest.until > clock.now())
    rows = select(WebhookDelivery.webhook_id).join(Webhook).where(*due, Webhook.status == "active").distinct()
    rows = rows.where(Webhook.id.not_in(resting))
    for webhook_id in await session.scalars(rows):
        await wake(session, webhook_id)


WEBHOOK_SCHEDULE = Schedule("wake_webhooks", "* * * * *", wake_overdue)
