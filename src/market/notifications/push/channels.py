"""Ways by which news ring: each takes one short message for one person, and says what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import msgspec
from py_vapid import Vapid02
from pywebpush import WebPusher

from market.core import clock
from market.core.addresses import RefusedAddress, session_to_others
from market.core.sms import SendSms, SmsNotSent
from market.notifications.push.keys import push_key

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
LIVES_SECONDS = 24 * 3600
"""How long a push service keeps a message for a browser that is off."""
TOKEN_SECONDS = 12 * 3600
MOST_TEXT = 1000
"""Characters; a message must stay under 4 kB when it is encrypted."""


class Taken(Enum):
    """What became of a message."""

    YES = "yes"
    GONE = "gone"
    """There is nobody any more: the address is to be forgotten."""
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One short message."""

    text: str
    link: str
    """Where it leads, whole."""
    key: str
    """Of what it is about: a newer one takes the place of an older one."""


class Channel(Protocol):
    """A way to one address."""

    async def send(self, ring: Ring) -> Taken:
        """Hand a message over; never raises for what the other side does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A browser, by its push service: encrypted for it (RFC 8291), signed by the market (RFC 8292)."""

    held: dict[str, Any]
    """As the browser gave it: `endpoint`, and `keys` with `p256dh` and `auth`."""
    secret: str
    contact: str
    """Whom the push service may write to: `mailto:` or `https:`."""
    loopback: bool = False

    async def send(self, ring: Ring) -> Taken:
        """Hand a message over."""
        said = msgspec.json.encode({"text": ring.text[:MOST_TEXT], "link": ring.link, "tag": ring.key})
        body = WebPusher(self.held).encode(said, "aes128gcm")["body"]
        headers = {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(LIVES_SECONDS),
            **self._proof(),
        }
        url = str(self.held["endpoint"])
        to_others = session_to_others(loopback=self.loopback, connect_seconds=CONNECT_SECONDS, seconds=ANSWER_SECONDS)
        try:
            async with to_others as http, http.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                return _judged(answer.status)
        except aiohttp.ClientConnectorError as failure:
            return Taken.GONE if isinstance(failure.os_error, RefusedAddress) else Taken.LATER
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Taken.LATER

    def _proof(self) -> dict[str, str]:
        parts = urlsplit(str(self.held["endpoint"]))
        expires = int(clock.now().timestamp()) + TOKEN_SECONDS
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": self.contact, "exp": expires}
        signed: dict[str, str] = Vapid02(push_key(self.secret)).sign(claims)
        return signed


def _judged(status: int) -> Taken:
    if 200 <= status < 300:
        return Taken.YES
    # 404 and 410: the browser has unsubscribed. Other refusals (a key of before, a body too long) never get better.
    return Taken.LATER if status in {408, 425, 429} or status >= 500 else Taken.GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Messenger:
    """A phone number, by the HTTP gateway of the installation (Zalo, SMS)."""

    phone: str
    gateway: SendSms

    async def send(self, ring: Ring) -> Taken:
        """Hand a message over."""
        try:
            await self.gateway(self.phone, f"{ring.text[:MOST_TEXT]}\n{ring.link}")
        except SmsNotSent:
            return Taken.LATER
        return Taken.YES
