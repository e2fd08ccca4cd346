"""Links that stop mail without signing in (RFC 8058): whoever holds the mail holds the right.

Nothing is stored of them: a link is signed, so that a reader of the database cannot make one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from market.core.errors import NotFound
from market.core.sealing import valid_secrets

Subject = Literal["user", "saved_search"]
_MARKS: dict[Subject, bytes] = {"user": b"u", "saved_search": b"s"}
_SIGNATURE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Subscription:
    """Mail of a saved search, or all mail of notifications to a person."""

    subject: Subject
    id: UUID


def unsubscribe_token(secret: str, subscription: Subscription) -> str:
    """The part of the link that says what to stop."""
    said = _MARKS[subscription.subject] + subscription.id.bytes
    return base64.urlsafe_b64encode(said + _signature(secret, said)).rstrip(b"=").decode()


def read_unsubscribe_token(secret: str, token: str) -> Subscription:
    """What a link stops.

    Raises:
        NotFound: the token is not one of ours.
    """
    try:
        decoded = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        raise NotFound from None
    said, signature = decoded[:-_SIGNATURE_BYTES], decoded[-_SIGNATURE_BYTES:]
    subject = next((name for name, mark in _MARKS.items() if said[:1] == mark), None)
    if subject is None or len(said) != 17 or not _is_ours(secret, said, signature=signature):
        raise NotFound
    return Subscription(subject, UUID(bytes=said[1:]))


def _is_ours(secret: str, said: bytes, *, signature: bytes) -> bool:
    return any(hmac.compare_digest(signature, _signature(one, said)) for one in valid_secrets(secret))


def _signature(secret: str, said: bytes) -> bytes:
    return hmac.digest(secret.encode(), b"unsubscribe " + said, hashlib.sha256)[:_SIGNATURE_BYTES]
