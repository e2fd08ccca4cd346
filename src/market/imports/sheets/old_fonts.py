"""Text typed in the fonts of before Unicode, told by its letters: TCVN3 (ABC) and VNI.

Such a file says nothing of its font: ê is kept as ª, bưởi as b­ëi. Read as it stands, it holds hardly a Vietnamese
syllable; decoded by the right table nearly every word is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from market.vietnamese.syllables import is_syllable

Font = Literal["tcvn3", "vni"]

_TCVN3 = {
    "A1": "Ă", "A2": "Â", "A3": "Ê", "A4": "Ô", "A5": "Ơ", "A6": "Ư", "A7": "Đ",
    "A8": "ă", "A9": "â", "AA": "ê", "AB": "ô", "AC": "ơ", "AD": "ư", "AE": "đ",
    "B5": "à", "B6": "ả", "B7": "ã", "B8": "á", "B9": "ạ", "BB": "ằ", "BC": "ẳ", "BD": "ẵ", "BE": "ắ", "C6": "ặ",
    "C7": "ầ", "C8": "ẩ", "C9": "ẫ", "CA": "ấ", "CB": "ậ", "CC": "è", "CE": "ẻ", "CF": "ẽ", "D0": "é", "D1": "ẹ",
    "D2": "ề", "D3": "ể", "D4": "ễ", "D5": "ế", "D6": "ệ", "D7": "ì", "D8": "ỉ", "DC": "ĩ", "DD": "í", "DE": "ị",
    "DF": "ò", "E1": "ỏ", "E2": "õ", "E3": "ó", "E4": "ọ", "E5": "ồ", "E6": "ổ", "E7": "ỗ", "E8": "ố", "E9": "ộ",
    "EA": "ờ", "EB": "ở", "EC": "ỡ", "ED": "ớ", "EE": "ợ", "EF": "ù", "F1": "ủ", "F2": "ũ", "F3": "ú", "F4": "ụ",
    "F5": "ừ", "F6": "ử", "F7": "ữ", "F8": "ứ", "F9": "ự", "FA": "ỳ", "FB": "ỷ", "FC": "ỹ", "FD": "ý", "FE": "ỵ",
}  # fmt: skip
TCVN3 = {int(code, 16): letter for code, letter in _TCVN3.items()}

_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_BREVE = {"ê": "ă", "é": "ắ", "è": "ằ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ"}
_VNI_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_ALONE = {
    "ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì",
}  # fmt: skip


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_ALONE)
    bases = {"a": "a", "e": "e", "o": "o", "u": "u", "y": "y", "ô": "ơ", "ö": "ư"}
    for typed, base in bases.items():
        table |= {typed + sign: base + tone for sign, tone in _VNI_TONES.items()}
    table |= {f"a{sign}": letter for sign, letter in _VNI_BREVE.items()}
    for typed, base in {"a": "â", "e": "ê", "o": "ô"}.items():
        table |= {typed + sign: base + tone for sign, tone in _VNI_CIRCUMFLEX.items()}
    lower = {typed: unicodedata.normalize("NFC", letter) for typed, letter in table.items()}
    upper = {typed.upper(): letter.upper() for typed, letter in lower.items()}
    capital = {typed[0].upper() + typed[1:]: letter.upper() for typed, letter in lower.items()}
    return upper | capital | lower


_VNI = _vni_table()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+(?:[­ª¨©«¬®¸¹µ¶·º»¼½¾]+[^\W\d_]*)*|[­ª¨©«¬®¸¹µ¶·»¼½¾]+[^\W\d_]*")
ENOUGH_WORDS = 4000


def from_tcvn3(text: str) -> str:
    """Letters of TCVN3, each kept as the Latin-1 letter of its code, as themselves."""
    return text.translate(TCVN3)


def from_vni(text: str) -> str:
    """Letters of VNI, kept as Latin-1 letters, each with its sign behind it, as themselves."""
    return _VNI_PATTERN.sub(lambda found: _VNI[found[0]], text)


DECODERS = {"tcvn3": from_tcvn3, "vni": from_vni}


def told_font(texts: Iterable[str]) -> Font | None:
    """The old font that these texts are typed in; None when they read as they stand, or as nothing known."""
    foreign = [text for text in texts if any("\x80" <= letter <= "\xff" for letter in text)][:ENOUGH_WORDS]
    if not foreign:
        return None
    as_they_stand = plausibility(foreign)
    scores = {font: plausibility([decode(text) for text in foreign]) for font, decode in DECODERS.items()}
    best = max(scores, key=lambda font: scores[font])
    return best if scores[best] > max(as_they_stand + 0.15, 0.6) else None  # type: ignore[return-value]


def plausibility(texts: Iterable[str]) -> float:
    """How many of the words with marks are Vietnamese syllables, 0 to 1; 0 without any such word."""
    words = [word for text in texts for word in _WORD.findall(text) if not word.isascii()]
    return sum(_reads(word) for word in words) / len(words) if words else 0.0


@lru_cache(maxsize=16384)
def _reads(word: str) -> bool:
    return is_syllable(unicodedata.normalize("NFC", word).lower())
