"""Eras: what a restore into another cluster does to the numbers of transactions that order the change log.

A log that was dumped and restored has transaction numbers of the cluster it came from. Where they are ahead of the new
cluster's own, new entries would stand before old ones, and no follower would ever come to them. So nothing works on
such a database until a new era begins: it moves the numbers of all old entries, and the cursors of our own followers by
the same amount, below those of the new cluster. Order, contents and the hash chain stay as they were. Cursors that
others keep name the era they were given in; those of an older one are refused (410), since entries that they have
passed may not have been in the backup.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.db import Base
from market.core.errors import Unavailable
from market.core.language import Message

AHEAD = """
SELECT coalesce(max(xid), 0) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM change
"""
"""Whether the log has entries of transactions that this cluster has not begun."""
WHAT_TO_DO = "the database was restored from another cluster: run `market new-era` once, before anything writes to it"


class LogAhead(Unavailable):
    code = "log-ahead"
    detail = Message(
        vi="Cơ sở dữ liệu được phục hồi từ nơi khác và chưa bắt đầu kỷ nguyên mới: hãy chạy `market new-era`.",
        en="The database was restored from another cluster and no new era was begun: run `market new-era`.",
    )


class Era(Base):
    """A cluster that the log has lived in."""

    __tablename__ = "era"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    began_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now())
    shift: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """By how much the numbers of the entries before were lowered when it began."""


async def era_of(session: AsyncSession) -> int:
    """The present era."""
    return await session.scalar(select(func.max(Era.number))) or 1


async def require_own_log(session: AsyncSession) -> None:
    """Refuse to work on a log that comes from another cluster.

    Raises:
        LogAhead: and no new era was begun.
    """
    if await session.scalar(text(AHEAD)):
        raise LogAhead


async def begin_era(session: AsyncSession) -> int:
    """Begin a new era in this transaction, whatever the log looks like; its number.

    The log is locked meanwhile. Nothing of what it says changes but the numbers of transactions.
    """
    await session.execute(text("LOCK TABLE change, follower_cursor IN ACCESS EXCLUSIVE MODE"))
    number = await era_of(session) + 1
    # One below the first of this transaction: the entries to come, even in it, are above all that were.
    newest: Any = await session.scalar(
        text("SELECT max(xid) FROM (SELECT xid FROM change UNION ALL SELECT xid FROM follower_cursor) AS all_of_them")
    )
    own: int = await session.scalar(text("SELECT pg_current_xact_id()::text::bigint")) or 0
    shift = max((newest or 0) - own + 1, 0)
    if shift:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await session.execute(text("ALTER TABLE change DISABLE TRIGGER change_append_only"))
        await session.execute(text("UPDATE change SET xid = xid - :shift"), {"shift": shift})
        await session.execute(text("ALTER TABLE change ENABLE TRIGGER change_append_only"))
        moved = "UPDATE follower_cursor SET xid = xid - :shift"
        await session.execute(text(moved), {"shift": shift})
    session.add(Era(number=number, shift=shift))
    await session.flush()
    return number
