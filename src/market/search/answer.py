"""What a search answers: cards as they were stored, in an envelope. Nothing is decoded only to be encoded again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec


class SearchAnswer(msgspec.Struct):
    """`{items, total, facets, understood, degraded, took_ms}`."""

    items: msgspec.Raw | Sequence[Mapping[str, Any]]
    total: int
    """Results there are, not only on this page."""
    facets: Mapping[str, Mapping[str, int]]
    understood: Any
    """What was read from the query; null when nothing was."""
    tiers: Sequence[Mapping[str, Any]]
    """How much each tier that was asked holds."""
    degraded: bool
    """Whether PostgreSQL answered because the engine is down."""
    took_ms: float


def as_list(cards: Iterable[str]) -> msgspec.Raw:
    """Cards that are JSON already, as a list of them."""
    return msgspec.Raw(f"[{','.join(cards)}]")


_encode = msgspec.json.Encoder().encode


def answer_bytes(answer: SearchAnswer) -> bytes:
    """The answer as JSON."""
    return _encode(answer)
