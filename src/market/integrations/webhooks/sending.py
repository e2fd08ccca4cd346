"""One message to one endpoint: signed as Standard Webhooks has it, sent once, judged by its answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from market.core import clock
from market.core.addresses import RefusedAddress, session_to_others
from market.integrations.webhooks.models import WebhookDelivery
from market.integrations.webhooks.signing import signature_headers

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
LONGEST_WAIT = timedelta(hours=12)
USER_AGENT = "Market-Webhooks/1"


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


async def send_message(url: str, delivery: WebhookDelivery, *, secrets: list[str], loopback: bool) -> Outcome:
    """Try once; never raises for what an endpoint does.

    Args:
        secrets: what it is signed with.
        loopback: whether it may go to this very machine.
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        **signature_headers(secrets, delivery, at=clock.now()),
    }
    started = time.perf_counter()
    status, error, wait = None, None, None
    try:
        async with (
            session_to_others(loopback=loopback, connect_seconds=CONNECT_SECONDS, seconds=ANSWER_SECONDS) as http,
            http.post(url, data=delivery.body.encode(), headers=headers, allow_redirects=False) as answer,
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
