"""Bytes of a text file to text, in whichever encoding it was saved; tones that stand apart are joined."""

from __future__ import annotations

import codecs
import unicodedata

from market.core.language import Message
from market.imports.sheets.grids import UnreadableFile
from market.imports.sheets.old_fonts import DECODERS, plausibility

SAMPLE_BYTES = 256 * 1024
UNKNOWN = Message(
    vi="Không nhận ra bảng mã của tệp (đã thử UTF-8, UTF-16, Windows-1258, TCVN3, VNI). "
    "Hãy lưu lại dạng “CSV UTF-8” hoặc XLSX.",
    en="The encoding of the file is unknown (UTF-8, UTF-16, Windows-1258, TCVN3 and VNI were tried). "
    'Save it as "CSV UTF-8" or XLSX.',
)
BINARY = Message(vi="Tệp không phải văn bản hay bảng tính.", en="The file is neither text nor a spreadsheet.")
LEAST_PLAUSIBLE = 0.5
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1a\x0b")


def decoded(body: bytes, *, torn: bool = False) -> tuple[str, str]:
    """The text, and the name of the encoding that it was in.

    Args:
        torn: it is only the beginning of a file, and may end within a letter.

    Raises:
        UnreadableFile: it is no text, or in none of the encodings known; or it holds a NUL, which no text does.
    """
    text, name = _told(body, torn=torn)
    if "\0" in text:
        raise UnreadableFile("not-a-table", BINARY)
    return text, name


def _told(body: bytes, *, torn: bool) -> tuple[str, str]:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if body.startswith(mark):
            return _strictly(body, name)
    if (unmarked := _unmarked_utf16(body)) is not None:
        return _strictly(body, unmarked)
    sample = body[:SAMPLE_BYTES]
    if any(byte in _CONTROLS for byte in sample):
        raise UnreadableFile("not-a-table", BINARY)
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body, final=not torn), "utf-8"
    except UnicodeDecodeError:
        return _by_letters(body)


def _strictly(body: bytes, name: str) -> tuple[str, str]:
    try:
        return unicodedata.normalize("NFC", body.decode(name)), name.removesuffix("-sig").removesuffix("-le")[:6]
    except UnicodeDecodeError:
        raise UnreadableFile("encoding-unknown", UNKNOWN) from None


def _unmarked_utf16(body: bytes) -> str | None:
    head = body[:2000]
    if head.count(0) < len(head) / 8:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"


def _by_letters(body: bytes) -> tuple[str, str]:
    """Windows-1258, TCVN3 or VNI, whichever makes Vietnamese of the words."""
    sample = body[:SAMPLE_BYTES]
    candidates = {"cp1258": unicodedata.normalize("NFC", sample.decode("cp1258", "replace"))}
    latin = sample.decode("latin-1")
    candidates |= {font: decode(latin) for font, decode in DECODERS.items()}
    scores = {name: plausibility([text]) for name, text in candidates.items()}
    best = max(scores, key=lambda name: scores[name])
    if scores[best] < LEAST_PLAUSIBLE:
        raise UnreadableFile("encoding-unknown", UNKNOWN)
    if best == "cp1258":
        return unicodedata.normalize("NFC", body.decode("cp1258", "replace")), best
    return DECODERS[best](body.decode("latin-1")), best
