"""What becomes of a picture, in the process that makes photos."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from market.core.child import Child
from market.core.errors import ValidationFailed
from market.photos.making import make_photo, photo_maker
from market.photos.order import Made
from tests.photos.pictures import (
    GREEN,
    RED,
    archive,
    encoded,
    moving,
    opened,
    picture,
    png_header,
    with_place,
)

MOST_PIXELS = 64_000_000
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(scope="module")
async def maker() -> AsyncIterator[Child]:
    maker = photo_maker()
    yield maker
    await maker.close()


async def made_of(maker: Child, body: bytes) -> Made:
    return await make_photo(maker, body, most_pixels=MOST_PIXELS)


async def refused(maker: Child, body: bytes) -> str:
    with pytest.raises(ValidationFailed) as refusal:
        await made_of(maker, body)
    (error,) = refusal.value.errors
    assert error.render("vi")["message"] != error.render("en")["message"]
    return error.code


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < 25 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
async def test_each_kind_becomes_two_widths_of_webp(maker: Child, kind: str) -> None:
    made = await made_of(maker, encoded(picture(), kind))

    small, large = opened(made.small), opened(made.large)
    assert (small.format, small.size) == ("WEBP", (480, 360))
    assert (large.format, large.size) == ("WEBP", (1280, 960)) == ("WEBP", (made.width, made.height))
    assert near(large.getpixel((100, 100)), RED)
    assert near(large.getpixel((1200, 900)), GREEN)
    assert 20 <= len(made.thumbhash) <= 40


async def test_small_pictures_are_not_blown_up(maker: Child) -> None:
    made = await made_of(maker, encoded(picture(200, 100)))

    assert opened(made.large).size == opened(made.small).size == (200, 100)


async def test_where_it_was_taken_and_by_whom_is_gone(maker: Child) -> None:
    sent = with_place(picture())
    assert opened(sent).getexif().get_ifd(0x8825)

    made = await made_of(maker, sent)

    for body in (made.small, made.large):
        assert not opened(body).getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & opened(body).info.keys()
        assert not any(trace in body for trace in (b"EXIF", b"DienThoai", b"0901234567", b"XMP"))


async def test_it_stands_as_it_was_held(maker: Child) -> None:
    made = await made_of(maker, with_place(picture(1600, 1200), orientation=6))

    upright = opened(made.large)
    assert upright.size == (1200, 1600)
    assert near(upright.getpixel((1100, 100)), RED)
    assert near(upright.getpixel((100, 100)), GREEN)


async def test_what_can_be_seen_through_stands_on_white(maker: Child) -> None:
    glass = picture(400, 400).convert("RGBA")
    glass.putalpha(0)

    assert near(opened((await made_of(maker, encoded(glass, "PNG"))).large).getpixel((10, 10)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "I;16"])
async def test_odd_colours_are_taken(maker: Child, mode: str) -> None:
    odd = picture(300, 200).convert("L").convert("I;16" if mode == "I;16" else mode) if mode != "CMYK" else None
    body = encoded(odd, "PNG") if odd else encoded(picture(300, 200).convert("CMYK"), "JPEG")

    assert opened((await made_of(maker, body)).large).mode == "RGB"


@pytest.mark.parametrize(("width", "height"), [(10_000, 10_000), (65_000, 65_000), (2_000_000_000, 2)])
async def test_too_many_pixels_are_refused_before_they_are_decoded(maker: Child, width: int, height: int) -> None:
    assert await refused(maker, png_header(width, height)) == "too-many-pixels"


async def test_a_real_picture_of_100_megapixels_is_refused(maker: Child) -> None:
    assert await refused(maker, encoded(picture(10_000, 10_000).convert("1"), "PNG")) == "too-many-pixels"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (SVG, "vector"),
        (b"%PDF-1.7 ", "type-unknown"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "unreadable"),
        (encoded(picture())[:-3000], "unreadable"),
        (encoded(picture(), "PNG")[:-3000], "unreadable"),
        (encoded(picture(), "WEBP")[:-800], "unreadable"),
        (encoded(picture(), "HEIF")[:-800], "unreadable"),
        (png_header(4000, 3000), "unreadable"),
        (encoded(picture()) + archive(), "polyglot"),
        (encoded(picture(), "PNG") + b"<script>alert(1)</script>", "polyglot"),
        (encoded(picture(), "WEBP") + b"<?php system($_GET['c']);", "polyglot"),
        (encoded(picture(), comment=b"<script>alert(1)</script>"), "polyglot"),
        (encoded(picture()) + SVG, "polyglot"),
        (moving("PNG"), "animated"),
        (moving("WEBP"), "animated"),
        (moving("GIF"), "animated"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_no_photo_is_refused_with_its_reason(maker: Child, body: bytes, code: str) -> None:
    assert await refused(maker, body) == code
    assert (await made_of(maker, encoded(picture(64, 64)))).width == 64


async def test_a_second_picture_that_phones_append_is_left_behind(maker: Child) -> None:
    both = encoded(picture()) + encoded(picture(shade=90))

    assert (await made_of(maker, both)).width == 1280


async def test_the_libraries_stay_in_the_process_of_their_own() -> None:
    asked = "import sys, market.app; print(sorted({'PIL', 'pillow_heif', 'thumbhash'} & sys.modules.keys()))"
    answered = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: ASYNC221

    assert answered.stdout.strip() == "[]"
