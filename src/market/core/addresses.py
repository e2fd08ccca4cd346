"""Where messages may go: addresses of the open internet only, judged when the connection is made.

A name is looked up once for a connection, every address it has is judged, and the connection goes to what was
judged: a name that answers otherwise the second time (DNS rebinding) gains nothing. The last word has the address that
a socket is made for (`socket_to`), however it was spelled. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import aiohttp
from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from market.core.errors import FieldError, ValidationFailed
from market.core.language import Message

LONGEST_URL = 2000
LOOKUPS_AT_ONCE = 8
GLOBAL_UNICAST = ip_network("2000::/3")
"""All of IPv6 that anybody has been given; what translates to IPv4 (64:ff9b::/96, ::/96) lies outside."""
NOT_FOR_SERVERS = [
    ip_network(net)
    for net in ("2001::/23", "2002::/16", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")  # tunnels, examples, relays
]

BAD_URL = Message(
    vi="Địa chỉ phải có dạng https://tên-miền/..., không kèm tên đăng nhập.",
    en="The address must be https://host/..., without a user name in it.",
)
NOT_PUBLIC = Message(
    vi="Địa chỉ này không thuộc Internet công cộng.", en="This address is not one of the public internet."
)


class RefusedAddress(OSError):
    """A name leads to an address that no message may go to."""


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet."""
    parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if parsed not in GLOBAL_UNICAST:
            return False
    if any(parsed in network for network in NOT_FOR_SERVERS):
        return False
    odd = parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified or parsed.is_link_local
    return parsed.is_global and not odd and not parsed.is_loopback


def may_go_to(address: str, *, loopback: bool) -> bool:
    """Whether a message may go to an address.

    Args:
        loopback: whether this very machine counts, as in development.
    """
    parsed = ip_address(address.partition("%")[0])
    return is_public(address) or (loopback and parsed.is_loopback)


def require_sendable_url(url: str, *, loopback: bool, pointer: str = "/url") -> None:
    """Refuse addresses that can be told to be wrong without looking them up.

    Raises:
        ValidationFailed: no https address, or one of a private network.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    schemes = {"https", "http"} if loopback else {"https"}
    wrong = len(url) > LONGEST_URL or parts.scheme not in schemes or not host or "@" in parts.netloc or port == 0
    if wrong or any(ord(letter) <= 32 or letter == "\\" for letter in url):
        raise ValidationFailed(errors=[FieldError(pointer, "bad-url", BAD_URL)])
    if not _literal_allowed(url, loopback=loopback):
        raise ValidationFailed(errors=[FieldError(pointer, "not-public", NOT_PUBLIC)])


def _literal_allowed(url: str, *, loopback: bool) -> bool:
    """Whether the host, if it is an address however spelled, is one that a message may go to."""
    try:
        host = (URL(url).raw_host or "").rstrip(".").lower()
    except ValueError:
        return False
    if host.endswith(("localhost", ".local", ".internal")):
        return loopback
    try:
        return may_go_to(host, loopback=loopback)
    except ValueError:
        pass
    try:
        return may_go_to(socket.inet_ntoa(socket.inet_aton(host)), loopback=loopback)  # 127.1, 0x7f.1, 2130706433
    except OSError:
        return True  # a name: judged when it is looked up


def socket_to(place: AddrInfoType, *, loopback: bool) -> socket.socket:
    """A socket for a connection to an address.

    Raises:
        RefusedAddress: no message may go there.
    """
    family, kind, protocol, _, address = place
    if not may_go_to(str(address[0]), loopback=loopback):
        raise RefusedAddress(f"{address[0]} is not public")
    return socket.socket(family, kind, protocol)


_lookups = ThreadPoolExecutor(LOOKUPS_AT_ONCE, thread_name_prefix="names-of-others")
"""Threads of their own: names that are never answered for hold up no mail."""


def session_to_others(*, loopback: bool, connect_seconds: float, seconds: float) -> aiohttp.ClientSession:
    """A session for one request to an address that somebody gave us."""
    connector = aiohttp.TCPConnector(
        resolver=PublicResolver(loopback=loopback),
        # Addresses written as numbers are never looked up: the resolver does not see them.
        socket_factory=partial(socket_to, loopback=loopback),
        force_close=True,
    )
    timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=connect_seconds)
    return aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False)


class PublicResolver(AbstractResolver):
    """Looks a name up and gives the connection only addresses that a message may go to."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name.

        Raises:
            RefusedAddress: one of them is no public one.
        """
        loop = asyncio.get_running_loop()
        looked_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, family=family)
        found = await loop.run_in_executor(_lookups, looked_up)
        results: list[ResolveResult] = []
        for kind, _, protocol, _, place in found:
            address = str(place[0])
            if not may_go_to(address, loopback=self._loopback):
                raise RefusedAddress(f"{host} is not public")
            results.append(
                ResolveResult(
                    hostname=host, host=address, port=port, family=kind, proto=protocol, flags=socket.AI_NUMERICHOST
                )
            )
        return results

    async def close(self) -> None:
        """Nothing is held open."""
