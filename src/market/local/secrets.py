"""Secrets that this machine makes for itself, kept in files only their owner can read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

SECRETS_FILE = "secrets.json"


def private_directory(directory: Path) -> Path:
    """Make a directory that only its owner can enter; an existing one is left as it is."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def kept_secret(data_dir: Path, name: str) -> str:
    """The secret of this name, made at the first call and the same ever after.

    43 characters of URL-safe base64, 256 bits. Not for two processes at once on one directory: `market up`
    holds the directory's lock.
    """
    path = data_dir / SECRETS_FILE
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if name not in kept:
        kept[name] = secrets.token_urlsafe(32)
        write_private(
            private_directory(data_dir) / SECRETS_FILE,
            json.dumps(kept, indent=2) + "\n",
        )
    return kept[name]
