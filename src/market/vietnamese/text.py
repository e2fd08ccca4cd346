"""Vietnamese text made comparable: one code form, one case, one tone placement; folded to ASCII; cut into words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import msgspec

from market.vietnamese.syllables import canonical

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*[^\W\d_]*|[^\W_]+")
_WORD = re.compile(r"[^\W\d_]+")
_SPECIAL = str.maketrans({"đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "œ": "oe"})


class Token(msgspec.Struct, frozen=True, gc=False):
    """A word of a text: `text` is lower case with the tone where this project puts it; `folded` is ASCII."""

    text: str
    folded: str
    start: int
    end: int

    @property
    def marked(self) -> bool:
        """Whether the word carries a Vietnamese mark."""
        return self.text != self.folded


def clean(text: str, *, limit: int | None = None) -> str:
    """The text in NFC without control, format, private and unassigned characters; white space becomes one blank.

    Args:
        text: anything.
        limit: longest result in characters; the rest is cut off.
    """
    if limit is not None:
        text = text[: 4 * limit]
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    text = " ".join(text.split())
    return text if limit is None else text[:limit]


def normalise(text: str) -> str:
    """The text in NFC and lower case, every Vietnamese syllable with its tone mark in one place (hoà is hòa)."""
    lowered = unicodedata.normalize("NFC", clean(text).casefold())
    return _WORD.sub(lambda match: canonical(match.group()), lowered)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The text in lower-case ASCII: marks dropped, đ is d; characters without an ASCII form are dropped."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    return decomposed.encode("ascii", "ignore").decode()


def has_marks(text: str) -> bool:
    """Whether the text carries Vietnamese marks."""
    return not text.isascii() and any(token.marked for token in tokens(text))


def tokens(text: str) -> list[Token]:
    """The words of a text in order, with their places in it. The text must be clean (see `clean`).

    A number keeps its separators and a unit written against it: "20.000đ", "1,5tr".
    """
    return [Token(*_spelled(match.group()), *match.span()) for match in _TOKEN.finditer(text)]


@lru_cache(maxsize=16384)
def _spelled(word: str) -> tuple[str, str]:
    """A word as it stands in a text, comparable: with its marks, and without."""
    lowered = word.lower() if word.isascii() else unicodedata.normalize("NFC", word.casefold())
    spelled = canonical(lowered)
    return spelled, fold(spelled)


def words(text: str) -> list[str]:
    """The words of any text, comparable: `normalise` and cut."""
    return [token.text for token in tokens(clean(text))]
