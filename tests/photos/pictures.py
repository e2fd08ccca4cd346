"""Pictures made here, as phones and mischief make them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image, ImageDraw
from pillow_heif import register_heif_opener

register_heif_opener(thumbnails=False)

RED, GREEN = (220, 30, 40), (30, 160, 60)


def picture(width: int = 1600, height: int = 1200, *, shade: int = 0) -> Image.Image:
    """Green, with a red upper left quarter."""
    image = Image.new("RGB", (width, height), (30 + shade, 160, 60))
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=RED)
    return image


def noise(width: int, height: int) -> Image.Image:
    """As hard to encode as a real photo of many leaves."""
    small = Image.effect_noise((width // 4, height // 4), 80).resize((width, height), Image.Resampling.BICUBIC)
    return Image.merge("RGB", (small, small.rotate(180), small.transpose(Image.Transpose.FLIP_TOP_BOTTOM)))


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def with_place(image: Image.Image, *, orientation: int = 1) -> bytes:
    """A JPEG that says where it was taken, and by whose phone."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "DienThoaiCuaBa"
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 21.0, 36.0), 3: "E", 4: (106.0, 28.0, 12.0)})
    return encoded(image, exif=exif.tobytes(), comment=b"0901234567")


def png_header(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def moving(kind: str) -> bytes:
    frames = [picture(60, 40), picture(60, 40, shade=90)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("ma.js", "alert(1)")
    return buffer.getvalue()


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image
