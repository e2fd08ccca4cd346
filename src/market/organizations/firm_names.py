"""What organizations are called, however the words around their names are shortened: HTX, Cty TNHH, XNK."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from market.core.duplicates import spelled

SHORT = {
    "trach nhiem huu han": "tnhh",
    "doanh nghiep tu nhan": "dntn",
    "lien hiep hop tac xa": "lhhtx",
    "lien hiep htx": "lhhtx",
    "hop tac xa": "htx",
    "to hop tac": "tht",
    "cong ty": "cty",
    "cong ti": "cty",
    "co phan": "cp",
    "thuong mai": "tm",
    "dich vu": "dv",
    "san xuat": "sx",
    "xuat nhap khau": "xnk",
    "nong nghiep": "nn",
    "chi nhanh": "cn",
    "thanh pho": "tp",
    "ho chi minh": "hcm",
    "tphcm": "tp hcm",
    "mot thanh vien": "",
    "mtv": "",
    "va": "",
}
"""What people write short, as they spell it; what says nothing is left out."""
FORMS = frozenset({"htx", "lhhtx", "tht", "cty", "tnhh", "cp", "dntn", "tm", "dv", "sx", "xnk", "nn", "cn", "tp"})
"""Words that do not tell one organization from another."""
LEAST_LETTERS = 4
"""Shorter words that differ in one letter are other words: An and Am."""
MOST_LEFT_OUT = 2
"""Words that a name is still known without."""
_LONG = re.compile(rf"\b(?:{'|'.join(sorted(SHORT, key=len, reverse=True))})\b")


@lru_cache(maxsize=8192)
def firm_key(name: str) -> str:
    """The same for the same name, with its legal form and common words written out or short."""
    return " ".join(_LONG.sub(lambda found: SHORT[found[0]], spelled(name)).split())


def nearly_called(one: str, other: str) -> bool:
    """Whether two keys are probably one name: a letter mistyped, a blank missing, up to two words left out.

    Numbers are never mistyped: HTX số 3 is another one than HTX số 4.
    """
    words, others = one.split(), other.split()
    if numbers_in(one) != numbers_in(other):
        return False
    if "".join(words) == "".join(others):
        return True
    if len(words) == len(others):
        differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
        return len(differing) == 1 and max(map(len, differing[0])) >= LEAST_LETTERS and _one_slip(*differing[0])
    return _without_some(*sorted((words, others), key=len))


@lru_cache(maxsize=8192)
def numbers_in(key: str) -> str:
    """The words with digits, in order."""
    return " ".join(word for word in key.split() if any(letter.isdigit() for letter in word))


def ends_of(key: str) -> tuple[str, str]:
    """The first and the last of the words that tell who it is; a slip leaves one of them."""
    telling = [word for word in key.split() if word not in FORMS] or [""]
    return telling[0], telling[-1]


def _without_some(fewer: Sequence[str], more: Sequence[str]) -> bool:
    """Whether the fewer words are the others in order without some, and still tell who it is."""
    rest = iter(more)
    telling = [word for word in fewer if word not in FORMS]
    return len(telling) > 1 and len(more) - len(fewer) <= MOST_LEFT_OUT and all(word in rest for word in fewer)


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was left out, added or exchanged, or two letters changed places."""
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[start:], other[start:]
    return left[1:] == right[1:] or left == right[1:] or left[1:] == right or left[:2] + left[2:] == _turned(right)


def _turned(letters: str) -> str:
    return letters[1:2] + letters[:1] + letters[2:]
