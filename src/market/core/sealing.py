"""Secrets kept in the database, useless to whoever reads it: AES-256-GCM under a key made from the market's secret."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


def _key(secret: str, purpose: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"market {purpose}".encode())
    return AESGCM(derived.derive(secret.encode()))


def seal(secret: str, text: bytes, *, purpose: str) -> bytes:
    """The text under a nonce of its own; what was sealed for one purpose opens for no other."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _key(secret, purpose).encrypt(nonce, text, purpose.encode())


def unseal(secret: str, sealed: bytes, *, purpose: str) -> bytes:
    """What was sealed.

    Raises:
        ValueError: it was sealed with another secret, for another purpose, or altered since.
    """
    try:
        return _key(secret, purpose).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
    except InvalidTag:
        raise ValueError("not sealed with this secret") from None
