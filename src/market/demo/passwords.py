"""The passwords of the story's people: made on this machine, kept beside its data, open to its owner only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from market.local.secrets import private_directory, write_private

FILE = "demo-users.json"


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Somebody of the story and how they sign in."""

    key: str
    """Of the person in the seed files."""
    name: str
    title: str
    email: str
    password: str


def read_users(data_dir: Path) -> list[DemoUser]:
    """Everybody who can sign in; nobody where the story was not told."""
    path = data_dir / FILE
    if not path.exists():
        return []
    return [DemoUser(**user) for user in json.loads(path.read_text(encoding="utf-8"))["users"]]


def keep_users(data_dir: Path, users: Sequence[DemoUser]) -> None:
    """Write who signs in with what."""
    told = {"users": [asdict(user) for user in users]}
    write_private(private_directory(data_dir) / FILE, json.dumps(told, ensure_ascii=False, indent=2) + "\n")
