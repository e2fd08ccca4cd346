"""Mail that leaves the market: by SMTP, or into a directory where there is no mail server.

What a mail server answers is never passed on, because its answers hold addresses, and errors go to the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import smtplib
import ssl
from collections.abc import Awaitable, Callable
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

SMTP_SECONDS = 20.0

SendMail = Callable[[EmailMessage], Awaitable[None]]
"""Hands a message over for delivery; raises `MailNotSent` when that failed. Runs off the event loop."""


class _MailPolicy(EmailPolicy):
    """Headers as mailboxes read them, where the standard library spoils what is long.

    It encodes a long address without blanks (List-Unsubscribe), which nobody decodes, and loses the blank between two
    long words with marks.
    """

    def fold(self, name: str, value: str) -> str:
        if value.isascii():
            return f"{name}: {value}{self.linesep}"
        if name.lower() == "subject":
            return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=self.linesep)}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


def new_message() -> EmailMessage:
    """An empty message whose headers will leave as they were meant."""
    return EmailMessage(policy=_MailPolicy())


class MailNotSent(Exception):
    """The message was not taken. Says why, without saying whose it was."""


def smtp_mail(url: str) -> SendMail:
    """Send by `smtp://[user:password@]host[:587]` (with STARTTLS where the server offers it) or `smtps://...[:465]`.

    A password is never sent over a connection that is not encrypted.

    Raises:
        ValueError: the URL is neither.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("MARKET_SMTP_URL must be smtp://host or smtps://host")

    async def send(message: EmailMessage) -> None:
        await asyncio.to_thread(partial(_send_by_smtp, url), message)

    return send


def _send_by_smtp(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host, secure = parts.hostname or "", parts.scheme == "smtps"
    context = ssl.create_default_context()
    port = parts.port or (465 if secure else 587)
    reason = ""
    try:
        if secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
        with server:
            _introduce(server, secure=secure, context=context, user=parts.username, password=parts.password)
            server.send_message(message)
    except smtplib.SMTPResponseException as error:
        reason = f"{type(error).__name__} {error.smtp_code}"
    except (smtplib.SMTPException, OSError) as error:
        reason = type(error).__name__
    if reason:
        raise MailNotSent(reason)


def _introduce(
    server: smtplib.SMTP, *, secure: bool, context: ssl.SSLContext, user: str | None, password: str | None
) -> None:
    server.ehlo()
    if not secure and server.has_extn("starttls"):
        server.starttls(context=context)
        server.ehlo()
        secure = True
    if user is not None:
        if not secure:
            raise smtplib.SMTPNotSupportedError("the server offers no STARTTLS")
        server.login(unquote(user), unquote(password or ""))


def file_mail(directory: Path) -> SendMail:
    """Write each message to `<Message-ID>.eml` in a directory that only this user may read.

    The same message again replaces itself.
    """

    async def send(message: EmailMessage) -> None:
        await asyncio.to_thread(_write, directory, message)

    return send


def _write(directory: Path, message: EmailMessage) -> None:
    name = "".join(c for c in str(message["Message-ID"]).partition("@")[0] if c.isalnum() or c == "-")
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = directory / f".{name}.part"
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
        part.replace(directory / f"{name}.eml")
    except OSError as error:
        raise MailNotSent(type(error).__name__) from None
