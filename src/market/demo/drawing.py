"""The process that draws the goods of the demo story (`core.child`): nobody's photos, drawn by ourselves.

The same look gives the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType

import msgspec
from PIL import Image, ImageChops, ImageColor, ImageDraw

from market.core.child import answer_parent
from market.demo.looks import Look, Shape
from market.photos.order import Made
from market.photos.worker import photo_of

WIDTH, HEIGHT = 960, 720
SMALLER = 1.5
"""Drawn so much larger than it is kept, so that edges are soft."""

Colour = tuple[int, int, int]


def colour_of(name: str) -> Colour:
    red, green, blue = ImageColor.getrgb(name)[:3]
    return red, green, blue


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """The first colour with so much of the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


LIGHT, DARK = (255, 255, 255), (40, 30, 20)


class Canvas:
    """A table by a bright wall, on which goods lie."""

    def __init__(self, look: Look) -> None:
        self.main, self.second = colour_of(look.colour), colour_of(look.second)
        self.random = Random(f"{look.shape} {look.colour} {look.second}")  # noqa: S311  (pictures, no secrets)
        self.image = Image.new("RGB", (WIDTH, HEIGHT))
        wall, table = mixed(self.main, (252, 248, 238), 0.84), (222, 190, 148)
        gradient = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
        self.image.paste(Image.composite(_plain(mixed(wall, DARK, 0.1)), _plain(wall), gradient))
        self.draw = ImageDraw.Draw(self.image)
        self.draw.rectangle((0, 480, WIDTH, HEIGHT), fill=table)
        for line in range(5):
            y = 500 + line * 48
            self.draw.line((0, y, WIDTH, y + self.random.randint(-6, 6)), fill=mixed(table, DARK, 0.12), width=3)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        self.draw.ellipse((x - rx, y - ry, x + rx, y + ry), fill=fill)

    def shadow(self, x: float, y: float, rx: float) -> None:
        """Where something stands."""
        self.ellipse(x + rx * 0.12, y, rx * 1.08, rx * 0.2, (176, 142, 102))

    def ball(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """Something round in the light from above left."""
        self.ellipse(x, y, rx, ry, mixed(fill, DARK, 0.3))
        for step in range(1, 9):
            part = step / 8
            lit = mixed(mixed(fill, DARK, 0.22), mixed(fill, LIGHT, 0.22), part)
            size = 1 - 0.72 * part
            self.ellipse(x - rx * 0.22 * part, y - ry * 0.24 * part, rx * (size + 0.02), ry * (size + 0.02), lit)
        self.ellipse(x - rx * 0.36, y - ry * 0.42, rx * 0.12, ry * 0.09, mixed(fill, LIGHT, 0.75))

    def leaf(self, x: float, y: float, length: float, angle: float, fill: Colour, *, width: float = 0.3) -> None:
        """A pointed leaf that begins at a place and goes off at an angle, in degrees."""
        turn = math.radians(angle)
        along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
        sides: list[tuple[float, float]] = []
        for side in (1, -1):
            edge = [(t / 12, side * math.sin(math.pi * t / 12) ** 0.8 * width * length / 2) for t in range(13)]
            edge = edge if side == 1 else edge[::-1]
            sides += [
                (x + along[0] * t * length + across[0] * w, y + along[1] * t * length + across[1] * w) for t, w in edge
            ]
        self.draw.polygon(sides, fill=fill)
        end = (x + along[0] * length * 0.92, y + along[1] * length * 0.92)
        self.draw.line((x, y, *end), fill=mixed(fill, LIGHT, 0.35), width=4)

    def tilted(self, paint: Callable[[Canvas], None], angle: float, middle: tuple[float, float]) -> None:
        """What is painted, turned about a place."""
        before = self.image.copy()
        paint(self)
        changed = ImageChops.difference(self.image, before).convert("L").point(lambda value: 255 if value else 0)
        turned = self.image.rotate(angle, Image.Resampling.BILINEAR, center=middle)
        mask = changed.rotate(angle, center=middle)
        self.image.paste(before)
        self.image.paste(turned, mask=mask)


def _plain(colour: Colour) -> Image.Image:
    return Image.new("RGB", (WIDTH, HEIGHT), colour)


def _round(on: Canvas) -> None:
    for x, y, radius in ((330, 400, 150), (650, 410, 140), (480, 500, 165)):
        on.shadow(x, y + radius * 0.93, radius)
        on.ball(x, y, radius, radius * 0.95, on.main)
        on.draw.line((x, y - radius * 0.9, x + 8, y - radius * 1.12), fill=(96, 72, 44), width=12)
        on.leaf(x + 4, y - radius * 0.98, radius * 0.8, -28, on.second, width=0.45)


def _long(on: Canvas) -> None:
    for x, y, angle in ((360, 400, 24), (620, 430, -20), (470, 530, 4)):
        on.shadow(x, y + 84, 190)

        def paint(canvas: Canvas, x: int = x, y: int = y) -> None:
            canvas.ball(x, y, 205, 84, canvas.main)
            canvas.ellipse(x + 204, y, 16, 12, mixed(canvas.second, DARK, 0.25))

        on.tilted(paint, angle, (x, y))
    on.leaf(280, 330, 150, -150, on.second)


def _bunch(on: Canvas) -> None:
    on.shadow(480, 622, 250)
    on.draw.line((480, 330, 500, 150), fill=(104, 78, 46), width=14)
    on.leaf(492, 200, 210, -12, on.second, width=0.42)
    on.leaf(488, 230, 190, 196, mixed(on.second, DARK, 0.15), width=0.42)
    for row, count in enumerate((3, 5, 6, 5, 4)):
        for place in range(count):
            x = 480 + (place - (count - 1) / 2) * 96 + on.random.randint(-8, 8)
            on.ball(x, 290 + row * 76 + on.random.randint(-8, 8), 58, 58, on.main)


def _leaves(on: Canvas) -> None:
    on.shadow(480, 610, 280)
    for number in range(15):
        angle = -160 + number * 10
        tone = mixed(on.main, DARK if number % 2 else LIGHT, 0.08 + 0.05 * (number % 3))
        on.leaf(480 + (number - 7) * 7, 590, 330 + on.random.randint(-40, 40), angle, tone, width=0.42)
    on.draw.polygon([(400, 600), (560, 600), (530, 500), (430, 500)], fill=mixed(on.main, LIGHT, 0.72))
    on.draw.rounded_rectangle((410, 535, 550, 562), 12, fill=(196, 84, 62))


def _root(on: Canvas) -> None:
    for x, angle in ((330, 12), (480, 0), (630, -12)):
        on.shadow(x, 622, 90)

        def paint(canvas: Canvas, x: int = x) -> None:
            for leaf in (-120, -100, -80, -60):
                canvas.leaf(x, 290, 170, leaf, canvas.second, width=0.26)
            for step in range(34):
                part = step / 34
                tone = mixed(canvas.main, DARK, 0.05 + 0.1 * (step % 7 == 3))
                canvas.ellipse(x, 310 + 300 * part, 74 * (1 - part) ** 0.55 + 5, 26, tone)
            canvas.leaf(x - 30, 330, 190, 84, mixed(canvas.main, LIGHT, 0.28), width=0.12)

        on.tilted(paint, angle, (x, 450))


def _bowl(on: Canvas) -> None:
    on.shadow(480, 628, 250)
    on.ellipse(480, 430, 300, 74, mixed(on.main, DARK, 0.35))
    for row in range(9):
        half = 262 - row * 25
        for _ in range(30 - row * 2):
            x, y = 480 + on.random.uniform(-half, half), 446 - row * 17 + on.random.uniform(-8, 8)
            tone = mixed(on.second, DARK if on.random.random() < 0.5 else LIGHT, on.random.uniform(0.02, 0.16))
            on.ellipse(x, y, 24, 17, mixed(tone, DARK, 0.12))
            on.ellipse(x - 2, y - 2, 22, 15, tone)
    on.draw.chord((180, 250, 780, 640), 0, 180, fill=on.main)
    on.draw.arc((180, 380, 780, 510), 0, 180, fill=mixed(on.main, LIGHT, 0.4), width=14)
    on.draw.chord((210, 300, 470, 600), 100, 180, fill=mixed(on.main, LIGHT, 0.14))
    on.draw.rounded_rectangle((390, 618, 570, 642), 10, fill=mixed(on.main, DARK, 0.25))


def _jar(on: Canvas) -> None:
    for x, top, half in ((330, 300, 105), (640, 270, 115), (480, 330, 120)):
        bottom = 560 if x != 480 else 620
        on.shadow(x, bottom, half * 1.1)
        on.draw.rounded_rectangle((x - half, top, x + half, bottom), 34, fill=mixed(on.main, DARK, 0.14))
        on.draw.rounded_rectangle((x - half + 8, top + 8, x + half - 22, bottom - 8), 30, fill=on.main)
        on.draw.rounded_rectangle(
            (x - half + 22, top + 34, x - half + 40, bottom - 40), 9, fill=mixed(on.main, LIGHT, 0.5)
        )
        on.draw.rounded_rectangle((x - half * 0.8, top - 46, x + half * 0.8, top + 10), 12, fill=(120, 86, 54))
        middle = (top + bottom) / 2 + 10
        on.draw.rectangle((x - half, middle - 56, x + half, middle + 56), fill=on.second)
        on.leaf(x - 44, middle + 14, 92, -18, mixed(on.main, (70, 120, 60), 0.6), width=0.5)


def _packet(on: Canvas) -> None:
    for x, top, half in ((330, 250, 125), (640, 260, 125), (480, 300, 150)):
        bottom = 570 if x != 480 else 625
        on.shadow(x, bottom, half * 1.1)
        on.draw.polygon(
            [(x - half * 0.92, top), (x + half * 0.92, top), (x + half, bottom), (x - half, bottom)], fill=on.main
        )
        on.draw.polygon(
            [(x + half * 0.6, top), (x + half * 0.92, top), (x + half, bottom), (x + half * 0.66, bottom)],
            fill=mixed(on.main, DARK, 0.16),
        )
        on.draw.rectangle((x - half * 0.95, top, x + half * 0.95, top + 30), fill=mixed(on.main, DARK, 0.28))
        middle = (top + bottom) / 2 + 20
        on.ellipse(x, middle, half * 0.66, half * 0.66, on.second)
        for angle in (-150, -90, -30):
            on.leaf(x, middle + half * 0.36, half * 0.8, angle, mixed(on.main, (70, 120, 60), 0.4), width=0.36)


def _fish(on: Canvas) -> None:
    for x, y, size in ((500, 370, 0.9), (450, 530, 1.1)):
        on.shadow(x, y + 82 * size, 260 * size)
        fin = mixed(on.main, DARK, 0.25)
        on.draw.polygon(
            [
                (x + 190 * size, y),
                (x + 320 * size, y - 90 * size),
                (x + 290 * size, y),
                (x + 320 * size, y + 90 * size),
            ],
            fill=fin,
        )
        on.draw.polygon(
            [(x - 60 * size, y - 70 * size), (x + 30 * size, y - 132 * size), (x + 120 * size, y - 50 * size)], fill=fin
        )
        on.ball(x, y, 240 * size, 92 * size, on.main)
        on.draw.chord(
            (x - 225 * size, y + 5 * size, x + 205 * size, y + 88 * size), 8, 172, fill=mixed(on.main, LIGHT, 0.5)
        )
        on.draw.arc((x - 190 * size, y - 70 * size, x - 90 * size, y + 70 * size), -70, 70, fill=fin, width=7)
        on.ellipse(x - 185 * size, y - 16 * size, 17 * size, 17 * size, LIGHT)
        on.ellipse(x - 187 * size, y - 16 * size, 9 * size, 9 * size, DARK)


def _shrimp(on: Canvas) -> None:
    for x, y in ((360, 360), (640, 400), (470, 540)):
        on.shadow(x, y + 100, 130)
        for step in range(15):
            angle = math.radians(200 - step * 17)
            radius = 46 - step * 2.1
            at = (x + math.cos(angle) * 104, y - math.sin(angle) * 84)
            on.ellipse(*at, radius + 5, radius + 5, mixed(on.main, DARK, 0.2))
            on.ellipse(*at, radius, radius, mixed(on.main, LIGHT, 0.1 + 0.18 * (step % 2)))
        end = (x + math.cos(math.radians(-40)) * 104, y - math.sin(math.radians(-40)) * 84)
        for angle in (150, 185, 220):
            on.leaf(*end, 80, angle, mixed(on.main, DARK, 0.1), width=0.4)
        on.ellipse(x - 118, y + 6, 8, 8, DARK)
        on.draw.arc((x - 260, y - 130, x - 80, y + 60), 300, 60, fill=on.main, width=5)


def _shell(on: Canvas) -> None:
    for x, y, radius in ((340, 420, 140), (640, 410, 130), (480, 540, 150)):
        on.shadow(x, y + radius * 0.62, radius)
        on.ball(x, y, radius, radius * 0.66, on.main)
        for line in range(-4, 5):
            end = (x + line * radius * 0.2, y - radius * 0.58 * math.cos(line / 5))
            on.draw.line((x, y + radius * 0.6, *end), fill=mixed(on.main, DARK, 0.3), width=5)


def _eggs(on: Canvas) -> None:
    on.shadow(480, 620, 300)
    on.draw.chord((180, 400, 780, 700), 0, 180, fill=mixed(on.second, DARK, 0.15))
    for row, (count, y) in enumerate(((3, 420), (4, 490), (3, 545))):
        for place in range(count):
            x = 480 + (place - (count - 1) / 2) * 128
            on.ball(x, y, 70, 86, mixed(on.main, LIGHT, 0.1 * (row + place) % 0.3))
    for row in range(3):
        for place in range(11):
            x = 480 + (place - 5 + row % 2 / 2) * (50 - row * 8)
            tone = mixed(on.second, DARK if place % 2 else LIGHT, 0.12)
            on.draw.rounded_rectangle((x - 26, 558 + row * 32, x + 24, 588 + row * 32), 8, fill=tone)


def _mushroom(on: Canvas) -> None:
    for x, y, size in ((330, 380, 0.9), (640, 360, 1.0), (480, 450, 1.2)):
        foot = y + 170 * size
        on.shadow(x, foot, 80 * size)
        on.draw.rounded_rectangle((x - 44 * size, y, x + 44 * size, foot), 34, fill=on.second)
        on.draw.rounded_rectangle((x + 14 * size, y, x + 44 * size, foot), 20, fill=mixed(on.second, DARK, 0.12))
        on.draw.chord((x - 150 * size, y - 130 * size, x + 150 * size, y + 110 * size), 180, 360, fill=on.main)
        on.ellipse(x, y - 8 * size, 150 * size, 30 * size, mixed(on.main, DARK, 0.25))
        on.ellipse(x - 50 * size, y - 84 * size, 40 * size, 18 * size, mixed(on.main, LIGHT, 0.35))


PAINTERS: Mapping[Shape, Callable[[Canvas], None]] = MappingProxyType(
    {
        "round": _round,
        "long": _long,
        "bunch": _bunch,
        "leaves": _leaves,
        "root": _root,
        "bowl": _bowl,
        "jar": _jar,
        "packet": _packet,
        "fish": _fish,
        "shrimp": _shrimp,
        "shell": _shell,
        "eggs": _eggs,
        "mushroom": _mushroom,
    }
)


def drawn(look: Look) -> Image.Image:
    """The picture of some goods."""
    canvas = Canvas(look)
    PAINTERS[look.shape](canvas)
    size = (round(WIDTH / SMALLER), round(HEIGHT / SMALLER))
    return canvas.image.resize(size, Image.Resampling.BILINEAR)


def answer(order: bytes) -> bytes:
    """Looks in, their photos out; in MessagePack."""
    made: list[Made] = [photo_of(drawn(look), effort=0) for look in msgspec.msgpack.decode(order, type=list[Look])]
    return msgspec.msgpack.encode(made)


if __name__ == "__main__":
    answer_parent(answer)
