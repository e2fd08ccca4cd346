"""Secrets in a backup: sealed by a passphrase, so that whoever finds the backup has none of them."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from market.local.program import LocalServiceError

MAGIC = b"market-sealed-1\n"
SALT_BYTES, NONCE_BYTES = 16, 12
LEAST_CHARACTERS = 12


class WrongPassphrase(LocalServiceError):
    """The passphrase is another, or the file was altered."""


def seal(plain: bytes, passphrase: str) -> bytes:
    """AES-256-GCM under a key that scrypt makes of the passphrase.

    Raises:
        LocalServiceError: the passphrase is shorter than 12 characters.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise LocalServiceError(f"the passphrase must have at least {LEAST_CHARACTERS} characters")
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    return MAGIC + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, plain, MAGIC)


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """What `seal` was given.

    Raises:
        WrongPassphrase
    """
    head, rest = sealed[: len(MAGIC)], sealed[len(MAGIC) :]
    salt, nonce, text = rest[:SALT_BYTES], rest[SALT_BYTES : SALT_BYTES + NONCE_BYTES], rest[SALT_BYTES + NONCE_BYTES :]
    try:
        if head != MAGIC:
            raise InvalidTag
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, text, MAGIC)
    except (InvalidTag, ValueError):
        raise WrongPassphrase("the passphrase is wrong, or the sealed secrets were altered") from None


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())


def read_passphrase(file: Path | None) -> str:
    """The passphrase of MARKET_BACKUP_PASSPHRASE, or the first line of a file.

    Raises:
        LocalServiceError: neither is given.
    """
    if file is not None:
        return file.read_text(encoding="utf-8").splitlines()[0].strip()
    if given := os.environ.get("MARKET_BACKUP_PASSPHRASE"):
        return given
    raise LocalServiceError("set MARKET_BACKUP_PASSPHRASE, or name a file with --passphrase-file: it seals the secrets")
