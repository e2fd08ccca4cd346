"""Syllables that people write for one another because they say them alike: chẽm and chẻm, quýt and quít, sú and xú.

Everywhere y and i are one sound and f is typed for ph; in the South hỏi and ngã are one tone. That much people confuse
in any word. Southern speech also ends -n and -ng, -t and -c alike; northern speech begins s and x, ch and tr, d and gi,
l and n alike: those make other words too often to be taken for a slip in a word that stands alone.
"""

from __future__ import annotations

from functools import lru_cache

from market.vietnamese.syllables import ONSETS, split_tone

_ALIKE_AT_THE_START = {"x": "s", "tr": "ch", "gi": "d", "n": "l"}
_SPELLED_OTHERWISE = {"gh": "g", "ngh": "ng", "k": "c", "qu": "cu", "f": "ph"}
_ALIKE_AT_THE_END = (("ng", "n"), ("c", "t"))
_HOI, _NGA = "r", "x"


@lru_cache(maxsize=65536)
def sound_of(word: str, *, loose: bool) -> str:
    """What a lower-case word, with marks or without, sounds like to somebody who does not tell these apart.

    Args:
        word: one word.
        loose: with the beginnings and ends that only parts of the country say alike.
    """
    letters, tone = split_tone(word)
    onset = "f" if letters.startswith("f") else next(known for known in ONSETS if letters.startswith(known))
    rime = letters[len(onset) :].replace("y", "i")
    if not rime and onset == "gi":
        onset, rime = "g", "i"
    onset = _SPELLED_OTHERWISE.get(onset, onset)
    if loose:
        onset = _ALIKE_AT_THE_START.get(onset, onset)
        for end, alike in _ALIKE_AT_THE_END:
            if rime.endswith(end) and not rime.endswith("ch"):
                rime = rime.removesuffix(end) + alike
                break
    return f"{onset}{rime}{_HOI if tone == _NGA else tone}"
