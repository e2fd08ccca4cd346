"""From bytes that somebody sent to what stands in a scan, read in a process of its own (`worker.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec
import structlog

from market.agreements.paper.drafts import require_signed
from market.core.child import Child, ChildEnded
from market.core.errors import FieldError, ValidationFailed
from market.core.file_types import JPEG, PDF, PNG, FileType, checked_type
from market.core.language import Message
from market.core.uploads import Upload
from market.hall.scans.matching import Numbers
from market.hall.scans.order import ScanFormat, ScanOrder, ScanRead

log = structlog.get_logger(__name__)

FORMATS: Mapping[FileType, ScanFormat] = MappingProxyType({PDF: "PDF", JPEG: "JPEG", PNG: "PNG"})
NO_SCAN = Message(vi="Bản quét là PDF, JPEG hoặc PNG.", en="A scan is a PDF, JPEG or PNG.")

_decode = msgspec.msgpack.Decoder(ScanRead).decode


def scan_reader() -> Child:
    """The process that reads scans; it starts with the first one."""
    return Child("market.hall.scans.worker")


def scan_type(body: bytes, *, file_name: str, declared: str) -> FileType:
    """The type of a file that may be a scan.

    Raises:
        ValidationFailed: it is none, not what it says, or our own file that nobody has signed.
    """
    found = checked_type(body, file_name=file_name, declared=declared)
    if found not in FORMATS:
        raise ValidationFailed(errors=[FieldError("/files", "type-unknown", NO_SCAN)])
    require_signed(body, found, pointer="/files")
    return found


async def numbers_of(reader: Child, upload: Upload, *, most_pixels: int) -> Numbers:
    """The numbers that a scan says; those in its file's name alone, where reading it ends the reader.

    Raises:
        Unavailable: too many scans are being read already.
    """
    order = ScanOrder(upload.body, FORMATS[upload.type], most_pixels)
    try:
        read: ScanRead = _decode(await reader.ask(msgspec.msgpack.encode(order)))
    except ChildEnded:
        log.warning("scan_ended_its_reader", sha256_of=upload.file_name[-40:], size=len(upload.body))
        return Numbers.of(None, upload.file_name)
    return Numbers.of(read, upload.file_name)
