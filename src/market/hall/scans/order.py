"""What the API process and the process that reads scans say to each other; in MessagePack."""

from __future__ import annotations

from typing import Literal

import msgspec

ScanFormat = Literal["PDF", "JPEG", "PNG"]


class ScanOrder(msgspec.Struct, frozen=True):
    """A scan as somebody sent it, and what its first bytes say it is."""

    body: bytes
    format: ScanFormat
    most_pixels: int
    """Of a picture; a larger one is not decoded."""


class ScanRead(msgspec.Struct, frozen=True):
    """What stands in a scan; as far as it could be read."""

    codes: list[str]
    """What its QR codes say, each once, in the order of the pages."""
    text: str
    """The text of a PDF that has some."""
    whole: bool
    """Whether all of it was read: not where it is damaged, too large, or has too many pages."""
