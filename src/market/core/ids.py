"""Ids made here rather than by the database, so that many new rows go to it at once, those below them included."""

from __future__ import annotations

import os
import struct
import time
from uuid import UUID

_RANDOM_BITS = (1 << 62) - 1
_DRAWN_AT_ONCE = 256
_last_tick = [0]
_chances: list[int] = []
os.register_at_fork(after_in_child=_chances.clear)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, 5.7) as PostgreSQL's `uuidv7()` makes them: milliseconds, twelve bits below them, chance.

    Ids of one process rise strictly, so that rows come back in the order in which they were made.
    """
    tick = max(time.time_ns() * 4096 // 1_000_000, _last_tick[0] + 1)
    _last_tick[0] = tick
    chance = _chance() & _RANDOM_BITS
    return UUID(int=(tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0x2 << 62 | chance)


def _chance() -> int:
    """64 bits of the operating system's. Asking it for each id would let other threads in each time."""
    while True:
        try:
            return _chances.pop()
        except IndexError:
            _chances.extend(struct.unpack(f"{_DRAWN_AT_ONCE}Q", os.urandom(8 * _DRAWN_AT_ONCE)))
