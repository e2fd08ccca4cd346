"""What the API process and the process that makes photos say to each other; in MessagePack."""

from __future__ import annotations

from typing import Literal

import msgspec

PhotoFormat = Literal["JPEG", "PNG", "WEBP", "HEIF"]
RefusalCode = Literal["too-many-pixels", "animated", "unreadable"]


class PhotoOrder(msgspec.Struct, frozen=True):
    """A picture as somebody sent it, and what its first bytes say it is."""

    body: bytes
    format: PhotoFormat
    most_pixels: int


class Made(msgspec.Struct, frozen=True, tag="made"):
    """The picture turned upright in two widths of WebP, without anything that was written beside it."""

    small: bytes
    large: bytes
    thumbhash: str
    """In base64: some 25 bytes that a page paints a blurred picture from, before the real one has come."""
    width: int
    height: int
    """Of the large one, in pixels."""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Why the picture is none of ours."""

    code: RefusalCode
    width: int = 0
    height: int = 0


PhotoResult = Made | Refused
