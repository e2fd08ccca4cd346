"""A file that somebody sends, read from a multipart form only as far as it may go."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from market.core.errors import FieldError, MalformedRequest, TooLarge, TooSlow, ValidationFailed
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


NO_FILES = Message(vi="Gửi các tệp trong trường files.", en="Send files, each in a field files.")
TOO_MANY_FILES = Message(
    vi="Gửi nhiều nhất {most} tệp một lần; gửi phần còn lại ở lần sau.",
    en="At most {most} files are taken at once; send the others after them.",
)
FILE_TOO_LARGE = Message(vi="Tệp lớn hơn {most} MB.", en="The file is larger than {most} MB.")
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


@dataclass(frozen=True, slots=True)
class RefusedUpload:
    """A file of several that is not taken, and why."""

    file_name: str
    errors: Sequence[FieldError]


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
    parts = await _form(request, _Bounds(form=max_bytes, file=max_bytes, parts=MAX_PARTS))
    files = [part for part in parts if part.file_name is not None]
    if len(files) != 1 or files[0].name != "file":
        raise ValidationFailed.single("/file", "file-missing", NO_FILE)
    others = {part.name: part.text for part in parts if part.file_name is None}
    if unknown := sorted(others.keys() - fields):
        raise ValidationFailed.single(f"/{unknown[0]}", "unknown-field", UNKNOWN_FIELD)
    file = files[0]
    sent_as = file.file_name or ""
    body = bytes(file.body)
    # A large one takes longer to look into than others should wait.
    kind = await asyncio.to_thread(check, body, file_name=sent_as, declared=file.declared)
    return Upload(body, clean_file_name(sent_as, kind), kind, others)


async def read_uploads(
    request: Request[Any, Any, Any], *, max_bytes: int, max_form_bytes: int, most: int, check: CheckedType
) -> list[Upload | RefusedUpload]:
    """The files of a form, each in a field `files`, in their order; each is taken or refused alone.

    Args:
        max_bytes: of one file.
        max_form_bytes: of all of them.
        most: files.
        check: tells what a file is, or refuses it.

    Raises:
        TooLarge: together they are larger; nothing of them is kept.
        MalformedForm: it is no form.
        ValidationFailed: there is no file, there are too many, or something else came.
    """
    bounds = _Bounds(form=max_form_bytes, file=max_bytes, parts=10 * most, skips=True)
    parts = await _form(request, bounds)
    if not parts or any(part.file_name is None or part.name != "files" for part in parts):
        raise ValidationFailed.single("/files", "file-missing", NO_FILES)
    if len(parts) > most:
        raise ValidationFailed.single("/files", "too-many-files", TOO_MANY_FILES, most=most)
    return [await asyncio.to_thread(_checked, part, check, max_bytes=max_bytes) for part in parts]


def _checked(part: _Part, check: CheckedType, *, max_bytes: int) -> Upload | RefusedUpload:
    sent_as = part.file_name or ""
    if part.too_large:
        most = max_bytes // 1_000_000
        return RefusedUpload(sent_as, [FieldError("/files", "too-large", FILE_TOO_LARGE, {"most": most})])
    try:
        kind = check(bytes(part.body), file_name=sent_as, declared=part.declared)
    except ValidationFailed as refused:
        return RefusedUpload(sent_as, [replace(error, pointer="/files") for error in refused.errors])
    return Upload(bytes(part.body), clean_file_name(sent_as, kind), kind, {})


async def _form(request: Request[Any, Any, Any], bounds: _Bounds) -> list[_Part]:
    """The parts of a form that is small enough; nothing is held for the request while they come."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > bounds.form + FORM_OVERHEAD_BYTES:
        await _discard(request)
        raise TooLarge
    held = request.scope["state"].get("session")
    if held is not None and held.is_open:
        await let_go(held())
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            return await _parts(request, bounds)
    except TimeoutError:
        raise TooSlow from None


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


@dataclass(frozen=True, slots=True)
class _Bounds:
    """How large a form may be in bytes, a file of it, and how many parts it may have."""

    form: int
    file: int
    parts: int
    skips: bool = False
    """Reading goes on behind a file that is too large, which is not kept."""


@dataclass(slots=True)
class _Part:
    name: str
    file_name: str | None
    declared: str
    body: bytearray
    too_large: bool = False

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


async def _parts(request: Request[Any, Any, Any], bounds: _Bounds) -> list[_Part]:
    """The parts of a form, held in memory; reading ends where one grows too large.

    The framework's own reader leaves its temporary files open when it is cut off.
    """
    content_type, options = parse_options_header(request.headers.get("content-type", ""))
    if content_type != "multipart/form-data" or not options.get("boundary"):
        raise ValidationFailed.single("/file", "file-missing", NO_FILE)
    parts: list[_Part] = []
    read = 0
    try:
        with PushMultipartParser(options["boundary"], max_segment_count=bounds.parts) as parser:
            async for chunk in _chunks(request):
                read += len(chunk)
                if read > bounds.form + FORM_OVERHEAD_BYTES:
                    raise TooLarge
                for event in parser.parse(chunk):
                    _take(event, parts, bounds)
            if not parser.closed:
                parser.close()
    except MultipartError:
        raise MalformedForm from None
    return parts


def _take(event: Any, parts: list[_Part], bounds: _Bounds) -> None:
    """What the parser tells: a part begins, a piece of it, or (as None) its end."""
    if isinstance(event, MultipartSegment):
        parts.append(_Part(event.name, event.filename, event.content_type or "", bytearray()))
    elif event and not parts[-1].too_large:
        parts[-1].body += event
        if len(parts[-1].body) > bounds.file:
            if not bounds.skips:
                raise TooLarge
            parts[-1].too_large, parts[-1].body = True, bytearray()


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
