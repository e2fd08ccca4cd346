"""Mail and web addresses within what people write: in names and titles, which are sent to strangers."""

from __future__ import annotations

import re

ADDRESS = re.compile(
    r"@|https?:|www\.|\.(?:com|vn|net|org|info|biz|shop|store|xyz|top|site|online|link|click|app|asia|example)\b",
    re.IGNORECASE,
)
LEFT_OUT = "…"


def holds_address(text: str) -> bool:
    """Whether it would carry a reader somewhere; dots alone do not (TP.HCM, Co.opmart)."""
    return ADDRESS.search(text) is not None


def without_addresses(text: str) -> str:
    """The text with every word that is an address left out."""
    if not holds_address(text):
        return text
    return " ".join(LEFT_OUT if holds_address(word) else word for word in text.split())
