"""What a PDF carries besides pages, told without drawing it: programs, files within it, whether anybody signed it.

A PDF is objects, some of them packed into streams of objects. Names are compared as a viewer reads them
(`/J#61vaScript` is one), wherever they stand: the table of objects may point into the middle of a picture, so
nothing is passed over. The names that are looked for are too long to come about by chance. What is encrypted, or
packed so that nobody can look into it, is said to be so: viewers open it without asking.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Literal

Concern = Literal["program-inside", "file-inside", "encrypted", "unreadable"]

MOST_UNPACKED = 64 * 1024 * 1024
STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
NAME = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]{1,127})")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
MOST_DICTIONARY = 4096
"""Bytes before a stream in which its dictionary is looked for."""
MOST_STREAMS = 20_000
"""Of a PDF with packed objects; scans of a whole event have some hundreds."""

PROGRAMS = frozenset({b"JavaScript", b"Launch", b"RichMedia", b"ImportData", b"SubmitForm", b"GoToE"})
FORM_WITH_PROGRAMS = frozenset({b"AcroForm", b"XFA"})
FILES = frozenset({b"EmbeddedFile", b"EmbeddedFiles", b"FileAttachment"})
SIGNED = frozenset({b"Sig", b"Ink", b"Stamp", b"Image", b"ByteRange"})


class _Unreadable(Exception):
    pass


def concern_of(body: bytes) -> Concern | None:
    """Why a PDF is not kept; None: it holds nothing but pages. Some milliseconds for each MB."""
    try:
        names = _names(body)
    except _Unreadable:
        return "unreadable"
    if b"Encrypt" in names:
        return "encrypted"
    if PROGRAMS & names or names >= FORM_WITH_PROGRAMS:
        return "program-inside"
    return "file-inside" if FILES & names else None


def is_unsigned_print(body: bytes) -> bool:
    """Whether it is as a program wrote it that writes papers (Typst): nothing added, no picture, ink or signature."""
    if b"(Typst" not in body or body.count(b"%%EOF") != 1:
        return False
    try:
        return not SIGNED & _names(body)
    except _Unreadable:
        return False


def _names(body: bytes) -> set[bytes]:
    """Every name in it, packed objects included.

    Raises:
        _Unreadable: objects are packed in a way that is not looked into, or into too much.
    """
    names = _named(body)
    if b"ObjStm" in names:
        for unpacked in _packed_objects(body):
            names |= _named(unpacked)
    return names


def _named(text: bytes) -> set[bytes]:
    return {
        ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), name) if b"#" in name else name
        for name in set(NAME.findall(text))
    }


def _packed_objects(body: bytes) -> Iterator[bytes]:
    packed, left = 2 * len(body), MOST_UNPACKED
    for count, found in enumerate(STREAM.finditer(body)):
        from_, start, end = max(0, found.start() - MOST_DICTIONARY), found.start(), found.end()
        dictionary = _named(body[max(from_, body.rfind(b"obj", from_, start)) : start])
        if count > MOST_STREAMS:
            raise _Unreadable
        if b"ObjStm" not in dictionary:
            continue
        stream = body[end : max(end, body.find(b"endstream", end))]
        packed -= len(stream)
        if b"Predictor" in dictionary or min(packed, left) <= 0:
            raise _Unreadable
        unpacked = _unpacked(stream, most=left) if b"Filter" in dictionary else stream
        left -= len(unpacked)
        yield unpacked


def _unpacked(stream: bytes, *, most: int) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(stream, most)
    except zlib.error:
        raise _Unreadable from None
    if not unpacking.eof:
        raise _Unreadable
    return unpacked
