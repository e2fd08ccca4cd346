"""Whether a database of ours already holds what every market has, so that a later start need not look again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from market.config import Settings

STAMP = "filled.sha256"


def digest_of_contents(settings: Settings) -> str:
    """The hash of everything that filling a database reads: migrations and reference seeds."""
    read = hashlib.sha256()
    files = [*settings.migrations_dir.glob("versions/*.py"), *(settings.seeds_dir / "reference").glob("*.json")]
    for file in sorted(files):
        read.update(file.name.encode())
        read.update(file.read_bytes())
    return read.hexdigest()


def is_filled(settings: Settings) -> bool:
    """Whether the database in the data directory was filled from these very files, and nobody is to be added."""
    stamp = settings.data_dir / STAMP
    wants_administrator = settings.admin_email is not None and settings.admin_password is not None
    return not wants_administrator and stamp.exists() and stamp.read_text() == digest_of_contents(settings)


def note_filled(settings: Settings) -> Path:
    """Remember that the database in the data directory is filled."""
    stamp = settings.data_dir / STAMP
    stamp.write_text(digest_of_contents(settings))
    return stamp
