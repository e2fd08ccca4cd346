"""From bytes that somebody sent to a photo, made in a process of its own (`worker.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from market.config import Settings
from market.core.blobs import BlobStore, open_blobs
from market.core.child import Child
from market.core.errors import ValidationFailed
from market.core.language import Message
from market.photos.order import Made, PhotoOrder, PhotoResult, RefusalCode
from market.photos.sniffing import ANIMATED, format_of, photo_type

TOO_MANY_PIXELS = Message(
    vi="Ảnh có {width} x {height} điểm ảnh; nhận nhiều nhất {most} triệu điểm ảnh.",
    en="The picture has {width} x {height} pixels; at most {most} million are taken.",
)
UNREADABLE = Message(
    vi="Không đọc được ảnh: tệp bị hỏng hoặc bị cắt ngang. Hãy gửi lại.",
    en="The picture cannot be read: the file is damaged or cut off. Please send it again.",
)
REFUSALS: Mapping[RefusalCode, Message] = MappingProxyType(
    {"too-many-pixels": TOO_MANY_PIXELS, "animated": ANIMATED, "unreadable": UNREADABLE}
)
FORM = {"file": "JPEG, PNG, WebP or HEIC, told by its content", "alt": "What is to be seen, in Vietnamese"}
"""What a form with a photo holds."""

_decode = msgspec.msgpack.Decoder(PhotoResult).decode


def photo_maker() -> Child:
    """The process that makes photos; it starts with the first one."""
    return Child("market.photos.worker")


def photo_blobs(settings: Settings) -> BlobStore:
    """Where the pictures lie: with all other files of this market."""
    return open_blobs(settings.blob_url, (settings.data_dir / "blobs").resolve())


async def make_photo(maker: Child, body: bytes, *, most_pixels: int) -> Made:
    """The photo in two widths, upright, without metadata.

    Raises:
        ValidationFailed: the content is no photo that is taken; says why.
        Unavailable: too many photos are being made already.
    """
    kind = photo_type(body)
    order = PhotoOrder(body, format_of(kind), most_pixels)
    result: PhotoResult = _decode(await maker.ask(msgspec.msgpack.encode(order)))
    if isinstance(result, Made):
        return result
    most = most_pixels // 1_000_000
    raise ValidationFailed.single(
        "/file", result.code, REFUSALS[result.code], width=result.width, height=result.height, most=most
    )
