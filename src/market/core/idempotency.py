"""Idempotency-Key: the same request sent twice is done once and answered twice alike.

The answer is stored in the transaction of the write, so there is no moment at which one exists without the other.
Requests hold passwords and answers hold tokens, so neither is kept as it is. Of a request there is a keyed hash. An
answer is sealed (AES-256-GCM) under a key made from the market's secret and the request itself: only who sends the same
request again can open it, and not even who has the table and the market's secret.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Boolean, LargeBinary, Select, Text, bindparam, delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock
from market.core.access import Actor
from market.core.db import Base
from market.core.errors import Conflict, MarketError, ValidationFailed
from market.core.language import Message
from market.core.sealing import valid_secrets

if TYPE_CHECKING:
    from litestar.types import Send

KEPT = timedelta(hours=48)
KEY = re.compile(r"^[\x21-\x7e]{1,255}$")
NONCE_BYTES = 12
CLAIMED = "idempotency_claimed"
REPLAYED_HEADERS = (b"content-type", b"location", b"etag", b"cache-control")


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


class StillRunning(Conflict):
    code = "idempotency-in-flight"
    detail = Message(
        vi="Yêu cầu trước với cùng Idempotency-Key đang được xử lý.",
        en="An earlier request with the same Idempotency-Key is still being handled.",
    )

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class AnswerLost(Conflict):
    code = "idempotency-answer-lost"
    detail = Message(
        vi="Yêu cầu với Idempotency-Key này đã được thực hiện, nhưng câu trả lời đã mất; hãy đọc lại kết quả.",
        en="The request with this Idempotency-Key was done, but its answer can no longer be shown; read what it made.",
    )


class KeyReused(MarketError):
    status, code = 422, "idempotency-key-reused"
    title = Message(vi="Khóa đã dùng cho yêu cầu khác", en="Key used for another request")
    detail = Message(
        vi="Idempotency-Key này đã dùng cho một yêu cầu có nội dung khác.",
        en="This Idempotency-Key was used for a request with another body.",
    )


def _look() -> Select[bool, bool]:
    """Whether the key is claimed now (`lock`), and whether it has an answer (`scope`, `key`)."""
    lock = func.hashtextextended(bindparam("lock", type_=Text), 0)
    here = StoredAnswer.scope == bindparam("scope"), StoredAnswer.key == bindparam("key")
    answered = select(literal(1)).where(*here).exists()
    return select(answered, func.pg_try_advisory_xact_lock(lock, type_=Boolean))


_LOOK = _look()
"""In one round trip. What another transaction stored between the look and the lock is met when the answer is stored."""


_STORE = insert(StoredAnswer)


@dataclass(frozen=True, slots=True)
class Sent:
    """What makes a request the same request."""

    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a key, held until the transaction ends; or the answer that it already has."""

    scope: str
    key: str
    fingerprint: bytes
    seal: bytes
    stored: StoredAnswer | None


async def claim(session: AsyncSession, actor: Actor, *, key: str, sent: Sent, secret: str) -> Claim:
    """Claim a key for this transaction.

    Args:
        secret: of the market; what the one before it made is known too.

    Raises:
        StillRunning: another transaction holds the key now.
        KeyReused: the key was used with another method, path or body.
        ValidationFailed: the key is not 1 to 255 visible ASCII characters.
    """
    if not KEY.match(key):
        message = Message(
            vi="Idempotency-Key gồm 1 đến 255 ký tự ASCII, không có dấu cách.",
            en="Idempotency-Key has 1 to 255 ASCII characters and no spaces.",
        )
        raise ValidationFailed.single("/Idempotency-Key", "invalid-idempotency-key", message)
    # A person who acts for two organizations means two things by the same request.
    # So do a person and their key: the scope of what each may do differs.
    who = f"key {actor.credential_id}" if actor.kind == "key" else actor.user_id or actor.credential_id or "anonymous"
    scope = f"{who}:{actor.organization_id or ''}"
    whole = b"\0".join([sent.method.encode(), sent.path.encode(), sent.body])
    made = [_made_of(whole, one) for one in valid_secrets(secret)]
    looked = await session.execute(_LOOK, {"lock": f"idempotency:{scope}:{key}", "scope": scope, "key": key})
    answered, held = looked.one()
    if not held:
        raise StillRunning
    session.info[CLAIMED] = True
    stored = await session.get(StoredAnswer, (scope, key)) if answered else None
    if stored is not None and stored.created_at < clock.now() - KEPT:
        await session.delete(stored)
        await session.flush()
        stored = None
    if stored is None:
        return Claim(scope, key, *made[0], stored=None)
    for fingerprint, seal in made:
        if hmac.compare_digest(stored.fingerprint, fingerprint):
            return Claim(scope, key, fingerprint, seal, stored)
    raise KeyReused


def _made_of(whole: bytes, secret: str) -> tuple[bytes, bytes]:
    """The fingerprint of a request and the key that seals its answer."""
    fingerprint = hmac.digest(secret.encode(), b"idempotency fingerprint\0" + whole, hashlib.sha256)
    return fingerprint, hmac.digest(secret.encode(), b"idempotency seal\0" + whole, hashlib.sha256)


def _bound(claim: Claim) -> bytes:
    """What an answer belongs to: sealed for one key, it opens for no other."""
    return f"{claim.scope}\0{claim.key}".encode()


async def store(
    session: AsyncSession, claim: Claim, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    """Keep the answer beside the write."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    kept = {name.decode(): value.decode() for name, value in headers if name.lower() in REPLAYED_HEADERS}
    answer = {
        "scope": claim.scope,
        "key": claim.key,
        "fingerprint": claim.fingerprint,
        "status": status,
        "headers": kept,
        "body": nonce + AESGCM(claim.seal).encrypt(nonce, body, _bound(claim)),
        "created_at": clock.now(),
    }
    await (await session.connection()).execute(_STORE, answer)


async def replay(claim: Claim, stored: StoredAnswer, send: Send) -> None:
    """Answer as the first time, marked `Idempotent-Replayed: true`.

    Raises:
        AnswerLost: it was kept in a form that is read no longer.
    """
    try:
        body = AESGCM(claim.seal).decrypt(stored.body[:NONCE_BYTES], stored.body[NONCE_BYTES:], _bound(claim))
    except InvalidTag:
        raise AnswerLost from None
    headers = [(name.encode(), value.encode()) for name, value in stored.headers.items()]
    headers += [(b"idempotent-replayed", b"true"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": stored.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def forget_old_answers(session: AsyncSession) -> None:
    """Drop the answers past their 48 hours (a nightly job)."""
    await session.execute(delete(StoredAnswer).where(StoredAnswer.created_at < clock.now() - KEPT))
