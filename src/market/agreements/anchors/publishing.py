"""The head of the chain, published once a day: a signed file outside of the database, and mail to the officers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.agreements.anchors import texts
from market.agreements.anchors.files import (
    FORMAT,
    Anchor,
    AnchorBody,
    Head,
    LinkLine,
    read_anchor,
    write_anchor,
)
from market.agreements.anchors.holding import hash_at
from market.agreements.anchors.signing import fingerprint, signing_key
from market.agreements.history.chain import BEGINNING, link_hash
from market.agreements.models import AgreementLink
from market.core import clock
from market.core.job_queue import enqueue_many
from market.core.jobs import Job, Schedule
from market.core.language import Language
from market.core.mail import SendMail, new_message
from market.notifications.models import NotificationPreference

log = structlog.get_logger(__name__)

MAIL_JOB = "mail_anchor"
OFFICERS = ("officer", "admin")
LINKS_AT_ONCE = 10_000
NO_LINKS = Head(0, BEGINNING)


class HistoryRewritten(Exception):
    """The chain does not continue what was published: it is not signed. Says from which link on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorSettings:
    """Where anchors are kept and by what they are signed; both outside of the database."""

    directory: Path
    key_file: Path
    market: str
    """Where people reach the market."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorMail:
    """What a mail about an anchor needs beside its words."""

    send: SendMail
    sender: str
    public_url: str


def newest_anchor(directory: Path) -> Anchor | None:
    """The anchor of the newest day; None before the first.

    Raises:
        UnreadableAnchor
    """
    files = sorted(directory.glob("????-??-??.json"))
    return read_anchor(files[-1]) if files else None


async def publish(session: AsyncSession, settings: AnchorSettings) -> Anchor | None:
    """Sign the head of today and write it; None when today has its anchor.

    Raises:
        HistoryRewritten: the chain does not go on from the last anchor.
        OSError: a file cannot be written.
    """
    before, today = newest_anchor(settings.directory), clock.today().isoformat()
    if before is not None and before.anchor.date >= today:
        return None
    previous = before.anchor.head if before else NO_LINKS
    head, links = await _since(session, previous)
    body = AnchorBody(
        format=FORMAT,
        market=settings.market,
        date=today,
        at=clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        head=head,
        previous=previous,
        previous_date=before.anchor.date if before else None,
        links_sha256=hashlib.sha256(links).hexdigest(),
    )
    return read_anchor(write_anchor(settings.directory, body, links, signing_key(settings.key_file)))


async def _since(session: AsyncSession, previous: Head) -> tuple[Head, bytes]:
    """The head of today and the links that are new since another one, each hashed again."""
    if await hash_at(session, previous.links) != previous.hash:
        raise HistoryRewritten(f"link {previous.links} has not the hash that was published")
    head, written = previous, bytearray()
    while True:
        page = select(*AgreementLink.__table__.c).where(AgreementLink.seq > head.links)
        rows = (await session.execute(page.order_by(AgreementLink.seq).limit(LINKS_AT_ONCE))).all()
        for row in rows:
            if row.seq != head.links + 1 or row.previous != head.hash or row.hash != link_hash(row):
                raise HistoryRewritten(f"link {row.seq} does not continue the one before")
            head = Head(row.seq, row.hash)
            line = LinkLine(row.seq, row.change_id, row.entity, str(row.entity_id), row.payload_sha256)
            written += f"{line}\n".encode()
        if len(rows) < LINKS_AT_ONCE:
            return head, bytes(written)


def anchor_schedule(settings: AnchorSettings) -> Schedule:
    """Publishes at the first hour of a day in which a worker runs, and tells the officers."""

    async def run(session: AsyncSession) -> None:
        try:
            anchor = await publish(session, settings)
        except HistoryRewritten as rewritten:
            await _warn(session, settings, str(rewritten))
        else:
            if anchor is not None and anchor.anchor.head != anchor.anchor.previous:
                await _tell(session, anchor)

    return Schedule("publish_anchor", "31 * * * *", run)


async def _tell(session: AsyncSession, anchor: Anchor) -> None:
    said = {
        "date": anchor.anchor.date,
        "links": anchor.anchor.head.links,
        "hash": anchor.anchor.head.hash,
        "key": fingerprint(anchor.public_key),
    }
    await _queue(session, said)


async def _warn(session: AsyncSession, settings: AnchorSettings, why: str) -> None:
    """Say it once a day; the note beside the anchors says so to whoever looks there."""
    log.error("history_rewritten", why=why)
    note = settings.directory / f"{clock.today().isoformat()}.broken"
    if not note.exists():
        await _queue(session, {"date": clock.today().isoformat(), "why": why})
        note.write_text(f"{why}\n", encoding="utf-8")


async def _queue(session: AsyncSession, said: Mapping[str, Any]) -> None:
    officers = select(User.id).where(
        User.platform_roles.overlap(list(OFFICERS)), User.email.is_not(None), User.deactivated_at.is_(None)
    )
    payloads = [{"user": str(id_), **said} for id_ in await session.scalars(officers.order_by(User.id))]
    await enqueue_many(session, MAIL_JOB, payloads)


def anchor_mail_job(mail: AnchorMail) -> Job:
    """Mails an officer the head of a day, or that the history was rewritten."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        user = await session.get(User, UUID(payload["user"]))
        if user is None or user.email is None or user.deactivated_at is not None:
            return
        wanted = select(NotificationPreference.language).where(NotificationPreference.user_id == user.id)
        language = await session.scalar(wanted) or "vi"
        await mail.send(_message(mail, user.email, language, payload))

    return Job(MAIL_JOB, run, attempts=10)


def _message(mail: AnchorMail, address: str, language: Language, payload: Mapping[str, Any]) -> EmailMessage:
    said = {name: value for name, value in payload.items() if name != "user"}
    subject, body = (texts.BROKEN_SUBJECT, texts.BROKEN_BODY) if "why" in said else (texts.SUBJECT, texts.BODY)
    message = new_message()
    message["From"] = mail.sender
    message["To"] = address
    message["Subject"] = subject.text(language, date=said["date"])
    message["Date"] = format_datetime(clock.now())
    identity = uuid5(NAMESPACE_URL, f"{payload['user']} {said}")
    message["Message-ID"] = f"<{identity}@{urlsplit(mail.public_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = language
    message.set_content(body.text(language, url=mail.public_url, **said) + "\n")
    return message
