"""A file that somebody sends, read from a multipart form only as far as it may go."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from market.core.errors import MalformedRequest, TooLarge, TooSlow, ValidationFailed
from market.core.file_types import FileType, checked_type
from market.core.language import Message
from market.core.transaction import let_go

MAX_UPLOAD_BODY_BYTES = 32 * 1024 * 1024
"""No route reads more of a form than this, whatever the settings allow."""
FORM_OVERHEAD_BYTES = 64 * 1024
DISCARDED_BYTES, DISCARDING_SECONDS = 512 * 1024 * 1024, 10.0
"""How much of a form that was refused is taken from a client that goes on sending, and for how long."""
MAX_PARTS = 10
UPLOAD_SECONDS = 300.0
"""How long a form may take to arrive: 20 MB over a slow telephone."""


class CheckedType(Protocol):
    """Tells the type of a file that is taken, or refuses it."""

    def __call__(self, body: bytes, *, file_name: str, declared: str) -> FileType: ...


NO_FILE = Message(vi="Gửi đúng một tệp trong trường file.", en="Send exactly one file, in the field file.")
UNKNOWN_FIELD = Message(vi="Không có trường này.", en="There is no such field.")


class MalformedForm(MalformedRequest):
    detail = Message(
        vi="Nội dung gửi lên không phải multipart/form-data đúng cú pháp.",
        en="The body is no well-formed multipart form.",
    )


@dataclass(frozen=True, slots=True)
class Upload:
    """A file whose content is what it says, and the other fields of its form."""

    body: bytes
    file_name: str
    type: FileType
    fields: dict[str, str]


async def read_upload(
    request: Request[Any, Any, Any],
    *,
    max_bytes: int,
    fields: frozenset[str] = frozenset(),
    check: CheckedType = checked_type,
) -> Upload:
    """The one file of a form.

    Args:
        max_bytes: of the file.
        fields: what may come beside the file.
        check: tells what the file is, or refuses it.

    Raises:
        TooLarge: it is larger; nothing of it is kept, and a form that announces its size is not even looked at.
        MalformedForm: it is no form.
        ValidationFailed: there is no file, something else came, or the file is not taken (see `checked_type`).
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes + FORM_OVERHEAD_BYTES:
        await _discard(request)
        raise TooLarge
    held = request.scope["state"].get("session")
    if held is not None and held.is_open:
        await let_go(held())
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            parts = await _parts(request, max_bytes=max_bytes)
    except TimeoutError:
        raise TooSlow from None
    files = [part for part in parts if part.file_name is not None]
    if len(files) != 1 or files[0].name != "file":
        raise ValidationFailed.single("/file", "file-missing", NO_FILE)
    others = {part.name: part.text for part in parts if part.file_name is None}
    if unknown := sorted(others.keys() - fields):
        raise ValidationFailed.single(f"/{unknown[0]}", "unknown-field", UNKNOWN_FIELD)
    file = files[0]
    sent_as = file.file_name or ""
    kind = check(bytes(file.body), file_name=sent_as, declared=file.declared)
    return Upload(bytes(file.body), clean_file_name(sent_as, kind), kind, others)


async def _discard(request: Request[Any, Any, Any]) -> None:
    """Throw away, for a while, a form whose size was announced; one that hides its size is cut off.

    A client that sends everything before it reads would find its connection reset, and never see why it is refused.
    One that waits to be told to go on is not.
    """
    if request.headers.get("expect", "").lower() == "100-continue":
        return
    left = DISCARDED_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARDING_SECONDS):
            while left > 0:
                message = await request.receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
                left -= len(message.get("body", b""))


@dataclass(slots=True)
class _Part:
    name: str
    file_name: str | None
    declared: str
    body: bytearray

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


async def _parts(request: Request[Any, Any, Any], *, max_bytes: int) -> list[_Part]:
    """The parts of a form, held in memory; reading ends where one grows too large.

    The framework's own reader leaves its temporary files open when it is cut off.
    """
    content_type, options = parse_options_header(request.headers.get("content-type", ""))
    if content_type != "multipart/form-data" or not options.get("boundary"):
        raise ValidationFailed.single("/file", "file-missing", NO_FILE)
    parts: list[_Part] = []
    try:
        with PushMultipartParser(options["boundary"], max_segment_count=MAX_PARTS) as parser:
            async for chunk in _chunks(request):
                for event in parser.parse(chunk):
                    _take(event, parts, max_bytes)
            if not parser.closed:
                parser.close()
    except MultipartError:
        raise MalformedForm from None
    return parts


def _take(event: Any, parts: list[_Part], max_bytes: int) -> None:
    """What the parser tells: a part begins, a piece of it, or (as None) its end."""
    if isinstance(event, MultipartSegment):
        parts.append(_Part(event.name, event.filename, event.content_type or "", bytearray()))
    elif event:
        parts[-1].body += event
        if len(parts[-1].body) > max_bytes:
            raise TooLarge


async def _chunks(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    if "idempotency-key" in request.headers:
        yield await request.body()  # the transaction has read it already
        return
    async for chunk in request.stream():
        if chunk:
            yield chunk


def clean_file_name(name: str, kind: FileType) -> str:
    """A name without folders, invisible characters or surprises, and with an extension of its type."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    shown = "".join(" " if c.isspace() else c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    stem, _, extension = " ".join(shown.split()).rpartition(".")
    if extension.lower() not in kind.extensions:
        stem, extension = f"{stem}.{extension}".strip(". "), kind.extensions[0]
    return f"{stem.strip('. ')[:120] or 'tai-lieu'}.{extension.lower()}"
