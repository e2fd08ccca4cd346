"""Secrets kept in the database, useless to whoever reads it: AES-256-GCM under a key made from the market's secret.

The secret of a market is changed with two of them valid: the new one makes everything, the one before still opens.
"""

from __future__ import annotations

import secrets
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

NONCE_BYTES = 12
FEWEST_CHARACTERS = 32


class Secret(str):
    """The market's secret, which makes tokens and seals, and the one before it, which still opens what it made."""

    previous: str | None

    def __new__(cls, value: str, previous: str | None = None) -> Self:
        made = super().__new__(cls, value)
        made.previous = previous
        return made


def secret_of(current: SecretStr | None, previous: SecretStr | None) -> Secret:
    """The secret that two settings name.

    Raises:
        ValueError: one of them is too short to be a secret, or there is none.
    """
    if current is None or len(current.get_secret_value()) < FEWEST_CHARACTERS:
        raise ValueError("MARKET_SECRET_KEY must be set, with at least 32 characters")
    if previous is not None and 0 < len(previous.get_secret_value()) < FEWEST_CHARACTERS:
        raise ValueError("MARKET_PREVIOUS_SECRET_KEY must have at least 32 characters, as it had when it was in use")
    return Secret(current.get_secret_value(), (previous.get_secret_value() if previous else "") or None)


def valid_secrets(secret: str) -> tuple[str, ...]:
    """What may have made something that is to be opened: the secret of now first."""
    previous = secret.previous if isinstance(secret, Secret) else None
    return (secret,) if previous is None else (secret, previous)


def _key(secret: str, purpose: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"market {purpose}".encode())
    return AESGCM(derived.derive(secret.encode()))


def seal(secret: str, text: bytes, *, purpose: str) -> bytes:
    """The text under a nonce of its own; what was sealed for one purpose opens for no other."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _key(secret, purpose).encrypt(nonce, text, purpose.encode())


def unseal(secret: str, sealed: bytes, *, purpose: str) -> bytes:
    """What was sealed, with the secret of now or the one before.

    Raises:
        ValueError: it was sealed with another secret, for another purpose, or altered since.
    """
    for one in valid_secrets(secret):
        try:
            return _key(one, purpose).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except InvalidTag:
            continue
    raise ValueError("not sealed with this secret")


def sealed_anew(secret: str, sealed: bytes, *, purpose: str) -> bytes | None:
    """The same under the secret of now; nothing where it is so already, or where neither secret opens it."""
    try:
        unseal(str(secret), sealed, purpose=purpose)
    except ValueError:
        try:
            return seal(secret, unseal(secret, sealed, purpose=purpose), purpose=purpose)
        except ValueError:
            return None
    return None
