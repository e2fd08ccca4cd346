"""Idempotency-Key: the same request sent twice is done once and answered twice alike.

The answer is stored in the transaction of the write, so there is no moment at which one exists without the other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import LargeBinary, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.access import Actor
from market.core.db import Base
from market.core.errors import Conflict, MarketError, ValidationFailed
from market.core.language import Message

if TYPE_CHECKING:
    from litestar.types import Send

KEPT = timedelta(hours=48)
MAX_KEY_LENGTH = 255
REPLAYED_HEADERS = (b"content-type", b"location", b"etag")


class StoredAnswer(Base):
    """The answer to one key of one actor."""

    __tablename__ = "idempotent_answer"

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int]
    headers: Mapped[dict[str, str]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)

    async def replay(self, send: Send) -> None:
        """Answer as the first time, marked `Idempotent-Replayed: true`."""
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        headers += [(b"idempotent-replayed", b"true"), (b"content-length", str(len(self.body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


class StillRunning(Conflict):
    code = "idempotency-in-flight"
    detail = Message(
        vi="Yêu cầu trước với cùng Idempotency-Key đang được xử lý.",
        en="An earlier request with the same Idempotency-Key is still being handled.",
    )


class KeyReused(MarketError):
    status, code = 422, "idempotency-key-reused"
    title = Message(vi="Khóa đã dùng cho yêu cầu khác", en="Key used for another request")
    detail = Message(
        vi="Idempotency-Key này đã dùng cho một yêu cầu có nội dung khác.",
        en="This Idempotency-Key was used for a request with another body.",
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a key, held until the transaction ends; or the answer that it already has."""

    scope: str
    key: str
    fingerprint: bytes
    stored: StoredAnswer | None


async def claim(session: AsyncSession, actor: Actor, *, key: str, method: str, path: str, body: bytes) -> Claim:
    """Claim a key for this transaction.

    Raises:
        StillRunning: another transaction holds the key now.
        KeyReused: the key was used with another method, path or body.
        ValidationFailed: the key is empty or longer than 255 characters.
    """
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        message = Message(vi="Idempotency-Key dài từ 1 đến 255 ký tự.", en="Idempotency-Key has 1 to 255 characters.")
        raise ValidationFailed.single("/Idempotency-Key", "invalid-idempotency-key", message)
    scope = str(actor.user_id or actor.credential_id or "anonymous")
    fingerprint = hashlib.sha256(b"\0".join([method.encode(), path.encode(), body])).digest()
    locked = await session.scalar(
        select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"idempotency:{scope}:{key}", 0)))
    )
    if not locked:
        raise StillRunning(headers={"Retry-After": "1"})
    stored = await session.get(StoredAnswer, (scope, key))
    if stored is not None and stored.created_at < clock.now() - KEPT:
        await session.delete(stored)
        await session.flush()
        stored = None
    if stored is not None and stored.fingerprint != fingerprint:
        raise KeyReused
    return Claim(scope, key, fingerprint, stored)


async def store(
    session: AsyncSession, claim: Claim, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    """Keep the answer beside the write."""
    kept = {name.decode(): value.decode() for name, value in headers if name.lower() in REPLAYED_HEADERS}
    session.add(
        StoredAnswer(
            scope=claim.scope,
            key=claim.key,
            fingerprint=claim.fingerprint,
            status=status,
            headers=kept,
            body=body,
            created_at=clock.now(),
        )
    )
    await session.flush()


async def forget_old_answers(session: AsyncSession) -> None:
    """Drop the answers past their 48 hours (a nightly job)."""
    await session.execute(delete(StoredAnswer).where(StoredAnswer.created_at < clock.now() - KEPT))
