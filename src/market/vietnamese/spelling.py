"""Vietnamese spelling made comparable, with its marks and without."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LATE_TONE = re.compile(r"(o[àáảãạ]|o[èéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])(?!\w)")
_EARLY_TONE = {
    "à": "òa", "á": "óa", "ả": "ỏa", "ã": "õa", "ạ": "ọa",
    "è": "òe", "é": "óe", "ẻ": "ỏe", "ẽ": "õe", "ẹ": "ọe",
    "ỳ": "ùy", "ý": "úy", "ỷ": "ủy", "ỹ": "ũy", "ỵ": "ụy",
}  # fmt: skip


KEPT = 32_768
"""Texts whose spelling is kept: names of reference data, which are spelled again whenever an officer decides one."""
_BETWEEN = re.compile(r"[.,\-\u2010-\u2015\u2212_/]+")
_KIND_OF_PROVINCE = re.compile(r"^(?:tỉnh|tinh|thành phố|thanh pho|tp|t p)\s+(?=\S)|(?<=\S)\s+(?:city|province)$")
_LEVELS = (
    "xã|xa|phường|phuong|thị trấn|thi tran|đặc khu|dac khu|huyện|huyen|quận|quan|thị xã|thi xa|thành phố|thanh pho"
)
_KIND_BELOW = re.compile(rf"^(?:{_LEVELS}|tp|t p|tx|t x|tt|t t|p|q|h|x)\s+(?=\S)")


@lru_cache(maxsize=KEPT)
def marked(text: str) -> str:
    """The text with its marks, in one spelling: NFC, lower case, single spaces, tones placed the older way (hòa)."""
    joined = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return _LATE_TONE.sub(lambda found: _EARLY_TONE[found[0][1]], joined)


@lru_cache(maxsize=KEPT)
def folded(text: str) -> str:
    """The text without any mark: dừa, dứa and dưa all become dua."""
    decomposed = unicodedata.normalize("NFD", marked(text))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).replace("đ", "d")
    # A mark that stood alone leaves its space behind.
    return " ".join(letters.split())


def province_spelling(text: str) -> str:
    """The name of a province as it is compared: without the word for its kind, dots and dashes (TP., –) apart."""
    plain = " ".join(_BETWEEN.sub(" ", marked(text)).split())
    return _KIND_OF_PROVINCE.sub("", plain)


def place_spelling(text: str) -> str:
    """The same for what lies below a province: `H. Mai Sơn`, `xã Cò Nòi` and `Cò Nòi` are names alone."""
    plain = " ".join(_BETWEEN.sub(" ", marked(text)).split())
    return _KIND_BELOW.sub("", plain)


def agrees(typed: str, name: str) -> bool:
    """Whether words with the letters of a name have its marks wherever they have any: Bà Rịa Vung Tau."""
    pairs = zip(typed.split(), name.split(), strict=False)
    return all(word in (spelled, folded(word)) for word, spelled in pairs)
