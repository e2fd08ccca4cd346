"""Short messages that leave the market: by an HTTP gateway that a setting describes, or into a directory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
import msgspec

GATEWAY_SECONDS = 20.0

SendSms = Callable[[str, str], Awaitable[None]]
"""Hands a text over for a number (E.164); raises `SmsNotSent` when that failed."""


class SmsNotSent(Exception):
    """The message was not taken. Says why, without saying whose it was."""


def http_sms(url: str, template: str) -> SendSms:
    """Post each message to a gateway.

    Args:
        url: `https://` with whatever credentials the gateway wants in it.
        template: the JSON body, with `"{phone}"` and `"{text}"` where number and text belong.

    Raises:
        ValueError: not an HTTP address, or a template that is no JSON or names no number or text.
    """
    local = urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
    if urlsplit(url).scheme != "https" and not local:
        raise ValueError("MARKET_SMS_URL must be https://")
    if "{phone}" not in template or "{text}" not in template:
        raise ValueError("MARKET_SMS_TEMPLATE must name {phone} and {text}")
    msgspec.json.decode(template)

    async def send(phone: str, text: str) -> None:
        body = template.replace("{phone}", _escaped(phone)).replace("{text}", _escaped(text))
        timeout = aiohttp.ClientTimeout(total=GATEWAY_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url, data=body.encode(), headers={"Content-Type": "application/json"}) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SmsNotSent(type(error).__name__) from None
        if status >= 300:
            raise SmsNotSent(f"the gateway answered {status}")

    return send


def _escaped(text: str) -> str:
    """As it stands inside a JSON string."""
    return msgspec.json.encode(text).decode()[1:-1]


def file_sms(directory: Path) -> SendSms:
    """Write each message to a file of its own, in a directory that only this user may read."""

    async def send(phone: str, text: str) -> None:
        await asyncio.to_thread(_write, directory, f"{phone}\n{text}\n")

    return send


def _write(directory: Path, text: str) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(directory / f"{uuid4()}.sms", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise SmsNotSent(type(error).__name__) from None
