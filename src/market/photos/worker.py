"""The process in which photos are made (`core.child`): the only one that loads the libraries that decode pictures.

Sizes are read before anything is decoded. What it makes is drawn anew from the pixels, so that nothing that came beside
them (where and when it was taken, with whose phone) is in it.
"""

from __future__ import annotations

import base64
import io
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import msgspec
from PIL import Image, ImageCms, ImageOps
from pillow_heif import register_heif_opener
from thumbhash import rgba_to_thumb_hash

from market.core.child import answer_parent
from market.photos.order import Made, PhotoOrder, PhotoResult, Refused

SMALL, LARGE = 480, 1280
"""Most pixels across; twice as many down."""
QUALITY, EFFORT = 80, 1
PLACEHOLDER = 24
MOST_SECONDS = 15.0
MOST_MEMORY = 2 * 1024**3
NICENESS = 10
"""Whoever searches goes before whoever waits for a photo."""

# We bound the pixels ourselves, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None
register_heif_opener(thumbnails=False)


def make_photo(order: PhotoOrder) -> PhotoResult:
    """The photo, or why there is none; a matter of 300 ms for 12 megapixels."""
    try:
        with _no_longer_than(MOST_SECONDS), Image.open(io.BytesIO(order.body), formats=[order.format]) as image:
            width, height = image.size
            if width * height > order.most_pixels:
                return Refused("too-many-pixels", width, height)
            if order.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
                return Refused("animated")
            return photo_of(_upright(image))
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, TimeoutError, OverflowError, RuntimeError):
        return Refused("unreadable")


def photo_of(image: Image.Image, *, effort: int = EFFORT) -> Made:
    """What is kept of a picture that stands upright in plain RGB.

    Args:
        effort: of the encoder, 0 to 6: smaller files for more time.
    """
    large = _within(image, LARGE)
    small = _within(large, SMALL)
    return Made(_webp(small, effort), _webp(large, effort), _thumbhash(small), *large.size)


def _upright(image: Image.Image) -> Image.Image:
    """The picture no larger than is needed, as it was held, in sRGB on white."""
    profile = image.info.get("icc_profile")
    if image.format in ("JPEG", "MPO"):
        # Decoded at a half, a quarter or an eighth of its size: most of what a large photo costs is never spent.
        image.draft(None, (LARGE, LARGE))
    image.load()
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith("I;16"):
        turned = turned.point(lambda value: value / 256, "L")
    if turned.has_transparency_data:
        turned = turned.convert("RGBA")
        white = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(white, turned)
    return _in_srgb(_within(turned, LARGE) if turned.mode in ("RGB", "RGBA", "CMYK", "L") else turned, profile)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    plain = image.convert("RGB") if image.mode not in ("RGB", "CMYK", "L") else image
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ours = ImageCms.createProfile("sRGB")
            if converted := ImageCms.profileToProfile(plain, theirs, ours, outputMode="RGB"):
                return converted
    return plain.convert("RGB")


def _within(image: Image.Image, across: int) -> Image.Image:
    share = min(1.0, across / image.width, 2 * across / image.height)
    if share == 1.0:
        return image
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=1.5)


def _webp(image: Image.Image, effort: int) -> bytes:
    pixels = Image.frombytes("RGB", image.size, image.tobytes())
    buffer = io.BytesIO()
    pixels.save(buffer, "WEBP", quality=QUALITY, method=effort)
    return buffer.getvalue()


def _thumbhash(image: Image.Image) -> str:
    tiny = image.copy()
    tiny.thumbnail((PLACEHOLDER, PLACEHOLDER))
    values = rgba_to_thumb_hash(*tiny.size, list(tiny.convert("RGBA").tobytes()))
    return base64.b64encode(bytes(values)).decode()


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def answer(order: bytes) -> bytes:
    """An order in, what became of it out."""
    return msgspec.msgpack.encode(make_photo(msgspec.msgpack.decode(order, type=PhotoOrder)))


if __name__ == "__main__":
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    answer_parent(answer)
