"""The Vietnamese syllable: which spellings are possible, and where the tone mark stands.

A syllable is an onset, a rime and one of six tones. Two customs of placing the tone mark are in use (hòa and hoà,
thúy and thuý, khỏe and khoẻ); here every syllable is brought to the first, which official place names use.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
"""Combining tone marks (huyền, sắc, hỏi, ngã, nặng) by the letter that types them in Telex; the level tone is ""."""

TONE_MARKS = {letter: mark for mark, letter in TONES.items()}

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RIMES = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong
    op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc ue uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uơ uy uya uych uyên uyêt
    uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y yêm yên yêng yêt yêu
"""

ONSETS = (*sorted(_ONSETS.split(), key=len, reverse=True), "")
"""Every onset, the longest first; the last one is empty."""

RIMES = frozenset(_RIMES.split())
"""Every rime without its tone."""

_RIMES_WITHOUT_MARKS = frozenset(
    "".join(c for c in unicodedata.normalize("NFD", rime) if not unicodedata.combining(c)) for rime in RIMES
)

VOWELS = frozenset("aăâeêioôơuưy")
_MODIFIED_VOWELS = frozenset("ăâêôơư")
_STOPS = ("c", "ch", "p", "t")
_STOP_TONES = frozenset("sj")


def split_tone(word: str) -> tuple[str, str]:
    """A lower-case word as (letters without the tone mark but with their shape: "ư", "đ"; tone letter or "").

    With several tone marks (no Vietnamese word) the last one counts.
    """
    tone = ""
    kept = []
    for character in unicodedata.normalize("NFD", word):
        letter = TONES.get(character)
        if letter is None:
            kept.append(character)
        else:
            tone = letter
    return unicodedata.normalize("NFC", "".join(kept)), tone


def split_onset(letters: str) -> tuple[str, str] | None:
    """Letters without tone as (onset, rime), or None when they are no Vietnamese syllable.

    In "gì" and "gìn" the i belongs to both the onset gi and the rime.
    """
    for onset in ONSETS:
        if letters.startswith(onset):
            rime = letters[len(onset) :]
            if rime in RIMES:
                return onset, rime
            if onset == "gi" and "i" + rime in RIMES:
                return "g", "i" + rime
    return None


def _tone_index(rime: str) -> int:
    vowels = [index for index, letter in enumerate(rime) if letter in VOWELS]
    modified = [index for index in vowels if rime[index] in _MODIFIED_VOWELS]
    if modified:
        return modified[-1]
    if len(vowels) < len(rime):
        return vowels[-1]
    return vowels[0] if len(vowels) < 3 else vowels[1]


def place_tone(letters: str, tone: str) -> str:
    """A syllable written with its tone mark in the one place used here; other words get it on their last vowel."""
    if not tone:
        return letters
    parts = split_onset(letters)
    if parts is None:
        positions = [index for index, letter in enumerate(letters) if letter in VOWELS]
        index = positions[-1] if positions else len(letters) - 1
    else:
        index = len(letters) - len(parts[1]) + _tone_index(parts[1])
    return unicodedata.normalize("NFC", letters[: index + 1] + TONE_MARKS[tone] + letters[index + 1 :])


@lru_cache(maxsize=65536)
def canonical(word: str) -> str:
    """A lower-case NFC word with its tone mark in the one place used here; no Vietnamese syllable stays as written."""
    if word.isascii():
        return word
    letters, tone = split_tone(word)
    if not tone or split_onset(letters) is None:
        return word
    return place_tone(letters, tone)


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Whether a lower-case word can be a Vietnamese syllable: before a stop (c, ch, p, t) only sắc and nặng stand."""
    letters, tone = split_tone(word)
    parts = split_onset(letters)
    if parts is None:
        return False
    return tone in _STOP_TONES or not parts[1].endswith(_STOPS)


def may_have_lost_its_marks(word: str) -> bool:
    """Whether a lower-case ASCII word is what is left of some Vietnamese syllable: duong is, lomg is not."""
    return any(
        word.startswith(onset) and word[len(onset) :] in _RIMES_WITHOUT_MARKS for onset in ONSETS if onset != "đ"
    )
