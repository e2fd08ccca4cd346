"""Notifications by mail: one message a person for all that is new, by a job, with one-click unsubscribe (RFC 8058).

A message that was handed over although its job failed is sent again under the same Message-ID, so that it is known
for the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from market.accounts.models import User
from market.core import clock
from market.core.jobs import Job
from market.core.language import Language, Message
from market.core.mail import SendMail, new_message
from market.notifications import texts
from market.notifications.kinds import Kind
from market.notifications.models import Notification, NotificationPreference
from market.notifications.news import link_of
from market.notifications.notices import MAIL_JOB
from market.notifications.table import notice_of
from market.notifications.unsubscribing import Subscription, unsubscribe_token

ATTEMPTS = 10
MOST_IN_ONE_MAIL = 50


Muted = Callable[[AsyncSession, Sequence[Notification]], Awaitable[Collection[UUID]]]
"""Which of these, by their ids, are not wanted by mail any more, for what they are about: a saved search says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """What a message needs beside its words."""

    send: SendMail
    sender: str
    """`From`: a name and an address, or an address."""
    public_url: str
    """Where people reach the market; links begin with it."""
    secret: str
    """Signs the links that stop mail."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """Who gets what."""

    address: str
    user_id: UUID
    language: Language
    notifications: Sequence[Notification]


def mail_job(settings: MailSettings, *, muted: Muted) -> Job:
    """The job that sends `{user, notifications}`, or what waits of a `thread`."""

    async def run(session: AsyncSession, payload: Mapping[str, Any]) -> None:
        letter = await _letter(session, UUID(payload["user"]), _named_in(payload), muted)
        if letter is None:
            return
        # Nothing was written yet: a transaction that waits for a mail server must not hold the followers back.
        await settings.send(_message(letter, settings))
        sent = update(Notification).where(Notification.id.in_([item.id for item in letter.notifications]))
        await session.execute(sent.values(emailed_at=clock.now()), execution_options={"synchronize_session": False})

    return Job(MAIL_JOB, run, attempts=ATTEMPTS)


def _named_in(payload: Mapping[str, Any]) -> ColumnElement[bool]:
    """The notifications of a job: as named, or what was written in a thread and not read by now."""
    if thread_id := payload.get("thread"):
        return and_(
            Notification.kind == Kind.MESSAGE,
            Notification.entity_id == UUID(thread_id),
            Notification.mail == "instant",
            Notification.read_at.is_(None),
        )
    return Notification.id.in_([UUID(id_) for id_ in payload["notifications"]])


async def _letter(session: AsyncSession, user_id: UUID, named: ColumnElement[bool], muted: Muted) -> _Letter | None:
    """What is still to be sent of those notifications; None when it is nothing (any more)."""
    person = await session.get(User, user_id)
    if person is None or person.email is None or person.email_proved_at is None or person.deactivated_at is not None:
        return None
    rows = (
        select(Notification)
        .where(named, Notification.user_id == user_id, Notification.emailed_at.is_(None))
        .order_by(Notification.id)
    )
    preference = await session.scalar(select(NotificationPreference).where(NotificationPreference.user_id == user_id))
    if preference is not None:
        rows = rows.where(Notification.kind.not_in(preference.quiet_kinds))
    unsent = list(await session.scalars(rows))
    unwanted = preference is not None and preference.mail == "off"
    searched = [item for item in unsent if item.kind == Kind.SAVED_SEARCH]
    silent = await muted(session, searched) if searched else ()
    wanted = [item for item in unsent if (item.id not in silent if item.kind == Kind.SAVED_SEARCH else not unwanted)]
    if not wanted:
        return None
    return _Letter(person.email, user_id, preference.language if preference else "vi", wanted)


def _message(letter: _Letter, settings: MailSettings) -> EmailMessage:
    """The message about some notifications; the same notifications give the same Message-ID."""
    stop, link = _unsubscribe_link(letter, settings)
    newest = letter.notifications[-1]
    identity = uuid5(letter.user_id, " ".join(str(item.id) for item in letter.notifications))
    message = new_message()
    message["From"] = settings.sender
    message["To"] = letter.address
    message["Subject"] = _subject(letter)
    message["Date"] = format_datetime(newest.created_at)
    message["Message-ID"] = f"<{identity}@{urlsplit(settings.public_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message["List-Unsubscribe"] = f"<{link}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("\n\n".join([*_paragraphs(letter, settings), stop.text(letter.language, url=link)]) + "\n")
    return message


def _subject(letter: _Letter) -> str:
    """Never words that somebody wrote: the market does not carry them into the head of a mail."""
    if len(letter.notifications) > 1:
        return texts.MAIL_SUBJECT_MANY.text(letter.language, count=len(letter.notifications))
    return notice_of(letter.notifications[0].kind).subject.text(letter.language)


def _paragraphs(letter: _Letter, settings: MailSettings) -> list[str]:
    shown, base = letter.notifications[:MOST_IN_ONE_MAIL], settings.public_url.rstrip("/")
    paragraphs = [
        "\n".join((*_lines(item, letter.language), f"{base}{link_of(item.entity, item.entity_id)}")) for item in shown
    ]
    if more := len(letter.notifications) - len(shown):
        paragraphs.append(texts.MAIL_MORE.text(letter.language, count=more))
    return paragraphs


def _lines(notification: Notification, language: Language) -> tuple[str, str]:
    """What happened, and what to do now."""
    text = texts.said(language, vi=notification.text_vi, en=notification.text_en)
    return text, notice_of(notification.kind).next.text(language)


def _unsubscribe_link(letter: _Letter, settings: MailSettings) -> tuple[Message, str]:
    """The one saved search that a message is about can be stopped alone; else all of it."""
    watches = {(item.kind, item.watch_id) for item in letter.notifications}
    kind, watch_id = watches.pop()
    alone = not watches and kind == Kind.SAVED_SEARCH and watch_id is not None
    subscription = (
        Subscription("saved_search", watch_id) if alone and watch_id else Subscription("user", letter.user_id)
    )
    token = unsubscribe_token(settings.secret, subscription)
    link = f"{settings.public_url.rstrip('/')}/api/v1/notifications/unsubscribe/{token}"
    return (texts.MAIL_UNSUBSCRIBE_SEARCH if alone else texts.MAIL_UNSUBSCRIBE), link
