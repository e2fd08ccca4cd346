"""Text that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

_BEGINS = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?\d[\d.,]*$")


def safe_text(text: str) -> str:
    """Text for a cell of a CSV file: where a spreadsheet would calculate, an apostrophe stands before it.

    Numbers stay numbers. `imports` takes the apostrophe away again.
    """
    return f"'{text}" if _BEGINS.match(text) and not _NUMBER.match(text) else text
