"""The request as this application reads it: whatever a body holds, it is read or refused."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from ipaddress import IPv6Address
from typing import Any

from litestar import Request
from litestar.types import Empty

from market.core.errors import MalformedRequest, UnsupportedMediaType, ValidationFailed
from market.core.language import Message

HEADERS_ONLY = "headers_only"
"""Said of a request for an answer without its body: nothing that it could tell is worth waiting for."""
LOOPBACK = ("127.", "::1")
LONG = 50_000
"""Bytes of a body that takes the loop some milliseconds."""
MOST_NAMED = 10
"""Fields that a refusal names."""
CHARSET = re.compile(r'charset\s*=\s*"?([^\s;"]+)', re.IGNORECASE)
REPEATED_FIELD = Message(
    vi="Cùng một trường được ghi hai lần: {names}; hãy ghi mỗi trường một lần.",
    en="A field is there twice: {names}; name each once.",
)


class MarketRequest(Request[Any, Any, Any]):
    """Refuses bodies that the framework's decoder stumbles over: broken UTF-8 and brackets without end."""

    async def json(self) -> Any:
        """The body, decoded.

        Raises:
            UnsupportedMediaType: it says that it is something else than JSON in UTF-8, or compressed.
            MalformedRequest: not UTF-8, or nested deeper than any document of ours.
            ValidationFailed: an object names a field twice, of which readers take the first or the last.
        """
        encoding = self.headers.get("content-encoding", "identity").lower()
        if encoding != "identity" or not _says_json(self.headers.get("content-type", "")):
            raise UnsupportedMediaType
        if self._json is not Empty:
            return self._json
        try:
            read = await super().json()
            body = await self.body()
            if len(body) <= LONG:
                repeated = _repeated_fields(body)
            else:  # others go on while it is gone through once more
                repeated = await asyncio.to_thread(_repeated_fields, body)
        except (UnicodeDecodeError, RecursionError):
            raise MalformedRequest from None
        if repeated:
            raise ValidationFailed.single("", "repeated-field", REPEATED_FIELD, names=", ".join(repeated))
        return read


def _repeated_fields(body: bytes) -> list[str]:
    """Names that an object in well-formed JSON has more than once."""
    repeated: dict[str, None] = {}

    def look(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                repeated[name] = None
            seen.add(name)

    if body:
        json.loads(body, object_pairs_hook=look, parse_int=str, parse_float=str)
    return list(repeated)[:MOST_NAMED]


def _says_json(content_type: str) -> bool:
    """JSON, a form of it such as `application/merge-patch+json`, or nothing said; in UTF-8."""
    kind, _, parameters = content_type.partition(";")
    charset = CHARSET.search(parameters)
    if charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        return False
    media_type = kind.strip().lower()
    return media_type in ("", "application/json") or (media_type[:12] == "application/" and media_type[-5:] == "+json")


def with_head(methods: Iterable[str]) -> set[str]:
    """The methods of a path, and HEAD where there is GET."""
    known = set(methods)
    return known | {"HEAD"} if "GET" in known else known


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
