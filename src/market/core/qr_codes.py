"""QR codes as SVG."""

from __future__ import annotations

import io
from functools import lru_cache

import segno


@lru_cache(maxsize=4096)
def qr_code(text: str) -> str:
    """A QR code as SVG. The mask is given: to try all eight takes four times as long, and any of them can be read."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False, mask=3).save(buffer, kind="svg", border=1, xmldecl=False, omitsize=True)
    return buffer.getvalue().decode()
