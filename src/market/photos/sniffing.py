"""What a photo is, told by its bytes alone, and what else hides in it. Pure, and nothing is decoded."""

from __future__ import annotations

import re

from market.core.errors import ValidationFailed
from market.core.file_types import FileType
from market.core.language import Message
from market.photos.order import PhotoFormat

JPEG = FileType("JPEG", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
PNG = FileType("PNG", "image/png", ("png",))
WEBP = FileType("WEBP", "image/webp", ("webp",))
HEIF = FileType("HEIF", "image/heic", ("heic", "heif"))
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
MOVING_BRANDS = frozenset({b"hevc", b"hevx", b"msf1"})

ZIP_END = b"PK\x05\x06"
ZIP_TAIL_BYTES = 22 + 65535
HEAD_BYTES = 1024
PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
SPEAKS = re.compile(rb"%PDF-|<\?php|<script|<html|<svg|<!doctype", re.IGNORECASE)
VECTOR = re.compile(rb"\A(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!doctype svg|<svg)", re.IGNORECASE)

EMPTY = Message(vi="Tệp rỗng.", en="The file is empty.")
UNKNOWN = Message(
    vi="Chỉ nhận ảnh JPEG, PNG, WebP và HEIC; nội dung tệp không phải loại nào trong số đó.",
    en="JPEG, PNG, WebP and HEIC are taken; the content of the file is none of these.",
)
VECTORS = Message(
    vi="Không nhận ảnh SVG; hãy gửi ảnh JPEG, PNG, WebP hoặc HEIC.",
    en="SVG is not taken; send JPEG, PNG, WebP or HEIC.",
)
ANIMATED = Message(vi="Không nhận ảnh động; hãy gửi ảnh tĩnh.", en="Animated pictures are not taken; send a still one.")
TWO_IN_ONE = Message(
    vi="Tệp vừa là ảnh vừa chứa nội dung khác (tệp nén, tài liệu hoặc mã), nên không nhận.",
    en="The file is a picture and something else (an archive, a document or code) in one, so it is not taken.",
)


def photo_type(body: bytes, *, file_name: str = "", declared: str = "") -> FileType:
    """The type of a photo that may be looked at further; what it is called or said to be counts for nothing.

    Raises:
        ValidationFailed: it is empty, of no type that is taken, moves, or is something else as well.
    """
    del file_name, declared
    if not body:
        raise ValidationFailed.single("/file", "empty", EMPTY)
    found = _signed_as(body)
    if _is_two_in_one(body, found):
        raise ValidationFailed.single("/file", "polyglot", TWO_IN_ONE)
    return found


def format_of(kind: FileType) -> PhotoFormat:
    """The type as the process that makes photos calls it."""
    formats: dict[str, PhotoFormat] = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "HEIF": "HEIF"}
    return formats[kind.name]


def _signed_as(body: bytes) -> FileType:
    if body.startswith(b"\xff\xd8\xff"):
        return JPEG
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return WEBP
    if body[4:8] == b"ftyp":
        brand = body[8:12]
        if brand in MOVING_BRANDS:
            raise ValidationFailed.single("/file", "animated", ANIMATED)
        if brand in HEIF_BRANDS:
            return HEIF
    if body.startswith((b"GIF87a", b"GIF89a")):
        raise ValidationFailed.single("/file", "animated", ANIMATED)
    if VECTOR.match(body):
        raise ValidationFailed.single("/file", "vector", VECTORS)
    raise ValidationFailed.single("/file", "type-unknown", UNKNOWN)


def _is_two_in_one(body: bytes, kind: FileType) -> bool:
    """Whether a program that looks for something else in the file would find it.

    What phones append to a JPEG (a second picture, a second of film) is left behind when the photo is made, and fine.
    """
    if ZIP_END in body[-ZIP_TAIL_BYTES:] or SPEAKS.search(body[:HEAD_BYTES]):
        return True
    if kind is WEBP:
        return len(body) > int.from_bytes(body[4:8], "little") + 8 + 1
    if kind is PNG:
        end = body.find(PNG_END)
        return end >= 0 and end + len(PNG_END) < len(body)
    if kind is JPEG:
        end = body.rfind(b"\xff\xd9")
        return end >= 0 and SPEAKS.search(body[end:]) is not None
    return False
