"""Tone keys: Vietnamese syllables spelled in ASCII letters without losing a mark.

Search engines fold marks away, so dừa, dứa and dưa are one word to them. The tone key of each is a different word
of letters a to z: every character becomes a fixed unit, and the tone closes the syllable. The units are a prefix
code and the closing ones stand only at the end, so no key is the beginning of another: a prefix search on a whole
key finds that key alone. Digits become letters too, because engines cut words between letters and digits.
"""

from __future__ import annotations

from functools import lru_cache

from market.vietnamese.syllables import split_tone
from market.vietnamese.text import clean, tokens

_UNITS = {letter: letter for letter in "abcdefghijklmnopqrstuvwxy"} | {
    "z": "zz",
    "â": "za",
    "ă": "zb",
    "đ": "zd",
    "ê": "ze",
    "ô": "zo",
    "ơ": "zp",
    "ư": "zu",
    "0": "zg",
    "1": "zh",
    "2": "zi",
    "3": "zk",
    "4": "zl",
    "5": "zm",
    "6": "zn",
    "7": "zq",
    "8": "zt",
    "9": "zv",
}
_CLOSING = {"": "zy", "f": "zf", "s": "zs", "r": "zr", "x": "zx", "j": "zj"}
_CODE_POINT = "zc"
_HEX_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


@lru_cache(maxsize=65536)
def syllable_key(syllable: str) -> str:
    """The key of one lower-case word in NFC; other characters than Vietnamese ones are spelled by code point."""
    letters, tone = split_tone(syllable)
    spelled = [_UNITS.get(letter) or _CODE_POINT + f"{ord(letter):06x}".translate(_HEX_LETTERS) for letter in letters]
    return "".join(spelled) + _CLOSING[tone]


def tone_key(text: str) -> str:
    """The keys of a text's words, one token for each, separated by blanks.

    The key does not depend on case, Unicode form or the custom of placing tone marks.
    """
    return " ".join([syllable_key(token.text) for token in tokens(clean(text))])
