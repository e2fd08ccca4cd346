"""Secrets and how they are checked: passwords (Argon2id), access tokens (signed, short), opaque tokens (hashed)."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any, TypeVar
from uuid import UUID

import jwt
from jwt.types import Options
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from market.core import clock
from market.core.errors import InvalidCredential, TooManyRequests
from market.core.sealing import valid_secrets

ALGORITHM = "HS256"
API_KEY_PREFIX = "mk_"
DEVICE_REMEMBERED = timedelta(days=400)
"""How long a device that signed in is known again."""
T = TypeVar("T")


@dataclass(slots=True)
class Cost:
    """What one Argon2id hash costs: rounds, KiB of memory, lanes. RFC 9106's second recommendation."""

    time_cost: int = 3
    memory_cost: int = 65536
    parallelism: int = 4


COST = Cost()
"""Of this process. Tests make it cheap before the first hash."""


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(COST.time_cost, COST.memory_cost, COST.parallelism),))


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))


HASHED_AT_ONCE = max(1, (os.cpu_count() or 1) // 4)
"""Argon2 takes 64 MiB and four lanes for each: more at once would slow down everybody else."""
MOST_WAITING = 64
NICENESS = 10
"""Of the threads that hash, so that wrong passwords take the processors only when nobody else wants them."""


def _stand_back() -> None:
    """Let this thread, and the lanes that Argon2 starts from it, come after others; where a thread can."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


_hashing = ThreadPoolExecutor(HASHED_AT_ONCE, thread_name_prefix="hashing", initializer=_stand_back)
_waiting = [0]


async def _hashed(work: Callable[..., T], *arguments: str) -> T:
    """The work in the small pool that hashes.

    Raises:
        TooManyRequests: so many wait already that this one would wait for seconds.
    """
    if _waiting[0] >= MOST_WAITING:
        raise TooManyRequests(headers={"Retry-After": "2"}, seconds=2)
    _waiting[0] += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_hashing, work, *arguments)
    finally:
        _waiting[0] -= 1


async def hash_password(password: str) -> str:
    """An Argon2id hash, made off the event loop."""
    return await _hashed(_hasher().hash, password)


async def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is right; for an unknown person (`None`) it takes as long and is never right."""
    if password_hash is None:
        await _hashed(_verify_nobodys, password)
        return False
    return await _hashed(_hasher().verify, password, password_hash)


def _verify_nobodys(password: str) -> bool:
    return _hasher().verify(password, _nobodys_hash())


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says."""

    user_id: UUID
    sign_in_id: UUID


def issue_access_token(secret: str, *, user_id: UUID, sign_in_id: UUID, lifetime: timedelta) -> str:
    """A signed token that names the person and the sign-in it belongs to."""
    now = clock.now()
    claims = {"sub": str(user_id), "sid": str(sign_in_id), "iat": now, "exp": now + lifetime}
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def read_access_token(secret: str, token: str) -> AccessClaims:
    """The claims of a token that is ours and has not expired by `core.clock`.

    Raises:
        InvalidCredential: anything else.
    """
    claims = _claims(secret, token)
    try:
        return AccessClaims(UUID(claims["sub"]), UUID(claims["sid"]))
    except (KeyError, ValueError, TypeError):
        raise InvalidCredential from None


def _claims(secret: str, token: str) -> Mapping[str, Any]:
    """What a token says that the secret of now, or the one before, has signed and that has not expired.

    Raises:
        InvalidCredential: anything else.
    """
    for one in valid_secrets(secret):
        try:
            claims = _signed(one, token)
            if claims["exp"] <= clock.now().timestamp():
                break
            return claims
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, TypeError):
            break
    raise InvalidCredential


@lru_cache(maxsize=4096)
def _signed(secret: str, token: str) -> Mapping[str, Any]:
    """What a token says that this secret has signed: the same each time that it is shown, so it is read once.

    Raises:
        jwt.InvalidTokenError: it is none; that is not remembered.
    """
    # Expiry is compared with the clock that tests can move, each time.
    options: Options = {"verify_exp": False, "verify_iat": False, "require": ["exp"]}
    claims: dict[str, Any] = jwt.decode(token, secret, algorithms=[ALGORITHM], options=options)
    return claims


def issue_device_token(secret: str, *, account: str) -> str:
    """A signed token that says: this account was signed in here before. It opens nothing.

    Who shows it tries passwords on an allowance of its own, so that nobody else's wrong ones keep its owner out.
    """
    claims = {"acc": _account_mark(account), "jti": secrets.token_urlsafe(12), "exp": clock.now() + DEVICE_REMEMBERED}
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def read_device_token(secret: str, token: str | None, *, account: str) -> str | None:
    """The number of a device on which this account was signed in before; None for everything else."""
    try:
        claims = _claims(secret, token or "")
    except InvalidCredential:
        return None
    return str(claims.get("jti")) if claims.get("acc") == _account_mark(account) else None


def _account_mark(account: str) -> str:
    return hashlib.blake2b(account.encode(), digest_size=12).hexdigest()


def new_token(prefix: str = "") -> str:
    """An opaque random token (256 bits)."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of an opaque token."""
    return hashlib.sha256(token.encode()).digest()
