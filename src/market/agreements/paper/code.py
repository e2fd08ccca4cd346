"""The code on every page of a printed agreement, by which a scan of it finds its way back."""

from __future__ import annotations

import re
from typing import NamedTuple

CODE = re.compile(r"MARKET:(?P<number>\d{4}-[A-Z0-9]+-\d{4,}(?:-PL\d+)?):(?P<version>\d{1,9})")


class PaperCode(NamedTuple):
    """Which version of which agreement was printed."""

    number: str
    version: int


def paper_code(number: str, version: int) -> str:
    """What the QR code of a version says; in letters that make the code small."""
    return f"MARKET:{number}:{version}"


def read_paper_code(text: str) -> PaperCode | None:
    """What a QR code says, or nothing where it is none of ours."""
    read = CODE.fullmatch(text.strip())
    return PaperCode(read["number"], int(read["version"])) if read else None
