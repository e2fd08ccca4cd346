"""What is asked of the process that writes papers, and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

Format = Literal["pdf", "docx"]


class PaperOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One paper to write."""

    kind: Format
    values: dict[str, Any]
    """What the template may place (`Paper.as_values`)."""
    made_at: datetime
    """When the version was made; the file carries it instead of the time of writing."""
    template: str
    """Path of the template."""


class Written(msgspec.Struct, frozen=True, tag=True):
    """The file."""

    body: bytes


class Broken(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The template asks for what is not there, or cannot be read."""

    reason: str
    kind: str
    """Name of the error, for the log: the reason may quote what the paper says of people."""


PaperResult = Written | Broken
