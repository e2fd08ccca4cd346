"""Ids made here rather than by the database, so that many new rows go to it at once, those below them included."""

from __future__ import annotations

import os
import time
from uuid import UUID

_RANDOM_BITS = (1 << 62) - 1
_last_tick = [0]


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, 5.7) as PostgreSQL's `uuidv7()` makes them: milliseconds, twelve bits below them, chance.

    Ids of one process rise strictly, so that rows come back in the order in which they were made.
    """
    tick = max(time.time_ns() * 4096 // 1_000_000, _last_tick[0] + 1)
    _last_tick[0] = tick
    chance = int.from_bytes(os.urandom(8)) & _RANDOM_BITS
    return UUID(int=(tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0x2 << 62 | chance)
