"""What callers have spent, shared by every process: each counts for itself and settles with the others now and then.

Asking costs a caller of the market no statement. Between two settlements, a second apart, processes know nothing of
each other, so that together they may allow what each allows within that second, and no more. Where one attempt matters
(a password), it is settled at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import LargeBinary, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from market.core.db import Base

SETTLE_SECONDS = 1.0


class LimitSpent(Base):
    """When a caller's bucket is full again. Worth nothing after a crash, so it is not logged."""

    __tablename__ = "limit_spent"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012

    caller: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    full_at: Mapped[datetime]


SETTLE = text(
    "INSERT INTO limit_spent (caller, full_at) "
    "SELECT caller, clock_timestamp() + spent * interval '1 second' "
    "FROM unnest(CAST(:callers AS bytea[]), CAST(:spent AS float8[])) AS one (caller, spent) ORDER BY caller "
    "ON CONFLICT (caller) DO UPDATE SET full_at = greatest(limit_spent.full_at, clock_timestamp()) "
    "+ (excluded.full_at - clock_timestamp()) "
    "RETURNING caller, extract(epoch FROM full_at - clock_timestamp())::float8"
)


def key_of(bucket: str, caller: Hashable) -> bytes:
    """A caller as the table knows it: addresses and identifiers of people do not stand in it."""
    return hashlib.blake2b(f"{bucket}\0{caller!r}".encode(), digest_size=16).digest()


async def settle(session: AsyncSession, spent: Mapping[bytes, float]) -> dict[bytes, float]:
    """Add what was spent here (seconds of a bucket's filling); gives in how many seconds each bucket is full again."""
    if not spent:
        return {}
    callers: Sequence[bytes] = sorted(spent)
    rows = await session.execute(SETTLE, {"callers": callers, "spent": [spent[caller] for caller in callers]})
    return {bytes(caller): float(seconds) for caller, seconds in rows}


async def forget_full_buckets(session: AsyncSession) -> None:
    """Drop callers whose bucket has been full for a while (an hourly job)."""
    await session.execute(text("DELETE FROM limit_spent WHERE full_at < clock_timestamp() - interval '1 minute'"))


async def forget(session: AsyncSession, caller: bytes) -> None:
    """Give a caller a full bucket again."""
    await session.execute(text("DELETE FROM limit_spent WHERE caller = :caller"), {"caller": caller})
