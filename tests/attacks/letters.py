"""What leaves the market for people, and what they read in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from market.accounts.letters import Post, letters_job
from market.core.jobs import Job
from market.organizations.letters import invitations_job, pins_job

QUEUED = (
    "DELETE FROM pgqueuer WHERE entrypoint IN ('account_letter', 'invitation_letter', 'pin_letter') "
    "RETURNING id, entrypoint, payload"
)


@dataclass
class Letters:
    """An outbox that a test reads."""

    sessions: async_sessionmaker[AsyncSession]
    secret: str
    sent: list[tuple[str, str]] = field(default_factory=list)

    async def _mail(self, message: EmailMessage) -> None:
        self.sent.append((str(message["To"]), message.get_content()))

    async def _sms(self, phone: str, words: str) -> None:
        self.sent.append((phone, words))

    async def deliver(self) -> None:
        """Write every letter that is asked for, as the worker would."""
        post = Post(
            mail=self._mail,
            sms=self._sms,
            sender="cho@thu.example",
            public_url="https://cho.thu.example",
            secret=self.secret,
        )
        jobs: Mapping[str, Job] = {job.name: job for job in (letters_job(post), invitations_job(post), pins_job(post))}
        async with self.sessions.begin() as session:
            for _, name, payload in sorted((await session.execute(text(QUEUED))).all()):
                asked: dict[str, Any] = msgspec.json.decode(payload)
                await jobs[name].run(session, asked)

    async def to(self, contact: str) -> list[str]:
        """Everything that a contact ever got, oldest first."""
        await self.deliver()
        return [words for address, words in self.sent if address == contact]

    async def link(self, contact: str) -> str:
        """The token of the last link that came to a contact."""
        return str(re.findall(r"#token=([\w-]+)", "\n".join(await self.to(contact)))[-1])

    async def code(self, contact: str) -> str:
        """The last code that came to a contact."""
        return str(re.findall(r"\b(\d{8})\b", "\n".join(await self.to(contact)))[-1])
