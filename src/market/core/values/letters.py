"""Letters of many keyboards as one: full-width digits, odd spaces, odd dashes, marks typed apart."""

from __future__ import annotations

import unicodedata

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_QUOTES = dict.fromkeys(map(ord, "’‘ʼ`"), "'")


def plain_text(text: str) -> str:
    """The text in NFKC, on one line, with plain dashes and quotes and without what nobody can see."""
    if text.isascii():
        return " ".join(text.split())
    shown = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return " ".join(shown.translate(_DASHES | _QUOTES).split())


def without_marks(text: str) -> str:
    """Lower case without marks, for words that mean the same with and without them."""
    apart = unicodedata.normalize("NFD", plain_text(text).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).replace("đ", "d")
