"""The request as this application reads it: whatever a body holds, it is read or refused."""

from __future__ import annotations

from ipaddress import IPv6Address
from typing import Any

from litestar import Request

from market.core.errors import MalformedRequest


class MarketRequest(Request[Any, Any, Any]):
    """Refuses bodies that the framework's decoder stumbles over: broken UTF-8 and brackets without end."""

    async def json(self) -> Any:
        """The body, decoded.

        Raises:
            MalformedRequest: not UTF-8, or nested deeper than any document of ours.
        """
        try:
            return await super().json()
        except (UnicodeDecodeError, RecursionError):
            raise MalformedRequest from None


def client_address(scope: Any, *, trusted_proxies: int) -> str:
    """The address a request came from; a /64 for IPv6, where one household has billions of addresses.

    Args:
        trusted_proxies: how many proxies of ours stand in front; each appends to `X-Forwarded-For` whom it saw.
    """
    address = scope["client"][0] if scope.get("client") else "unknown"
    if trusted_proxies:
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        seen = [part.strip() for part in forwarded.decode("latin-1").split(",") if part.strip()]
        if len(seen) >= trusted_proxies:
            address = seen[-trusted_proxies]
    return _network(str(address))


def _network(address: str) -> str:
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
