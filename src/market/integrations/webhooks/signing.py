"""What proves that a message is ours: sealed secrets, and signatures as Standard Webhooks has them."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from standardwebhooks import Webhook as Signer

from market.core import clock
from market.core.sealing import seal, sealed_anew, unseal
from market.integrations.webhooks.models import Webhook, WebhookDelivery

SECRET_BYTES = 24
BOTH_VALID = timedelta(hours=24)


def _purpose(webhook_id: UUID) -> str:
    return f"webhook {webhook_id}"


def give_secret(webhook: Webhook, key: str) -> str:
    """Sign with a new secret from now on, and for a day with the one before too.

    Args:
        key: the market's secret, which seals those in the database.

    Returns:
        The secret as Standard Webhooks writes it.
    """
    made = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    if webhook.secret is not None:
        webhook.previous_secret, webhook.previous_until = webhook.secret, clock.now() + BOTH_VALID
    webhook.secret = seal(key, made.encode(), purpose=_purpose(webhook.id))
    return made


def open_secrets(webhook: Webhook, key: str, *, at: datetime) -> list[str]:
    """The secrets that messages are signed with at a moment: two while one is being exchanged.

    Raises:
        ValueError: the one in force was sealed with another key.
    """
    opened = [unseal(key, webhook.secret, purpose=_purpose(webhook.id)).decode()]
    if webhook.previous_secret and webhook.previous_until and webhook.previous_until > at:
        try:
            opened.append(unseal(key, webhook.previous_secret, purpose=_purpose(webhook.id)).decode())
        except ValueError:
            return opened
    return opened


async def seal_anew(session: AsyncSession, *, secret: str) -> None:
    """Seal with the market's secret of now what the one before has sealed."""
    for webhook in (await session.scalars(select(Webhook))).all():
        values = {
            name: again
            for name in ("secret", "previous_secret")
            if (sealed := getattr(webhook, name)) is not None
            and (again := sealed_anew(secret, sealed, purpose=_purpose(webhook.id))) is not None
        }
        if values:
            same = (
                Webhook.secret == webhook.secret,
                Webhook.previous_secret.is_not_distinct_from(webhook.previous_secret),
            )
            anew = update(Webhook).where(Webhook.id == webhook.id, *same).values(values)
            await session.execute(anew, execution_options={"synchronize_session": False})


def signature_headers(secrets_: list[str], delivery: WebhookDelivery, *, at: datetime) -> dict[str, str]:
    """The headers that prove a message is ours, with a signature for each secret."""
    id_ = f"msg_{delivery.id.hex}"
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Signer(secret).sign(id_, at, delivery.body) for secret in secrets_),
    }
