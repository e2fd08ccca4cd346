"""One message to one endpoint: signed as Standard Webhooks has it, sent once, judged by its answer."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from standardwebhooks import Webhook as Signer

from market.core import clock
from market.integrations.webhooks.addresses import PublicResolver, RefusedAddress, may_go_to
from market.integrations.webhooks.models import Webhook, WebhookDelivery

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
LONGEST_WAIT = timedelta(hours=12)
USER_AGENT = "Market-Webhooks/1"
SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt."""

    status: int | None
    error: str | None
    took_ms: int
    wait: timedelta | None = None
    """How long the endpoint asks to be left alone."""

    @property
    def arrived(self) -> bool:
        return self.error is None

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint says that it wants no more."""
        return self.status == 410


def new_secret() -> str:
    """A signing secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature_headers(webhook: Webhook, delivery: WebhookDelivery, *, at: datetime) -> dict[str, str]:
    """The headers that prove a message is ours; while a secret is being exchanged, with both."""
    known = [webhook.secret]
    if webhook.previous_secret and webhook.previous_until and webhook.previous_until > at:
        known.append(webhook.previous_secret)
    id_ = f"msg_{delivery.id.hex}"
    signatures = [Signer(secret).sign(id_, at, delivery.body) for secret in known]
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


async def send_message(webhook: Webhook, delivery: WebhookDelivery, *, loopback: bool) -> Outcome:
    """Try once; never raises for what an endpoint does."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        **signature_headers(webhook, delivery, at=clock.now()),
    }
    started = time.perf_counter()
    status, error, wait = None, None, None
    try:
        _require_allowed_literal(webhook.url, loopback=loopback)
        connector = aiohttp.TCPConnector(resolver=PublicResolver(loopback=loopback), force_close=True)
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as http,
            http.post(webhook.url, data=delivery.body.encode(), headers=headers, allow_redirects=False) as answer,
        ):
            status = answer.status
            wait = _asked_wait(answer.headers.get("Retry-After"))
            error = None if 200 <= status < 300 else "redirected" if 300 <= status < 400 else "refused"
    except TimeoutError:
        error = "no-answer"
    except RefusedAddress:
        error = "address-refused"
    except aiohttp.ClientConnectorError as failure:
        error = "address-refused" if isinstance(failure.os_error, RefusedAddress) else "not-connected"
    except (aiohttp.ClientError, OSError, ValueError):
        error = "not-connected"
    return Outcome(status, error, round((time.perf_counter() - started) * 1000), wait)


def _require_allowed_literal(url: str, *, loopback: bool) -> None:
    # Addresses written as numbers are never looked up, so the resolver does not see them.
    host = urlsplit(url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return
    if not may_go_to(host, loopback=loopback):
        raise RefusedAddress(f"{host} is not public")


def _asked_wait(header: str | None) -> timedelta | None:
    if header is None:
        return None
    try:
        seconds = float(header) if header.strip().isdigit() else _seconds_until(header)
    except (ValueError, TypeError):
        return None
    return min(timedelta(seconds=max(seconds, 0)), LONGEST_WAIT)


def _seconds_until(header: str) -> float:
    return (parsedate_to_datetime(header) - clock.now()).total_seconds()
