"""Vietnamese spelling made comparable, with its marks and without."""

from __future__ import annotations

import re
import unicodedata

_LATE_TONE = re.compile(r"(o[àáảãạ]|o[èéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])(?!\w)")
_EARLY_TONE = {
    "à": "òa", "á": "óa", "ả": "ỏa", "ã": "õa", "ạ": "ọa",
    "è": "òe", "é": "óe", "ẻ": "ỏe", "ẽ": "õe", "ẹ": "ọe",
    "ỳ": "ùy", "ý": "úy", "ỷ": "ủy", "ỹ": "ũy", "ỵ": "ụy",
}  # fmt: skip


def marked(text: str) -> str:
    """The text with its marks, in one spelling: NFC, lower case, single spaces, tones placed the older way (hòa)."""
    joined = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return _LATE_TONE.sub(lambda found: _EARLY_TONE[found[0][1]], joined)


def folded(text: str) -> str:
    """The text without any mark: dừa, dứa and dưa all become dua."""
    decomposed = unicodedata.normalize("NFD", marked(text))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).replace("đ", "d")
    # A mark that stood alone leaves its space behind.
    return " ".join(letters.split())
