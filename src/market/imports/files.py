"""A file or standard input as numbered lines of UTF-8, read as it comes: never more of it in memory than a block."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from io import BufferedReader

HEAD_BYTES = 64 * 1024
FILE_BYTES = 1024 * 1024
"""Read from a file at once: each read lets the other thread in, and the reading waits for its turn again."""
"""How much is looked at before anything is imported, to refuse a file in another encoding."""
LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of a line that are kept; the rest of a longer one is passed over."""

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
SAVE_AS = 'save it as UTF-8 (in a spreadsheet: "CSV UTF-8") and import that'


class WrongEncoding(ValueError):
    """The file is not UTF-8; the message is for a person."""


def numbered_lines(
    stream: BufferedReader, *, passed: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, the first is 1; bytes that are not UTF-8 become lone surrogates.

    Args:
        passed: told how many bytes were read with each line.

    Raises:
        WrongEncoding: the beginning of the file is UTF-16 or no UTF-8 at all.
    """
    _refuse_other_encodings(stream.peek(HEAD_BYTES)[:HEAD_BYTES])
    for number, (line, size) in enumerate(_lines(stream), start=1):
        passed(size)
        text = line.decode("utf-8", "surrogateescape")
        yield number, text.removeprefix("\ufeff") if number == 1 else text


def is_utf8(text: str) -> bool:
    """Whether every byte of a line that `numbered_lines` gave was UTF-8."""
    return text.isascii() or _ESCAPED_BYTE.search(text) is None


def _lines(stream: BufferedReader) -> Iterator[tuple[bytes, int]]:
    while line := stream.readline(LONGEST_LINE):
        size, more = len(line), line
        while len(more) == LONGEST_LINE and not more.endswith(b"\n"):
            more = stream.readline(LONGEST_LINE)
            size += len(more)
        yield line, size


def _refuse_other_encodings(head: bytes) -> None:
    if head.startswith(UTF16_MARKS) or b"\0" in head[:64]:
        raise WrongEncoding(f"the file is UTF-16: {SAVE_AS}")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        line = head.count(b"\n", 0, error.start) + 1
        raise WrongEncoding(
            f"the file is not UTF-8 (line {line}; an older Vietnamese encoding such as Windows-1258?): {SAVE_AS}"
        ) from None
