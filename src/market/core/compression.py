"""Answers made smaller on the wire, where the caller takes it and it is worth the time.

Zstandard at its quickest takes some 30 µs for a page of results, a fiftieth of what finding them takes; Brotli and
gzip take several times that, so of what a caller ranks equally it gets Zstandard. What anybody may keep (`public`, with
an ETag) is compressed harder, once.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import brotli
import zstandard

if TYPE_CHECKING:
    from litestar.types import Message, Send

LEAST_BYTES = 1400
"""What fits into one packet anyway gains nothing."""
MOST_KEPT, MOST_BYTES_KEPT = 64, 4_000_000
TEXTS = (b"text/", b"application/json", b"application/problem+json", b"application/ld+json", b"application/javascript")
TEXT_ENDINGS = (b"+json", b"+xml", b"/xml", b"/yaml")

Compress = Callable[[bytes], bytes]
_zstandard = zstandard.ZstdCompressor(level=1)


def _gzip(body: bytes, level: int) -> bytes:
    packing = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packing.compress(body) + packing.flush()


QUICK: Mapping[str, Compress] = {
    "zstd": _zstandard.compress,
    "br": lambda body: brotli.compress(body, quality=1),
    "gzip": lambda body: _gzip(body, 1),
}
"""By encoding, the one we would rather send first."""
HARD: Mapping[str, Compress] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=12).compress(body),
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: _gzip(body, 6),
}


def chosen_encoding(accept: str) -> str | None:
    """Which of our encodings a caller ranks highest (RFC 9110, 12.5.3); None for none of them."""
    ranks: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, _, parameters = part.strip().partition(";")
        ranks[name.strip()] = _rank(parameters)
    best, best_rank = None, 0.0
    for encoding in QUICK:
        rank = ranks.get(encoding, ranks.get("*", 0.0))
        if rank > best_rank:
            best, best_rank = encoding, rank
    return best if best_rank >= ranks.get("identity", 0.0) else None


def _rank(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


class Compression:
    """Compresses the answers of one process; what is public and unchanged is compressed once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, bytes, int], bytes] = OrderedDict()
        self._bytes = 0

    def wrapped(self, send: Send, accept: str) -> Send:
        """`send`, compressing what leaves in one part."""
        encoding = chosen_encoding(accept)
        start: Message | None = None

        async def send_smaller(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    start, message = self._smaller(start, message, encoding)
                await send(start)
                start = None
            await send(message)

        return send_smaller

    def _smaller(self, start: Message, message: Message, encoding: str | None) -> tuple[Message, Message]:
        body: bytes = message.get("body", b"")  # type: ignore[assignment]
        headers: list[tuple[bytes, bytes]] = [(name.lower(), value) for name, value in start.get("headers", ())]  # type: ignore[attr-defined]
        told = dict(headers)
        if len(body) < LEAST_BYTES or b"content-encoding" in told or not _is_text(told.get(b"content-type", b"")):
            return start, message
        vary = [b"Accept-Encoding", *([told[b"vary"]] if b"vary" in told else [])]
        kept = [header for header in headers if header[0] not in {b"vary", b"content-length", b"etag"}]
        tag = told.get(b"etag")
        if encoding is not None:
            body = self._compressed(encoding, body, told)
            kept.append((b"content-encoding", encoding.encode()))
            # The same meaning in other bytes; If-Match and If-None-Match read the tag either way.
            tag = tag if tag is None or tag.startswith(b"W/") else b"W/" + tag
        kept += [(b"vary", b", ".join(vary)), (b"content-length", b"%d" % len(body))]
        kept += [(b"etag", tag)] if tag is not None else []
        return {**start, "headers": kept}, {**message, "body": body}  # type: ignore[return-value]

    def _compressed(self, encoding: str, body: bytes, told: Mapping[bytes, bytes]) -> bytes:
        tag = told.get(b"etag")
        if tag is None or b"public" not in told.get(b"cache-control", b""):
            return QUICK[encoding](body)
        key = (encoding, tag, len(body))
        if (found := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return found
        made = self._kept[key] = HARD[encoding](body)
        self._bytes += len(made)
        while len(self._kept) > MOST_KEPT or self._bytes > MOST_BYTES_KEPT:
            self._bytes -= len(self._kept.popitem(last=False)[1])
        return made


def _is_text(content_type: bytes) -> bool:
    media_type = content_type.partition(b";")[0].strip().lower()
    return media_type.startswith(TEXTS) or media_type.endswith(TEXT_ENDINGS)
