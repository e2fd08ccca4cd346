"""The people of the story as users of the market."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.accounts.credentials import hash_password
from market.accounts.models import User
from market.accounts.schemas import UserCreate
from market.accounts.service import create_user, find_by_identifier
from market.core.access import SYSTEM
from market.core.changes import record_change
from market.demo.passwords import DemoUser, keep_users, read_users
from market.demo.seeds import Person

AT_ONCE = 2
"""Passwords hashed at the same time: Argon2 takes 64 MiB each, and leaves the interpreter to the others."""


async def ensure_people(
    sessions: async_sessionmaker[AsyncSession], people: Sequence[Person], *, data_dir: Path
) -> dict[str, User]:
    """Everybody of the story by key, able to sign in with the password in the file.

    The file is written first: whoever is created can sign in, however the start ends.
    """
    known = {user.email: user.password for user in read_users(data_dir)}
    passwords = {person.email: known.get(person.email) or secrets.token_urlsafe(12) for person in people}
    if passwords != known:
        named = [
            DemoUser(person.key, person.name, person.title, person.email, passwords[person.email]) for person in people
        ]
        keep_users(data_dir, named)
    turns = asyncio.Semaphore(AT_ONCE)

    async def ensured(person: Person) -> User:
        async with turns:
            return await _ensure(sessions, person, passwords[person.email], known=person.email in known)

    users = await asyncio.gather(*map(ensured, people))
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
