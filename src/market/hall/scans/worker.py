"""The process in which scans are read (`core.child`): QR codes from pictures, pages and text from PDF.

Sizes are read before anything is decoded, and pages are drawn no larger than a code needs.
"""

from __future__ import annotations

import io
import os
import resource
import time
from collections.abc import Iterator
from contextlib import suppress

import msgspec
import pypdfium2
import zxingcpp
from PIL import Image

from market.core.child import answer_parent
from market.hall.scans.order import ScanOrder, ScanRead

LONGEST_SIDES = (2400, 4800)
"""Pixels of a page in which a code is looked for, and once more where none was found."""
MOST_PAGES = 20
MOST_TEXT = 20_000
"""Characters of text that are looked at: a number stands on every page."""
MOST_SECONDS = 15.0
"""After which what was found so far is the answer."""
MOST_MEMORY = 2 * 1024**3
NICENESS = 10

QR = zxingcpp.barcode_formats_from_str("QRCode")

# We bound the pixels ourselves, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None

UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, RuntimeError)


class Finding:
    """What was found so far."""

    def __init__(self) -> None:
        self.codes: dict[str, None] = {}
        self.text: list[str] = []
        self.whole = True
        self._until = time.monotonic() + MOST_SECONDS

    @property
    def is_late(self) -> bool:
        return time.monotonic() > self._until

    def look(self, page: Image.Image) -> bool:
        """Take the QR codes of a page; whether there was one."""
        pixels = memoryview(page.tobytes()).cast("B", (page.height, page.width))
        found = zxingcpp.read_barcodes(pixels, formats=QR)
        self.codes |= dict.fromkeys(code.text for code in found)
        return bool(found)


def read_scan(order: ScanOrder) -> ScanRead:
    """What stands in a scan; a matter of some 100 ms for a page."""
    finding = Finding()
    try:
        if order.format == "PDF":
            _read_pdf(order.body, finding)
        else:
            _read_picture(order, finding)
    except UNREADABLE:
        finding.whole = False
    return ScanRead(list(finding.codes), " ".join(finding.text)[:MOST_TEXT], finding.whole)


def _read_picture(order: ScanOrder, finding: Finding) -> None:
    for longest in LONGEST_SIDES:
        with Image.open(io.BytesIO(order.body), formats=[order.format]) as image:
            if image.width * image.height > order.most_pixels:
                finding.whole = False
                return
            if order.format == "JPEG":
                # Decoded at a half or a quarter of its size, where that is enough.
                image.draft("L", (longest, longest))
            page = image.convert("L")
        page.thumbnail((longest, longest))
        if finding.look(page) or max(page.size) < longest or finding.is_late:
            return


def _read_pdf(body: bytes, finding: Finding) -> None:
    document = pypdfium2.PdfDocument(body)
    with suppress(*UNREADABLE):
        finding.whole = len(document) <= MOST_PAGES
    try:
        for page in _pages(document):
            if finding.is_late:
                finding.whole = False
                return
            finding.text.append(_text(page))
            longest = max(page.get_size())
            for pixels in LONGEST_SIDES:
                if finding.look(page.render(scale=pixels / longest, grayscale=True).to_pil()) or finding.is_late:
                    break
    finally:
        document.close()


def _pages(document: pypdfium2.PdfDocument) -> Iterator[pypdfium2.PdfPage]:
    for place in range(min(len(document), MOST_PAGES)):
        page = document[place]
        yield page
        page.close()


def _text(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage()
    try:
        return str(text.get_text_range())
    finally:
        text.close()


def answer(order: bytes) -> bytes:
    """An order in, what stands in the scan out."""
    return msgspec.msgpack.encode(read_scan(msgspec.msgpack.decode(order, type=ScanOrder)))


if __name__ == "__main__":
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    answer_parent(answer)
