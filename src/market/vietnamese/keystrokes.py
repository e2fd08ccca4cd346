"""Words typed with Telex or VNI keys while the input method was off: "ddor", "duwa", "buoi73".

Both methods let the keys of marks stand anywhere after the letter they change, most often at the end.
"""

from __future__ import annotations

from functools import lru_cache

from market.vietnamese.syllables import is_syllable, place_tone, split_onset, split_tone

_LONGEST_TYPED = 12
_VNI_TONES = {"1": "s", "2": "f", "3": "r", "4": "x", "5": "j"}
_TONES = frozenset("fsrxj")
_HORN = {"u": "ư", "o": "ơ", "a": "ă"}
_HAT = {"a": "â", "e": "ê", "o": "ô"}


def _with_horn(letters: str) -> str | None:
    if "uo" in letters:
        return letters.replace("uo", "ươ", 1)
    if "ua" in letters and not letters.startswith("qu"):
        return letters.replace("ua", "ưa", 1)
    for index in range(len(letters) - 1, -1, -1):
        if letters[index] in _HORN and not (letters[index] == "u" and letters[:index].endswith("q")):
            return letters[:index] + _HORN[letters[index]] + letters[index + 1 :]
        if letters[index] == "ơ" and letters[index - 1 : index] == "u":
            return letters[: index - 1] + "ươ" + letters[index + 1 :]
    return None


def _change(letters: str, old: str, new: str) -> str | None:
    index = letters.rfind(old)
    return None if index < 0 else letters[:index] + new + letters[index + 1 :]


def _telex(word: str) -> str | None:
    letters, tone = "", ""
    for key in word:
        changed: str | None = None
        if key in "fsrxj" and any(vowel in letters for vowel in "aăâeêioôơuưy"):
            if tone:
                return None
            tone = key
            continue
        if key == "w":
            changed = _with_horn(letters) or letters + "ư"
        elif key == "d" and letters.startswith("d"):
            changed = "đ" + letters[1:]
        elif key in _HAT and key in letters:
            changed = _change(letters, key, _HAT[key])
        letters = changed if changed is not None else letters + key
    return place_tone(letters, tone)


def _vni(word: str) -> str | None:
    letters, tone = "", ""
    for key in word:
        changed: str | None = letters + key
        if key in _VNI_TONES:
            if tone:
                return None
            tone, changed = _VNI_TONES[key], letters
        elif key == "6":
            changed = next(
                (_change(letters, vowel, _HAT[vowel]) for vowel in "eoa" if vowel in letters),
                None,
            )
        elif key == "7":
            changed = _with_horn(letters)
        elif key == "8":
            changed = _change(letters, "a", "ă")
        elif key == "9":
            changed = _change(letters, "d", "đ")
        elif key == "0":
            return None
        if changed is None:
            return None
        letters = changed
    return place_tone(letters, tone)


def _with_late_tone(word: str) -> str | None:
    """The syllable of letters that have their shape, and a key for the tone behind them: măms."""
    letters, tone = split_tone(word[:-1])
    return place_tone(letters, word[-1]) if word[-1] in _TONES and not tone and letters == word[:-1] else None


@lru_cache(maxsize=16384)
def decode_keystrokes(word: str) -> str | None:
    """The Vietnamese syllable that a lower-case word spells in Telex or VNI keys, or None; the tone may be all.

    A word that spells nothing but itself gives None. Whether the syllable is meant is for the vocabulary to say:
    "chef" is also chè.
    """
    if not 2 <= len(word) <= _LONGEST_TYPED or not word[0].isalpha():
        return None
    if not word.isascii():
        decoded = _with_late_tone(word)
    elif word.isalpha():
        decoded = _telex(word)
    elif word.isalnum():
        decoded = _vni(word)
    else:
        return None
    if decoded is None or decoded == word or split_onset(word) is not None or not is_syllable(decoded):
        return None
    return decoded
