"""The people of the story and their passwords, which are made on this machine and kept beside its data."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.accounts.credentials import hash_password
from market.accounts.models import User
from market.accounts.schemas import UserCreate
from market.accounts.service import create_user, find_by_identifier
from market.core.access import SYSTEM
from market.core.changes import record_change
from market.demo.seeds import Person
from market.local.secrets import private_directory, write_private

FILE = "demo-users.json"


def read_passwords(data_dir: Path) -> dict[str, str]:
    """E-mail address -> password of every person of the story; empty where none was told."""
    path = data_dir / FILE
    if not path.exists():
        return {}
    kept: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))["users"]
    return {user["email"]: user["password"] for user in kept}


def keep_passwords(data_dir: Path, people: Sequence[Person], passwords: Mapping[str, str]) -> Path:
    """Write who signs in with what, for the owner of the directory only."""
    users = [
        {"name": person.name, "title": person.title, "email": person.email, "password": passwords[person.email]}
        for person in people
    ]
    path = private_directory(data_dir) / FILE
    write_private(path, json.dumps({"users": users}, ensure_ascii=False, indent=2) + "\n")
    return path


async def ensure_people(
    sessions: async_sessionmaker[AsyncSession], people: Sequence[Person], *, data_dir: Path
) -> dict[str, User]:
    """Everybody of the story by key, able to sign in with the password in the file.

    The file is written first: whoever is created can sign in, however the start ends.
    """
    kept = read_passwords(data_dir)
    passwords = {person.email: kept.get(person.email) or secrets.token_urlsafe(12) for person in people}
    if passwords != kept:
        keep_passwords(data_dir, people, passwords)
    # Side by side, because Argon2 takes most of the time and leaves the interpreter to the others.
    users = await asyncio.gather(
        *(_ensure(sessions, person, passwords[person.email], known=person.email in kept) for person in people)
    )
    return {person.key: user for person, user in zip(people, users, strict=True)}


async def _ensure(sessions: async_sessionmaker[AsyncSession], person: Person, password: str, *, known: bool) -> User:
    async with sessions.begin() as session:
        user = await find_by_identifier(session, person.email)
        if user is None:
            user_in = UserCreate(full_name=person.name, email=person.email, phone=person.phone, password=password)
            return await create_user(session, SYSTEM, user_in, roles=person.roles)
        if not known:
            user.password_hash = await hash_password(password)
            await record_change(session, SYSTEM, user, verb="set_password")
        return user
