"""Signs of life: a row that a process writes again and again, so that others notice when it hangs or is gone."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column

from market.core.db import Base

log = structlog.get_logger(__name__)

BEAT_SECONDS = 2.0
BEAT = """
INSERT INTO sign_of_life (name, at, detail) VALUES (:name, clock_timestamp(), CAST(:detail AS jsonb))
ON CONFLICT (name) DO UPDATE SET at = EXCLUDED.at, detail = EXCLUDED.detail
"""
FORGET = "DELETE FROM sign_of_life WHERE at < clock_timestamp() - interval '1 day'"


class SignOfLife(Base):
    """When a process last wrote, by the database's clock, and what it said of itself."""

    __tablename__ = "sign_of_life"

    name: Mapped[str] = mapped_column(primary_key=True)
    """`worker:<machine>:<process>`."""
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


def name_of(role: str) -> str:
    """The name of this process in a role."""
    return f"{role}:{socket.gethostname()}:{os.getpid()}"


UNDECLARED_PROXY = "undeclared proxy"
"""In the place of a role: a process that answers behind a proxy which its settings do not know."""


async def tell(session: AsyncSession, role: str) -> None:
    """Write one sign of life of this process in a role."""
    await session.execute(text(BEAT), {"name": name_of(role), "detail": "{}"})


async def keep_beating(
    sessions: async_sessionmaker[AsyncSession],
    role: str,
    *,
    stop: asyncio.Event,
    says: Callable[[], Mapping[str, Any]] = dict,
) -> None:
    """Give signs of life until `stop`; a lost database is waited for.

    Args:
        says: what goes into `detail`, each time.
    """
    name = name_of(role)
    while not stop.is_set():
        try:
            async with asyncio.timeout(BEAT_SECONDS * 5), sessions.begin() as session:
                await session.execute(text(FORGET))
                await session.execute(text(BEAT), {"name": name, "detail": json.dumps(dict(says()), default=str)})
        except Exception as error:
            log.warning("no_sign_of_life", reason=type(error).__name__)
        try:
            await asyncio.wait_for(stop.wait(), BEAT_SECONDS)
        except TimeoutError:
            continue
